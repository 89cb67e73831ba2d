import CLibPQ
import Glibc

/// Asks OpenSSL whether it holds decrypted bytes that libpq has not read.
///
/// `poll(2)` does not see them, and libpq reads one TLS record at most per call, and less when its buffer is short of
/// room for one of 16 KiB, as newer servers and proxies send them. libpq has no function for it, but it
/// lends its OpenSSL object; the function is looked up in the OpenSSL that libpq itself has loaded.
enum TLSBuffer {
    private typealias Pending = @convention(c) @Sendable (UnsafeMutableRawPointer?) -> Int32

    private static let pending: Pending? = dlsym(nil, "SSL_pending").map { unsafeBitCast($0, to: Pending.self) }

    static func hasPending(_ connection: OpaquePointer?) -> Bool {
        guard PQsslInUse(connection) == 1, let pending, let ssl = PQsslStruct(connection, "OpenSSL") else {
            return false
        }
        return pending(ssl) > 0
    }
}
