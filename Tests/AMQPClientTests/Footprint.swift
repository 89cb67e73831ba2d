import Foundation
import Glibc
import TestSupport

/// What this process holds of the system.
struct Footprint {
    var descriptors: Int
    var threads: Int

    init() throws {
        let files = FileManager.default
        descriptors = try files.contentsOfDirectory(atPath: "/proc/self/fd").count
        // Only ours: the cooperative pool and Foundation start theirs when they like.
        threads = try files.contentsOfDirectory(atPath: "/proc/self/task").count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8))?.hasPrefix("amqp-") ?? false
        }
    }
}

/// Repeats a look at something that gives no signal until there is something to see.
func eventually<Value>(_ look: () async throws -> Value?) async throws -> Value {
    var seen: Value?
    try await eventually("something to see", every: .milliseconds(20)) {
        seen = try await look()
        return seen != nil
    }
    guard let seen else { throw TestBroker.Failure(message: "nothing was seen") }
    return seen
}

/// Accepts connections and says nothing.
final class SilentServer: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let status = withUnsafeMutableBytes(of: &address) { raw -> Int32 in
            let pointer = raw.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, pointer, length) | listen(descriptor, 5)
                | getsockname(descriptor, pointer, &length)
        }
        guard status == 0 else { throw TestBroker.Failure(message: "no listening socket") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(listener)
    }

    /// Whether a client has connected.
    func wasReached() async -> Bool {
        let reached = try? await eventually { () -> Bool? in
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            return poll(&waiting, 1, 0) > 0 ? true : nil
        }
        return reached ?? false
    }
}
