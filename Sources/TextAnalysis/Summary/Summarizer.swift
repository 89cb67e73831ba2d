/// Makes an extractive summary: ranks the sentences of an English text with TextRank and returns the best ones.
///
/// Sentences are compared by the cosine of their tf-idf vectors (stop words left out, words stemmed), ranked by power
/// iteration over that graph with some preference for early sentences, as news puts first what matters. Sentences that
/// lean on the one before (“He said…”), that are very short or that ask count for less; headings are left out if there is
/// anything else; of two sentences that say nearly the same only the better one is chosen. Deterministic: ties go to the
/// earlier sentence. Nothing is understood, so a summary can miss the point.
///
/// After R. Mihalcea and P. Tarau, “TextRank: Bringing Order into Texts” (2004), with the cosine of G. Erkan and
/// D. R. Radev, “LexRank” (2004).
public struct Summarizer: Sendable {
    /// The text past this many Unicode code points is not read; about a million characters take a second or less.
    public static let maximumCodePoints = 1_048_576
    /// The graph takes time and memory with the square of its sentences, so of a longer document only this many go into
    /// it: those whose words are the most frequent in the document.
    public static let maximumRankedSentences = 500

    /// From this cosine on two sentences count as saying the same.
    static let duplicateSimilarity = 0.6
    /// A sentence with fewer content words says too little.
    static let minimumContentWords = 5
    /// How much more a walk restarts at the first sentence than at a late one; it falls off with position.
    static let leadPreference = 2.0

    /// How many sentences a summary has at most; never negative.
    public let maxSentences: Int

    /// Creates a summarizer.
    /// - Parameter maxSentences: how many sentences to return at most; less than 0 counts as 0.
    public init(maxSentences: Int = 3) {
        self.maxSentences = max(0, maxSentences)
    }

    /// The summary of a text: fewer sentences than asked for if the text has no more that differ.
    public func summarize(_ text: String) -> Summary {
        let document = ScalarText(text, maximumCodePoints: Self.maximumCodePoints)
        let sentences = SentenceSplitter().ranges(in: document)
        let chosen = maxSentences == 0 ? [] : choose(from: document, sentences: sentences)
        return Summary(
            sentences: chosen, text: chosen.map(\.text).joined(separator: " "), sentenceCount: sentences.count,
            method: "textrank", isTruncated: document.isTruncated)
    }

    private func choose(from document: ScalarText, sentences: [SentenceRange]) -> [SummarySentence] {
        let candidates = SentenceCandidates(
            document: document, sentences: sentences, limit: Self.maximumRankedSentences)
        let graph = SentenceGraph(candidates.vectors)
        let prior = candidates.indices.indices.map { 1 + Self.leadPreference / Double(1 + $0) }
        let centrality = graph.centrality(prior: prior)
        let scores = zip(centrality, candidates.adjustments).map { $0 * $1 }
        let best = max(scores.max() ?? 0, .leastNormalMagnitude)

        var chosen: [Int] = []
        for candidate in scores.indices.sorted(by: { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }) {
            if chosen.count == maxSentences { break }
            if chosen.contains(where: { candidates.isDuplicate(candidate, $0, graph) }) { continue }
            chosen.append(candidate)
        }
        return chosen.sorted().map { candidate in
            let index = candidates.indices[candidate]
            let range = sentences[index]
            return SummarySentence(
                text: document.collapsedString(range.range), index: index,
                score: (scores[candidate] / best * 10_000).rounded() / 10_000, start: range.start, end: range.end)
        }
    }
}
