import Glibc

/// Ports for servers that a test starts itself.
public enum FreePort {
    /// Below the ports that the kernel gives to outgoing connections (32768 and up): one of those could take the port between the
    /// choice and the server's start.
    private static let range = 20_000..<32_000

    /// No port in the range can be had.
    public struct NoneLeft: Error {}

    /// A port that nobody listens on at this moment.
    ///
    /// - Throws: `NoneLeft`.
    public static func find() throws -> Int {
        let start = Int.random(in: range)
        for step in 0..<range.count {
            let port = range.lowerBound + (start - range.lowerBound + step) % range.count
            if isFree(port) { return port }
        }
        throw NoneLeft()
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return bindToLoopback(descriptor, port: UInt16(port))
    }

    /// Binds a socket to a port of 127.0.0.1; port 0 is any free one.
    static func bindToLoopback(_ descriptor: Int32, port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
