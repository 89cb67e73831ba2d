/// The bounds of a sentence; the strings are made only when asked for.
struct SentenceRange: Sendable, Equatable {
    var start: Int
    var end: Int
    var isHeading: Bool
    var range: Range<Int> { start..<end }
}
