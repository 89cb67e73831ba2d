/// A condition that did not come true in time.
struct Timeout: Error, CustomStringConvertible {
    let description: String
}

/// Waits until a condition holds; asks often, and gives up at the deadline.
func eventually(
    _ what: @autoclosure @Sendable () -> String, within limit: Duration = .seconds(30),
    every pause: Duration = .milliseconds(40),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Timeout(description: "not within \(limit): \(what())") }
        try await Task.sleep(for: pause)
    }
}
