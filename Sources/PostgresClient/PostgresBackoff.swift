/// How long to wait between attempts to connect: doubling, bounded, and shortened by chance so that many clients of a
/// restarted server do not come back together.
public struct PostgresBackoff: Sendable, Equatable {
    /// The wait after the first failure: short, since a restarting server is often back within a second.
    public var initial: Duration
    /// The longest wait: recovery is noticed within it.
    public var maximum: Duration

    /// From 100 ms up to 5 s.
    public static let standard = PostgresBackoff(initial: .milliseconds(100), maximum: .seconds(5))

    /// Waits from `initial` up to `maximum`.
    public init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The wait after `failures` failures in a row, of which up to half is taken off by `chance` (0..<1).
    func delay(afterFailures failures: Int, chance: Double = .random(in: 0..<1)) -> Duration {
        if failures <= 0 { return .zero }
        var delay = initial
        var doublings = 1
        while doublings < failures && delay < maximum {
            delay *= 2
            doublings += 1
        }
        return min(delay, maximum) * (1 - chance / 2)
    }
}
