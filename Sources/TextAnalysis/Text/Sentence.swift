/// One sentence, heading or list item of a text.
public struct Sentence: Sendable, Equatable {
    /// The sentence as it stands in the text, line ends included.
    public let text: String
    /// Where it begins, in Unicode code points from the start of the text.
    public let start: Int
    /// Where it ends (exclusive), in Unicode code points.
    public let end: Int
    /// True for a short line or paragraph of its own with no full stop: a heading, a byline, a label.
    public let isHeading: Bool
}
