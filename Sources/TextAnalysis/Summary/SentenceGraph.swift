/// The TextRank graph: sentences are nodes, the cosine of their vectors weighs the edge between two.
struct SentenceGraph {
    /// Share of a random walk that follows edges; the customary value of PageRank.
    private static let damping = 0.85
    /// Converges long before; bounds the work whatever the graph is.
    private static let maximumIterations = 60
    private static let tolerance = 1e-7
    /// Weaker ties are chance words in common and would favour long sentences.
    private static let minimumSimilarity = 0.05

    let similarity: [[Double]]

    init(_ vectors: [SentenceVector]) {
        var similarity = [[Double]](repeating: [Double](repeating: 0, count: vectors.count), count: vectors.count)
        for i in vectors.indices {
            for j in 0..<i {
                let cosine = vectors[i] * vectors[j]
                guard cosine >= Self.minimumSimilarity else { continue }
                similarity[i][j] = cosine
                similarity[j][i] = cosine
            }
        }
        self.similarity = similarity
    }

    /// Centrality of each sentence by power iteration; `prior` is where the random walk restarts.
    func centrality(prior: [Double]) -> [Double] {
        let total = prior.reduce(0, +)
        guard total > 0 else { return prior }
        let restart = prior.map { $0 / total }
        let degree = similarity.map { $0.reduce(0, +) }
        var rank = restart
        for _ in 0..<Self.maximumIterations {
            var unlinked = 0.0
            var flow = [Double](repeating: 0, count: rank.count)
            for i in rank.indices {
                guard degree[i] > 0 else {
                    unlinked += rank[i]
                    continue
                }
                let share = rank[i] / degree[i]
                for j in rank.indices { flow[j] += share * similarity[i][j] }
            }
            var change = 0.0
            for i in rank.indices {
                let next = (1 - Self.damping) * restart[i] + Self.damping * (flow[i] + unlinked * restart[i])
                change += abs(next - rank[i])
                rank[i] = next
            }
            if change < Self.tolerance { break }
        }
        return rank
    }
}
