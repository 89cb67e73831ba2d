/// When each request of an open-loop run is due: evenly, at a rate that nothing slows down.
///
/// A request is measured from the time it was due, not from the time it was sent. Otherwise a system that falls behind
/// would also hold back its own load, and the waits that real callers see would be missing from the figures
/// ("coordinated omission", Gil Tene).
public struct OpenLoopSchedule: Sendable, Equatable {
    /// Requests a second.
    public let rate: Double
    /// How many requests there are in all.
    public let count: Int

    /// A schedule of `rate` requests a second for as long as `duration`; at least one request.
    public init(rate: Double, duration: Duration) {
        self.rate = rate
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        count = max(1, Int((rate * seconds).rounded(.down)))
    }

    /// When request `index` is due, in nanoseconds after the start.
    public func due(_ index: Int) -> UInt64 {
        UInt64(Double(index) * 1e9 / rate)
    }

    /// How many requests are due when so many nanoseconds have passed.
    public func dueCount(after nanoseconds: UInt64) -> Int {
        var guess = min(count, Int(Double(nanoseconds) * rate / 1e9) + 1)
        while guess > 0, due(guess - 1) > nanoseconds { guess -= 1 }
        while guess < count, due(guess) <= nanoseconds { guess += 1 }
        return guess
    }
}
