/// Bounded polling, for the few conditions that nothing announces (a lock let go, a port that answers).
enum Waiting {
    /// Short beside the second or more that a server needs, long enough to cost nothing.
    static let interval: Duration = .milliseconds(20)

    /// Sleeps even in a cancelled task: servers must be stopped in order just then.
    static func pause(_ duration: Duration) async {
        await Task.detached { try? await Task.sleep(for: duration) }.value
    }

    /// Asks until the answer is yes or the time is over; gives back the last answer.
    static func until(_ deadline: ContinuousClock.Instant, _ condition: () async -> Bool) async -> Bool {
        while await !condition() {
            guard ContinuousClock.now < deadline else { return false }
            await pause(interval)
        }
        return true
    }
}
