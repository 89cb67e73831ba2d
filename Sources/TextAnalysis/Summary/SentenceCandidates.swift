/// The sentences of a document that can enter a summary, with their vectors and what speaks against each.
struct SentenceCandidates {
    /// A summary that opens with “He” or “But” refers to something that is not there.
    private static let leaningAdjustment = 0.6
    private static let questionAdjustment = 0.6
    private static let quotationAdjustment = 0.75
    private static let leaningWords: Set<String> = [
        "he", "she", "it", "they", "we", "i", "you", "this", "that", "these", "those", "but", "and", "so", "however",
        "his",
        "her", "their", "its", "also", "such", "then", "instead", "still", "nor", "or", "yet", "there", "both",
        "neither",
    ]

    /// Indices into the document's sentences, ascending.
    private(set) var indices: [Int] = []
    private(set) var vectors: [SentenceVector] = []
    private(set) var adjustments: [Double] = []
    private var wordSequences: [[Int]] = []

    init(document: ScalarText, sentences: [SentenceRange], limit: Int) {
        var terms: [[Int]] = Array(repeating: [], count: sentences.count)
        var firstWords: [String?] = Array(repeating: nil, count: sentences.count)
        var identifiers: [String: Int] = [:]
        var identifiersByWord: [String: Int] = [:]
        for token in Tokenizer(document).tokens(sentences: sentences) where token.isWord {
            if firstWords[token.sentence] == nil { firstWords[token.sentence] = token.lower }
            guard token.end - token.start > 1, !token.classes.contains(.stopWord), !token.lower.isEmpty else {
                continue
            }
            if let identifier = identifiersByWord[token.lower] {
                terms[token.sentence].append(identifier)
                continue
            }
            let stem = Stemmer.stem(token.lower)
            let identifier = identifiers[stem] ?? identifiers.count
            identifiers[stem] = identifier
            identifiersByWord[token.lower] = identifier
            terms[token.sentence].append(identifier)
        }
        select(sentences: sentences, terms: terms, termCount: identifiers.count, limit: limit)
        wordSequences = indices.map { terms[$0] }
        let counts = wordSequences.map { words in words.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 } }
        var sentencesWithTerm = [Int](repeating: 0, count: identifiers.count)
        for count in counts {
            for term in count.keys { sentencesWithTerm[term] += 1 }
        }
        vectors = SentenceVector.make(counts: counts, sentencesWithTerm: sentencesWithTerm)
        adjustments = indices.map { index in
            Self.adjustment(
                firstWord: firstWords[index] ?? "", contentWords: terms[index].count,
                opening: document.scalars[sentences[index].start], last: document.scalars[sentences[index].end - 1])
        }
    }

    /// Whether one of two candidates makes the other superfluous.
    func isDuplicate(_ left: Int, _ right: Int, _ graph: SentenceGraph) -> Bool {
        graph.similarity[left][right] >= Summarizer.duplicateSimilarity
            || (!wordSequences[left].isEmpty && wordSequences[left] == wordSequences[right])
    }

    /// All but the headings, or the headings if there is nothing else; past the limit the ones with the commonest
    /// words.
    private mutating func select(sentences: [SentenceRange], terms: [[Int]], termCount: Int, limit: Int) {
        indices = sentences.indices.filter { !sentences[$0].isHeading }
        if indices.isEmpty { indices = Array(sentences.indices) }
        guard indices.count > limit else { return }
        var frequency = [Int](repeating: 0, count: termCount)
        for words in terms {
            for word in words { frequency[word] += 1 }
        }
        // The mean over at least `fullContentWords`, or a sentence of one common word would be first.
        let weight = terms.map { words in
            Double(words.reduce(0) { $0 + frequency[$1] }) / Double(max(words.count, Summarizer.fullContentWords))
        }
        indices.sort { weight[$0] != weight[$1] ? weight[$0] > weight[$1] : $0 < $1 }
        indices.removeLast(indices.count - limit)
        indices.sort()
    }

    private static func adjustment(
        firstWord: String, contentWords: Int, opening: Unicode.Scalar, last: Unicode.Scalar
    ) -> Double {
        var factor = 1.0
        if leaningWords.contains(firstWord) { factor *= leaningAdjustment }
        if contentWords < Summarizer.fullContentWords {
            factor *= (Double(contentWords) / Double(Summarizer.fullContentWords)).squareRoot()
        }
        if last == "?" { factor *= questionAdjustment }
        if opening == "“" || opening == "\"" { factor *= quotationAdjustment }
        return factor
    }
}
