/// One sentence of a summary.
public struct SummarySentence: Sendable, Equatable {
    /// The sentence with each run of white space (a wrapped line, say) as one space.
    public let text: String
    /// Position among the document's sentences, from 0.
    public let index: Int
    /// Importance relative to the most important sentence, which has 1; rounded to four decimals.
    public let score: Double
    /// Where the sentence begins in the document, in Unicode code points.
    public let start: Int
    /// Where it ends (exclusive), in Unicode code points.
    public let end: Int
}
