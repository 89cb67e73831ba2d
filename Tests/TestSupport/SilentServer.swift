import Glibc

/// Listens on 127.0.0.1, accepts nothing and says nothing: a client connects and then waits in vain.
public final class SilentServer: Sendable {
    /// The system has no socket or no port to give.
    public struct Unavailable: Error {}

    /// Where it listens.
    public let port: Int
    private let listener: Int32

    /// Begins to listen.
    ///
    /// - Throws: `Unavailable`.
    public init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard listener >= 0, FreePort.bindToLoopback(listener, port: 0), listen(listener, 8) == 0 else {
            throw Unavailable()
        }
        let descriptor = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw Unavailable() }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(listener)
    }

    /// Waits until a client has connected.
    ///
    /// - Throws: `Timeout`.
    public func waitUntilReached() async throws {
        try await eventually("a client at port \(port)") {
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            return poll(&waiting, 1, 0) > 0
        }
    }
}
