/// Puts values of one type in order.
enum SortKeys {
    /// The positions of the keys in their order; equal keys keep the order that they came in, and NaN comes last.
    ///
    /// - Throws: `invalidArgument` if the keys differ in type or have no order.
    static func order(_ keys: [CELValue], _ budget: inout CELBudget) throws(CELError) -> [Int] {
        guard let first = keys.first else { return [] }
        guard hasOrder(first) else {
            throw CELError(.invalidArgument, "A value of type \(first.typeName) has no order to sort by")
        }
        var bytes = 0
        for key in keys {
            guard key.type == first.type else {
                throw CELError(
                    .invalidArgument,
                    "Values to sort must be of one type, found \(first.typeName) and \(key.typeName)")
            }
            if case .string(let text) = key { bytes += text.utf8.count }
            if case .bytes(let content) = key { bytes += content.count }
        }
        // A sort compares each key with about as many others as the length has binary digits.
        let rounds = Int.bitWidth - keys.count.leadingZeroBitCount
        try budget.chargeAggregate(count: keys.count)
        try budget.charge(keys.count * rounds)
        let (touched, overflow) = bytes.multipliedReportingOverflow(by: rounds)
        try budget.charge(bytes: overflow ? .max : touched)
        return keys.indices.sorted { left, right in
            if precedes(keys[left], keys[right]) { return true }
            return left < right && !precedes(keys[right], keys[left])
        }
    }

    private static func hasOrder(_ value: CELValue) -> Bool {
        switch value {
        case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration: true
        default: false
        }
    }

    /// Whether one key comes before another of its type.
    private static func precedes(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): left < right
        case (.uint(let left), .uint(let right)): left < right
        case (.double(let left), .double(let right)): left < right || (right.isNaN && !left.isNaN)
        case (.string(let left), .string(let right)): left.precedesByBytes(right)
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        case (.bool(let left), .bool(let right)): !left && right
        case (.timestamp(let left), .timestamp(let right)): left < right
        case (.duration(let left), .duration(let right)): left.nanoseconds < right.nanoseconds
        default: false
        }
    }
}
