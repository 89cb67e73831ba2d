/// Equality, order and membership as the language defines them.
enum Comparison {
    /// How two values lie on a line; NaN lies nowhere.
    enum Order {
        case less
        case equal
        case greater
        case unordered

        var isAtMostEqual: Bool { self == .less || self == .equal }
        var isAtLeastEqual: Bool { self == .greater || self == .equal }

        init<Value: Comparable>(_ left: Value, _ right: Value) {
            self = left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
        }
    }

    /// Deepest nesting of values that are walked through; values from outside may be nested without end.
    static let maximumValueDepth = 512

    /// Equality: numbers of any type on one line, values of other different types never equal.
    static func areEqual(
        _ left: CELValue, _ right: CELValue, _ budget: inout CELBudget, depth: Int = 0
    ) throws(CELError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            guard left.utf8.count == right.utf8.count else { return false }
            try budget.charge(bytes: left.utf8.count)
            return left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)):
            guard left.count == right.count else { return false }
            try budget.charge(bytes: left.count)
            return left == right
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            try enter(count: left.count, depth: depth, &budget)
            for (left, right) in zip(left, right) {
                guard try areEqual(left, right, &budget, depth: depth + 1) else { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            try enter(count: left.count, depth: depth, &budget)
            for entry in left.entries {
                guard let other = right[entry.key],
                    try areEqual(entry.value, other, &budget, depth: depth + 1)
                else { return false }
            }
            return true
        case (.optional(.some(let left)), .optional(.some(let right))):
            try enter(count: 1, depth: depth, &budget)
            return try areEqual(left, right, &budget, depth: depth + 1)
        default:
            return numericOrder(left, right).map { $0 == .equal } ?? (left == right)
        }
    }

    private static func enter(count: Int, depth: Int, _ budget: inout CELBudget) throws(CELError) {
        guard depth < maximumValueDepth else { throw tooDeep() }
        try budget.charge(count)
    }

    /// Charges looking a key up, which reads a string from end to end.
    static func chargeKey(_ key: CELValue, _ budget: inout CELBudget) throws(CELError) {
        if case .string(let text) = key { try budget.charge(bytes: text.utf8.count) }
    }

    static func tooDeep() -> CELError {
        CELError(.tooDeep, "A value is nested deeper than \(maximumValueDepth) levels")
    }

    /// The order of two numbers; nil if one is none.
    static func numericOrder(_ left: CELValue, _ right: CELValue) -> Order? {
        switch (left, right) {
        case (.int(let left), .int(let right)): Order(left, right)
        case (.uint(let left), .uint(let right)): Order(left, right)
        case (.double(let left), .double(let right)): Order(left, right)
        // Integers of different signs compare by value in Swift.
        case (.int(let left), .uint(let right)): left < right ? .less : left > right ? .greater : .equal
        case (.uint(let left), .int(let right)): left < right ? .less : left > right ? .greater : .equal
        // An integer and a double meet as doubles: near 2^63 neighbours count as equal, as in the other
        // implementations.
        case (.int(let left), .double(let right)): Order(Double(left), right)
        case (.double(let left), .int(let right)): Order(left, Double(right))
        case (.uint(let left), .double(let right)): Order(Double(left), right)
        case (.double(let left), .uint(let right)): Order(left, Double(right))
        default: nil
        }
    }

    /// The order of two values of one type, or of two numbers.
    static func order(
        _ left: CELValue, _ right: CELValue, _ binaryOperator: BinaryOperator, _ budget: inout CELBudget
    ) throws(CELError) -> Order {
        if let order = numericOrder(left, right) { return order }
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try budget.charge(bytes: min(left.utf8.count, right.utf8.count))
            return left.precedesByBytes(right) ? .less : left.hasSameBytes(as: right) ? .equal : .greater
        case (.bytes(let left), .bytes(let right)):
            try budget.charge(bytes: min(left.count, right.count))
            return left.lexicographicallyPrecedes(right) ? .less : left == right ? .equal : .greater
        case (.bool(let left), .bool(let right)): return Order(left ? 1 : 0, right ? 1 : 0)
        case (.timestamp(let left), .timestamp(let right)): return Order(left, right)
        case (.duration(let left), .duration(let right)): return Order(left, right)
        default: throw Operators.mismatch(binaryOperator, left, right)
        }
    }

    /// Whether a list holds an equal value or a map the key.
    static func isContained(
        _ value: CELValue, in container: CELValue, _ budget: inout CELBudget
    ) throws(CELError) -> Bool {
        switch container {
        case .list(let elements):
            for element in elements {
                try budget.charge(1)
                if try areEqual(value, element, &budget) { return true }
            }
            return false
        case .map(let map):
            try chargeKey(value, &budget)
            return map[value] != nil
        default: throw Operators.mismatch(.contained, value, container)
        }
    }
}
