import Glibc

/// The little socket work that readiness checks need, on 127.0.0.1 only.
enum Loopback {
    /// The protocol header of AMQP 0.9.1, which a ready broker answers with Connection.Start.
    private static let amqpHeader: [UInt8] = [0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]
    /// Longer than any answer from the same machine takes, short enough that a paused server costs little.
    private static let answerTimeoutMilliseconds: Int32 = 1_000

    static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Whether a broker that is ready for clients listens on the port.
    ///
    /// Blocks for up to a second; call it from a thread of its own. RabbitMQ opens its listener last, after plugins
    /// and definitions, so a Connection.Start frame means that everything is up.
    static func answersAMQP(port: Int) -> Bool {
        guard let port = UInt16(exactly: port) else { return false }
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = address(port: port)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected, send(socket, amqpHeader, amqpHeader.count, Int32(MSG_NOSIGNAL)) == amqpHeader.count
        else { return false }
        var answer: [UInt8] = []
        while answer.count < startFrameHead {
            var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, answerTimeoutMilliseconds) == 1 else { return false }
            var buffer = [UInt8](repeating: 0, count: startFrameHead - answer.count)
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            answer += buffer.prefix(count)
        }
        // Frame: type 1 (method), channel 0, size (4 bytes), class 10, method 10.
        return answer[0] == 1 && Array(answer[7..<11]) == [0, 10, 0, 10]
    }

    private static let startFrameHead = 11
}
