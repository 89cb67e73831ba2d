/// Makes an extractive summary: ranks the sentences of an English text with TextRank and returns the best ones.
///
/// Sentences are compared by the cosine of their tf-idf vectors (stop words left out, words stemmed), ranked by
/// power iteration over that graph with some preference for early sentences, as news puts first what matters.
/// Sentences that lean on the one before (“He said…”), that are very short or that ask count for less; headings are
/// left out if there is anything else; of two sentences that say nearly the same only the better one is chosen.
/// Deterministic: ties go to the earlier sentence. Nothing is understood, so a summary can miss the point.
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
    /// A sentence with fewer content words says too little; it loses with the square root of what is missing, since the
    /// cosine favours short sentences.
    static let fullContentWords = 12
    /// How much more a walk restarts at the first sentence than at a late one; it falls off with position.
    static let leadPreference = 2.0

    /// What the first sentence gains beside its centrality, half of it by `leadSentences` later.
    static let leadWeight = 0.5
    static let leadSentences = 4.0
    /// How much of its score a sentence loses that is the same as a chosen one (maximal marginal relevance).
    static let redundancyWeight = 0.7

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
        let scores = centrality.indices.map { candidate in
            let lead = 1 + Self.leadWeight / (1 + Double(candidate) / Self.leadSentences)
            return centrality[candidate] * candidates.adjustments[candidate] * lead
        }
        let best = max(scores.max() ?? 0, .leastNormalMagnitude)
        let chosen = pick(scores: scores, candidates: candidates, graph: graph)
        return chosen.sorted().map { candidate in
            let index = candidates.indices[candidate]
            let range = sentences[index]
            return SummarySentence(
                text: document.collapsedString(range.range), index: index,
                score: (scores[candidate] / best * 10_000).rounded() / 10_000, start: range.start, end: range.end)
        }
    }

    /// The best candidates one by one; what resembles a chosen one counts for less each time.
    private func pick(scores: [Double], candidates: SentenceCandidates, graph: SentenceGraph) -> [Int] {
        var chosen: [Int] = []
        var remaining = scores
        while chosen.count < maxSentences {
            var best: Int?
            for candidate in remaining.indices where remaining[candidate] >= 0 {
                if best.map({ remaining[candidate] > remaining[$0] }) ?? true { best = candidate }
            }
            guard let best else { break }
            remaining[best] = -1
            if chosen.contains(where: { candidates.isDuplicate(best, $0, graph) }) { continue }
            chosen.append(best)
            for candidate in remaining.indices where remaining[candidate] >= 0 {
                remaining[candidate] = min(
                    remaining[candidate],
                    scores[candidate] * (1 - Self.redundancyWeight * graph.similarity[best][candidate]))
            }
        }
        return chosen
    }
}
