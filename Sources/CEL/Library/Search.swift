/// Finds a run of elements in another.
enum Search {
    /// The first place at or after `start` where the needle begins.
    ///
    /// The budget is charged for the product of the lengths, which is the worst case.
    static func first<Element: Equatable>(
        of needle: [Element], in hay: [Element], from start: Int = 0, _ budget: inout CELBudget
    ) throws(CELError) -> Int? {
        try charge(needle.count, hay.count, &budget)
        return places(of: needle, in: hay, from: start, limit: 1).first
    }

    /// The last place at or before `start` where the needle begins.
    static func last<Element: Equatable>(
        of needle: [Element], in hay: [Element], upTo start: Int, _ budget: inout CELBudget
    ) throws(CELError) -> Int? {
        try charge(needle.count, hay.count, &budget)
        var place = min(start, hay.count - needle.count)
        while place >= 0 {
            if hay[place..<place + needle.count].elementsEqual(needle) { return place }
            place -= 1
        }
        return nil
    }

    /// The places of a needle that do not overlap, at most so many. An empty needle is found before each element and
    /// at the end.
    static func all<Element: Equatable>(
        of needle: [Element], in hay: [Element], limit: Int, _ budget: inout CELBudget
    ) throws(CELError) -> [Int] {
        try charge(needle.count, hay.count, &budget)
        return places(of: needle, in: hay, from: 0, limit: limit)
    }

    private static func places<Element: Equatable>(
        of needle: [Element], in hay: [Element], from start: Int, limit: Int
    ) -> [Int] {
        var places: [Int] = []
        var place = start
        while place + needle.count <= hay.count, places.count < limit {
            if hay[place..<place + needle.count].elementsEqual(needle) {
                places.append(place)
                place += max(1, needle.count)
            } else {
                place += 1
            }
        }
        return places
    }

    private static func charge(_ needle: Int, _ hay: Int, _ budget: inout CELBudget) throws(CELError) {
        let (product, overflow) = max(1, needle).multipliedReportingOverflow(by: hay)
        try budget.charge(bytes: overflow ? .max : product)
    }
}
