extension Evaluator {
    mutating func not(_ operand: Plan, at position: CELPosition) throws(CELError) -> CELValue {
        .bool(!(try truth(evaluate(operand), at: position)))
    }

    mutating func negate(_ operand: Plan, at position: CELPosition) throws(CELError) -> CELValue {
        switch try evaluate(operand) {
        case .double(let value): return .double(-value)
        case .int(let value) where value != .min: return .int(-value)
        case .int: throw CELError(.overflow, "The integer result does not fit in 64 bits", position: position)
        case let other:
            throw CELError(.noMatchingOverload, "'-' does not take \(other.typeName)", position: position)
        }
    }

    mutating func binary(
        _ binaryOperator: BinaryOperator, _ left: Plan, _ right: Plan, at position: CELPosition
    ) throws(CELError) -> CELValue {
        let left = try evaluate(left)
        let right = try evaluate(right)
        do {
            return try Operators.apply(binaryOperator, left, right, &budget)
        } catch {
            throw error.located(at: position)
        }
    }

    /// `&&` and `||`: an operand that decides does so whatever errors the others gave.
    mutating func logical(
        isAnd: Bool, _ operands: [Plan], at position: CELPosition
    ) throws(CELError) -> CELValue {
        var failure: CELError?
        for operand in operands {
            do {
                if try truth(evaluate(operand), at: position) != isAnd { return .bool(!isAnd) }
            } catch {
                guard error.isAbsorbable else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(isAnd)
    }

    mutating func call(_ call: CallPlan) throws(CELError) -> CELValue {
        var arguments: [CELValue] = []
        arguments.reserveCapacity(call.arguments.count)
        for argument in call.arguments { arguments.append(try evaluate(argument)) }
        for overload in call.overloads where overload.accepts(arguments) {
            do {
                return try overload.body(arguments, &budget)
            } catch {
                throw error.located(at: call.position)
            }
        }
        let types = arguments.map(\.typeName).joined(separator: ", ")
        throw CELError(
            .noMatchingOverload, "Function '\(call.name)' does not take (\(types))", position: call.position)
    }

    mutating func matches(
        _ text: Plan, _ regex: CompiledRegex, at position: CELPosition
    ) throws(CELError) -> CELValue {
        let value = try evaluate(text)
        guard case .string(let text) = value else {
            throw CELError(
                .noMatchingOverload, "Function 'matches' does not take a \(value.typeName)", position: position)
        }
        do {
            return .bool(try regex.matches(text, &budget))
        } catch {
            throw error.located(at: position)
        }
    }
}
