/// Splits English text into sentences by rules: abbreviations, initials, decimals, quotes, ellipses, paragraphs,
/// headings.
///
/// Rule-based and so sometimes wrong: after an abbreviation such as `U.S.` a sentence is taken to end only if a word
/// follows that commonly begins one. One pass over the text; the result is the same for the same text.
public struct SentenceSplitter: Sendable {
    /// A longer stretch without a sentence end is cut, at white space if there is any, so that a text with no
    /// punctuation still has pieces of a size that a reader can use.
    public static let maximumSentenceCodePoints = 2_000

    /// A line longer than this is running text that was wrapped, not a heading.
    static let maximumHeadingCodePoints = 120

    /// Creates a splitter.
    public init() {}

    /// The sentences in order; they cover everything but the white space between them.
    public func split(_ text: String) -> [Sentence] {
        let scalarText = ScalarText(text)
        return ranges(in: scalarText).map {
            Sentence(text: scalarText.string($0.range), start: $0.start, end: $0.end, isHeading: $0.isHeading)
        }
    }

    func ranges(in text: ScalarText) -> [SentenceRange] {
        var scan = SentenceScan(text: text)
        return scan.run()
    }
}
