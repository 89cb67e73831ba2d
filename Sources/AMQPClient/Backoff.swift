/// Delays between attempts: doubled each time, with jitter so that many clients of a restarted broker spread out.
struct Backoff {
    static let first = Duration.milliseconds(100)
    /// Short enough that work goes on within ten seconds of a broker's return.
    static let longest = Duration.seconds(5)
    /// A connection that has lived this long counts as healthy, and the next delay is short again.
    static let healthyAfter = Duration.seconds(2)

    private var current = Backoff.first

    mutating func next() -> Duration {
        defer { current = min(current * 2, Backoff.longest) }
        return current * Double.random(in: 0.75...1.0)
    }

    mutating func succeeded(livedFor duration: Duration) {
        if duration >= Backoff.healthyAfter { current = Backoff.first }
    }
}
