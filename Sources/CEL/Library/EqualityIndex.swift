/// Finds equal values among many without comparing each with each.
///
/// Equal values fall under one hash, so only those are compared in earnest. The order of the values never depends on the
/// hash, which differs from process to process.
struct EqualityIndex {
    private var buckets: [Int: [CELValue]] = [:]

    /// Adds a value; false if an equal one is there already.
    mutating func insert(_ value: CELValue, _ budget: inout CELBudget) throws(CELError) -> Bool {
        let hash = try Self.hash(value, &budget)
        guard try !contains(value, under: hash, &budget) else { return false }
        buckets[hash, default: []].append(value)
        return true
    }

    /// Whether an equal value was added.
    func contains(_ value: CELValue, _ budget: inout CELBudget) throws(CELError) -> Bool {
        try contains(value, under: Self.hash(value, &budget), &budget)
    }

    private func contains(
        _ value: CELValue, under hash: Int, _ budget: inout CELBudget
    ) throws(CELError) -> Bool {
        for candidate in buckets[hash] ?? [] {
            try budget.charge(1)
            if try Comparison.areEqual(candidate, value, &budget) { return true }
        }
        return false
    }

    /// A hash that is the same for all values that the language calls equal: numbers count as doubles whatever their
    /// type, and the order of a map's entries does not count.
    private static func hash(_ value: CELValue, _ budget: inout CELBudget, depth: Int = 0) throws(CELError) -> Int {
        guard depth < Comparison.maximumValueDepth else { throw Comparison.tooDeep() }
        try budget.charge(1)
        var hasher = Hasher()
        switch value {
        case .int(let value): hasher.combine(Double(value))
        case .uint(let value): hasher.combine(Double(value))
        case .double(let value): hasher.combine(value)
        case .string(let text):
            try budget.charge(bytes: text.utf8.count)
            for byte in text.utf8 { hasher.combine(byte) }
        case .bytes(let bytes):
            try budget.charge(bytes: bytes.count)
            hasher.combine(bytes)
        case .list(let elements):
            for element in elements { hasher.combine(try hash(element, &budget, depth: depth + 1)) }
        case .map(let map):
            var sum = 0
            for entry in map.entries {
                var entryHasher = Hasher()
                entryHasher.combine(try hash(entry.key, &budget, depth: depth + 1))
                entryHasher.combine(try hash(entry.value, &budget, depth: depth + 1))
                sum ^= entryHasher.finalize()
            }
            hasher.combine(sum)
        case .optional(.some(let wrapped)): hasher.combine(try hash(wrapped, &budget, depth: depth + 1))
        default: hasher.combine(value)
        }
        return hasher.finalize()
    }
}
