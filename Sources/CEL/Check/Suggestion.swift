/// Finds the declared name that a misspelt one was probably meant to be.
enum Suggestion {
    /// The candidate with the fewest edits, if they are few for the length; of equals the first in order of names.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let limit = name.unicodeScalars.count <= 3 ? 1 : 2
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let distance = distance(name, candidate, limit: limit)
            guard distance <= limit else { continue }
            if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two names (optimal string alignment);
    /// some number above the limit if the lengths alone rule it out.
    private static func distance(_ left: String, _ right: String, limit: Int) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
