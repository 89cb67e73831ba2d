/// The items that a step does its work for.
public struct StepLoop: Sendable {
    /// Gives the list.
    public let items: Template
    /// What `items` reads.
    let reads: ExpressionReads
    /// What expressions call an item.
    public let variable: String
    /// How many items are at work at a time.
    public let maxConcurrency: Int
    /// How many may fail.
    public let tolerance: Tolerance
    /// After so many successes the rest is not waited for; nil when all items are.
    public let minSuccess: Int?

    /// How many items may fail before the step does.
    public enum Tolerance: Sendable, Hashable {
        /// As many as leave enough for `minSuccess`, or none without that.
        case standard
        /// So many.
        case count(Int)
        /// So many of a hundred, rounded down.
        case percent(Int)
    }

    /// How many of `count` items have to succeed; a shorter list asks for no more than it has.
    func needed(of count: Int) -> Int? { minSuccess.map { min($0, count) } }

    /// How many of `count` items may fail.
    func tolerated(of count: Int) -> Int {
        let reserve = count - (needed(of: count) ?? 0)
        switch tolerance {
        case .standard: return minSuccess == nil ? 0 : reserve
        case .count(let limit): return min(limit, reserve)
        case .percent(let percent): return min(count * percent / 100, reserve)
        }
    }
}
