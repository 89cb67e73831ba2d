/// The tree a pattern is read into.
indirect enum RegexNode {
    /// Matches the empty text.
    case empty
    /// One given scalar.
    case scalar(UInt32)
    /// One scalar of a set.
    case set(ScalarSet)
    /// A condition on a place between scalars.
    case assertion(RegexAssertion)
    /// One after the other.
    case sequence([RegexNode])
    /// One of several, the first preferred.
    case alternation([RegexNode])
    /// `minimum` to `maximum` times; without a maximum any number.
    case repetition(RegexNode, minimum: Int, maximum: Int?, isLazy: Bool)

    /// Whether every match has to begin at the start of the text, so that later starts need no try.
    var isAnchoredAtStart: Bool {
        switch self {
        case .assertion(.textStart): true
        case .sequence(let parts): parts.first?.isAnchoredAtStart ?? false
        case .alternation(let branches): branches.allSatisfy(\.isAnchoredAtStart)
        case .repetition(let body, let minimum, _, _): minimum > 0 && body.isAnchoredAtStart
        default: false
        }
    }
}

/// A condition on a place between two scalars.
enum RegexAssertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary

    /// Whether it holds between `previous` and `next`, nil being the ends of the text.
    func holds(previous: UInt32?, next: UInt32?) -> Bool {
        switch self {
        case .textStart: previous == nil
        case .textEnd: next == nil
        case .lineStart: previous == nil || previous == 0x0A
        case .lineEnd: next == nil || next == 0x0A
        case .wordBoundary: Self.isWord(previous) != Self.isWord(next)
        case .notWordBoundary: Self.isWord(previous) == Self.isWord(next)
        }
    }

    // Both dialects define word boundaries over ASCII.
    private static func isWord(_ scalar: UInt32?) -> Bool {
        guard let scalar else { return false }
        return ScalarSet.wordRanges.contains { $0 ~= scalar }
    }
}
