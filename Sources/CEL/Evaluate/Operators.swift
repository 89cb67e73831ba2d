/// The operators on values.
enum Operators {
    static func apply(
        _ binaryOperator: BinaryOperator, _ left: CELValue, _ right: CELValue, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        switch binaryOperator {
        case .equal: .bool(try Comparison.areEqual(left, right, &budget))
        case .notEqual: .bool(!(try Comparison.areEqual(left, right, &budget)))
        case .less: .bool(try Comparison.order(left, right, binaryOperator, &budget) == .less)
        case .greater: .bool(try Comparison.order(left, right, binaryOperator, &budget) == .greater)
        case .lessOrEqual: .bool(try Comparison.order(left, right, binaryOperator, &budget).isAtMostEqual)
        case .greaterOrEqual: .bool(try Comparison.order(left, right, binaryOperator, &budget).isAtLeastEqual)
        case .contained: .bool(try Comparison.isContained(left, in: right, &budget))
        default: try arithmetic(binaryOperator, left, right, &budget)
        }
    }

    static func mismatch(_ binaryOperator: BinaryOperator, _ left: CELValue, _ right: CELValue) -> CELError {
        CELError(
            .noMatchingOverload, "'\(binaryOperator.rawValue)' does not take \(left.typeName) and \(right.typeName)")
    }

    private static func arithmetic(
        _ binaryOperator: BinaryOperator, _ left: CELValue, _ right: CELValue, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try integer(binaryOperator, left, right))
        case (.uint(let left), .uint(let right)): return .uint(try integer(binaryOperator, left, right))
        case (.double(let first), .double(let second)):
            switch binaryOperator {
            case .add: return .double(first + second)
            case .subtract: return .double(first - second)
            case .multiply: return .double(first * second)
            case .divide: return .double(first / second)
            default: throw mismatch(binaryOperator, left, right)
            }
        default: break
        }
        switch binaryOperator {
        case .add: return try sum(left, right, &budget)
        case .subtract: return try difference(left, right)
        default: throw mismatch(binaryOperator, left, right)
        }
    }

    private static func integer<Value: FixedWidthInteger>(
        _ binaryOperator: BinaryOperator, _ left: Value, _ right: Value
    ) throws(CELError) -> Value {
        let result: (partialValue: Value, overflow: Bool)
        switch binaryOperator {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide where right != 0: result = left.dividedReportingOverflow(by: right)
        case .remainder where right != 0: result = left.remainderReportingOverflow(dividingBy: right)
        case .divide: throw CELError(.divisionByZero, "An integer is divided by zero")
        default: throw CELError(.divisionByZero, "The remainder of a division by zero is undefined")
        }
        guard !result.overflow else {
            throw CELError(.overflow, "The integer result does not fit in 64 bits")
        }
        return result.partialValue
    }

    private static func sum(
        _ left: CELValue, _ right: CELValue, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try budget.chargeString(bytes: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            try budget.chargeString(bytes: left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try budget.chargeAggregate(count: left.count + right.count)
            return .list(left + right)
        case (.duration(let left), .duration(let right)): return .duration(try left.adding(right))
        case (.timestamp(let left), .duration(let right)): return .timestamp(try left.adding(right))
        case (.duration(let left), .timestamp(let right)): return .timestamp(try right.adding(left))
        default: throw mismatch(.add, left, right)
        }
    }

    private static func difference(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.duration(let left), .duration(let right)): .duration(try left.subtracting(right))
        case (.timestamp(let left), .duration(let right)): .timestamp(try left.subtracting(right))
        case (.timestamp(let left), .timestamp(let right)): .duration(try left.subtracting(right))
        default: throw mismatch(.subtract, left, right)
        }
    }
}
