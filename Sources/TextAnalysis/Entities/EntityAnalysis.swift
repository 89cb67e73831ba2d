/// The entities of a text and how they were found.
public struct EntityAnalysis: Sendable, Equatable {
    /// The entities by position; none overlaps another.
    public let entities: [Entity]
    /// How they were found: always `rule-based`, that is patterns and word lists, no language model.
    public let method: String
    /// True if the text was longer than `EntityExtractor.maximumCodePoints`, or had more entities than
    /// `EntityExtractor.maximumEntities`, and the rest is not here.
    public let isTruncated: Bool
}
