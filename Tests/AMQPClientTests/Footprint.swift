import Foundation
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
