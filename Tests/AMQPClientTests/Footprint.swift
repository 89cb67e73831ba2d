import Foundation
import Glibc

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

/// Repeats a look at something that gives no signal, for at most 15 seconds.
func eventually<Value>(_ look: () async throws -> Value?) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(15)
    while ContinuousClock.now < deadline {
        if let value = try await look() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TestBroker.Failure(message: "what was waited for did not happen within 15 seconds")
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

    /// Whether a client has connected within ten seconds.
    func wasReached() async -> Bool {
        let reached = try? await eventually { () -> Bool? in
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            return poll(&waiting, 1, 0) > 0 ? true : nil
        }
        return reached ?? false
    }
}
