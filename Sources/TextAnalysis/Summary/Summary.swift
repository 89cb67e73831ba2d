/// Sentences chosen from a text to stand for it; extracted word for word, nothing is rewritten or understood.
public struct Summary: Sendable, Equatable {
    /// The chosen sentences in the order of the document.
    public let sentences: [SummarySentence]
    /// The chosen sentences joined by spaces.
    public let text: String
    /// How many sentences the examined text has, headings included.
    public let sentenceCount: Int
    /// How the choice was made: always `textrank`, a graph ranking without any language model.
    public let method: String
    /// True if the text was longer than `Summarizer.maximumCodePoints` and its rest was not read.
    public let isTruncated: Bool
}
