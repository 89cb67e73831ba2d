/// A set of delivery tags, as the ranges it consists of: it takes as much memory as it has gaps.
struct TagRanges: Equatable {
    /// Disjoint, not adjacent, in order.
    private(set) var ranges: [ClosedRange<UInt64>] = []

    func contains(_ tag: UInt64) -> Bool {
        let index = firstIndex(endingAtOrAfter: tag)
        return index < ranges.count && ranges[index].contains(tag)
    }

    /// Adds tags, and joins the ranges that they fill the gap between.
    mutating func insert(_ tags: ClosedRange<UInt64>) {
        let first = firstIndex(endingAtOrAfter: max(1, tags.lowerBound) - 1)
        var (lower, upper, last) = (tags.lowerBound, tags.upperBound, first)
        while last < ranges.count, ranges[last].lowerBound <= upper || ranges[last].lowerBound - upper == 1 {
            lower = min(lower, ranges[last].lowerBound)
            upper = max(upper, ranges[last].upperBound)
            last += 1
        }
        ranges.replaceSubrange(first..<last, with: [lower...upper])
    }

    /// Takes the range out that begins with this tag, and returns where it ends.
    mutating func removeRange(from tag: UInt64) -> UInt64? {
        guard let first = ranges.first, first.lowerBound == tag else { return nil }
        ranges.removeFirst()
        return first.upperBound
    }

    private func firstIndex(endingAtOrAfter tag: UInt64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < tag { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
