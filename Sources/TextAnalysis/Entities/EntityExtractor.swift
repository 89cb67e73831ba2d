/// Finds dates, times, money, percentages, addresses, numbers and names in English text by rules and word lists.
///
/// Rule-based: no language model, no training, the same result for the same text. It prefers leaving a name out to
/// getting it wrong, and it will miss people and places that neither a list nor the words around them reveal.
///
/// Where two readings overlap, the first of this list wins: URL, e-mail, numeric and written dates, money, percentage,
/// time, phone, then names from left to right (known organisations, organisations by their parts, people, places), the
/// longer name before the shorter. Names that are only later mentions (a surname, initials) come last.
public struct EntityExtractor: Sendable {
    /// The text past this many Unicode code points is not read; about a million characters take a second or two.
    public static let maximumCodePoints = 1_048_576
    /// More entities than anybody reads; bounds the result of a text that is nothing but numbers and names.
    public static let maximumEntities = 10_000

    /// Creates an extractor.
    public init() {}

    /// The entities of a text by position, none overlapping another; see `analyze(_:)` for whether all of it was read.
    public func extract(_ text: String) -> [Entity] { analyze(text).entities }

    /// The entities of a text, and whether the limits cut anything off.
    public func analyze(_ text: String) -> EntityAnalysis {
        let document = ScalarText(text, maximumCodePoints: Self.maximumCodePoints)
        let sentences = SentenceSplitter().ranges(in: document)
        let tokens = Tokenizer(document).tokens(sentences: sentences)

        var cover = CoverMap(count: document.count)
        AddressScanner(text: document).scan(into: &cover)
        NumericDateScanner(text: document).scan(into: &cover)
        DateScanner(text: document, tokens: tokens).scan(into: &cover)
        AmountScanner(text: document, tokens: tokens).scan(into: &cover)
        ClockScanner(text: document, tokens: tokens).scan(into: &cover)
        PhoneScanner(text: document, tokens: tokens).scan(into: &cover)
        var names = NameScanner(text: document, tokens: tokens, sentences: sentences, cover: cover)
        for candidate in names.scan() { cover.insert(candidate) }

        let found = cover.candidates.sorted { $0.start < $1.start }
        let entities = found.prefix(Self.maximumEntities).map {
            Entity(
                type: $0.type, text: document.string($0.start..<$0.end), start: $0.start, end: $0.end,
                normalized: $0.normalized)
        }
        return EntityAnalysis(
            entities: Array(entities), method: "rule-based",
            isTruncated: document.isTruncated || found.count > entities.count)
    }
}
