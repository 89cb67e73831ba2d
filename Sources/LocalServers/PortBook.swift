import FoundationEssentials
import Glibc

/// Chooses free loopback ports and remembers them in a file, so that URLs stay the same between starts.
struct PortBook {
    /// Below the ephemeral range (32768 and up), so that no outgoing connection can sit on a remembered port.
    static let range = 20_000..<32_000

    let path: String
    private(set) var ports: [LocalPort: Int] = [:]

    init(path: String) {
        self.path = path
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: "=")
            if pair.count == 2, let port = LocalPort(rawValue: String(pair[0])), let number = Int(pair[1]) {
                ports[port] = number
            }
        }
    }

    /// Settles on a port for each purpose: the fixed one, else the remembered one if still free, else a new one.
    mutating func settle(fixed: [LocalPort: Int], seed: UInt64) throws(LocalServersError) {
        var taken = Set(fixed.values)
        for port in LocalPort.allCases {
            if let number = fixed[port] {
                guard Self.isFree(number) else {
                    throw LocalServersError(
                        .portUnavailable, "Port \(number) for \(port.rawValue) is taken; free it or choose another.")
                }
                ports[port] = number
            } else if let number = ports[port], !taken.contains(number), Self.isFree(number) {
                taken.insert(number)
            } else {
                let number = try Self.freePort(seed: seed, excluding: taken)
                ports[port] = number
                taken.insert(number)
            }
        }
        let text = LocalPort.allCases.map { "\($0.rawValue)=\(ports[$0] ?? 0)\n" }.joined()
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw LocalServersError(.directoryUnusable, "Cannot write \(path); make it writable.", underlying: error)
        }
    }

    /// Forgets every port, so that the next `settle` chooses new ones.
    mutating func forget() {
        ports = [:]
    }

    /// The seed spreads the starting points, so that two directories rarely ask for the same port at once.
    private static func freePort(seed: UInt64, excluding taken: Set<Int>) throws(LocalServersError) -> Int {
        let start = Int(seed % UInt64(range.count))
        for step in 0..<range.count {
            let number = range.lowerBound + (start + step) % range.count
            if !taken.contains(number), isFree(number) { return number }
        }
        throw LocalServersError(.portUnavailable, "No free port in \(range); stop some of the programs that listen.")
    }

    private static func isFree(_ number: Int) -> Bool {
        guard let port = UInt16(exactly: number) else { return false }
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        // As servers do: a connection in TIME_WAIT must not make a remembered port look taken.
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = Loopback.address(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
