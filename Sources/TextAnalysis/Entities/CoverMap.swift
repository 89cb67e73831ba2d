/// The candidates accepted so far and which code points they take; the first to come keeps its place.
struct CoverMap {
    private(set) var candidates: [Candidate] = []
    private var isCovered: [Bool]

    init(count: Int) { isCovered = [Bool](repeating: false, count: count) }

    func covers(_ offset: Int) -> Bool { isCovered[offset] }

    /// Accepts a candidate unless part of it is taken.
    mutating func insert(_ candidate: Candidate) {
        let range = candidate.start..<candidate.end
        guard !range.isEmpty, !isCovered[range].contains(true) else { return }
        for offset in range { isCovered[offset] = true }
        candidates.append(candidate)
    }
}
