/// Finds the name that the writer of a misspelt one most likely meant.
enum Suggestion {
    /// ` Did you mean 'x'?` for the closest of `candidates`, or nothing when none is close.
    ///
    /// Of several equally close ones the first by name, whatever the order of `candidates`.
    static func text(for name: String, among candidates: some Sequence<String>) -> String {
        let length = name.unicodeScalars.count
        guard length <= longestName else { return "" }
        let limit = max(1, length / 3)
        let near = candidates.lazy.filter { abs($0.unicodeScalars.count - length) <= limit }
        let best = near.map { (distance(name, $0), $0) }.filter { $0.0 <= limit }.min { $0 < $1 }
        return best.map { " Did you mean '\($0.1)'?" } ?? ""
    }

    /// Names are 64 characters at most; nothing is close to what is longer, and comparing it would cost its length
    /// squared.
    private static let longestName = 64

    /// Levenshtein distance, with a swap of neighbours counted as one (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        var previous2: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, previous2[j - 1] + 1) }
                current.append(cost)
            }
            (previous2, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
