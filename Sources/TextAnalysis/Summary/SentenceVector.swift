// squareRoot() and rounded() become calls into the C mathematics library, which this import links.
import FoundationEssentials

/// A sentence as weights of its terms, of length 1, in order of term.
struct SentenceVector: Sendable {
    var terms: [Int]
    var weights: [Double]

    static func * (left: SentenceVector, right: SentenceVector) -> Double {
        var sum = 0.0
        var i = 0
        var j = 0
        while i < left.terms.count, j < right.terms.count {
            if left.terms[i] == right.terms[j] {
                sum += left.weights[i] * right.weights[j]
                i += 1
                j += 1
            } else if left.terms[i] < right.terms[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return sum
    }

    /// Vectors of term frequency times inverse sentence frequency.
    static func make(counts: [[Int: Int]], sentencesWithTerm: [Int]) -> [SentenceVector] {
        counts.map { count in
            let terms = count.keys.sorted()
            var weights = terms.map { term in
                Double(count[term] ?? 0)
                    * Logarithm.natural(1 + Double(counts.count) / Double(max(1, sentencesWithTerm[term])))
            }
            let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if length > 0 { weights = weights.map { $0 / length } }
            return SentenceVector(terms: terms, weights: weights)
        }
    }
}
