/// How long tests wait for something that must happen.
public enum Patience {
    /// Enough for a machine many times slower than a developer's, with a broker that takes half a minute to start and pauses of
    /// some seconds. It is only spent by a test that fails.
    public static let limit: Duration = .seconds(240)
}

/// A condition that did not come true in time.
public struct Timeout: Error, CustomStringConvertible {
    /// What was waited for, and how long.
    public let description: String

    /// Says what was waited for.
    public init(description: String) {
        self.description = description
    }
}

/// Waits until a condition holds; asks often, for what other processes do gives no signal.
///
/// - Parameters:
///   - what: What is waited for, as it stands when the time is over.
///   - limit: When to give up.
///   - pause: The time between two looks.
/// - Throws: `Timeout` when the time is over, and what the condition throws.
public func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = Patience.limit,
    every pause: Duration = .milliseconds(40), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Timeout(description: "not within \(limit): \(what())") }
        try await Task.sleep(for: pause)
    }
}
