/// One evaluation under way: the variables and what is left of the budget.
struct Evaluator {
    private let activation: any CELActivation
    /// The values of the macros' variables by slot.
    var locals: [CELValue]
    /// Why entries of a block have no value, by slot.
    private var failures: [Int: CELError] = [:]
    var budget: CELBudget

    init(activation: any CELActivation, slotCount: Int, limits: CELLimits) {
        self.activation = activation
        locals = slotCount == 0 ? [] : Array(repeating: .null, count: slotCount)
        budget = CELBudget(limits: limits)
    }

    mutating func evaluate(_ plan: Plan) throws(CELError) -> CELValue {
        try budget.charge(1)
        switch plan {
        case .constant(let value): return value
        case .variable(let name, let position):
            guard let value = activation.value(of: name) else { throw unbound(name, at: position) }
            return value
        case .local(let slot): return locals[slot]
        case .entry(let slot):
            if let failure = failures[slot] { throw failure }
            return locals[slot]
        case .failure(let error): throw error
        case .select(let operand, let field, let isOptional, let position):
            return try select(evaluate(operand), field, isOptional: isOptional, at: position)
        case .presence(let operand, let field, let position):
            return try .bool(isPresent(field, in: evaluate(operand), at: position))
        case .index(let operand, let index, let isOptional, let position):
            return try self.index(evaluate(operand), by: evaluate(index), isOptional: isOptional, at: position)
        case .not(let operand, let position): return try not(operand, at: position)
        case .negate(let operand, let position): return try negate(operand, at: position)
        case .binary(let binaryOperator, let left, let right, let position):
            return try binary(binaryOperator, left, right, at: position)
        case .logical(let isAnd, let operands, let position):
            return try logical(isAnd: isAnd, operands, at: position)
        case .conditional(let condition, let accepted, let refused, let position):
            return try evaluate(truth(evaluate(condition), at: position) ? accepted : refused)
        case .list(let elements, let position): return try list(elements, at: position)
        case .map(let entries, let position): return try map(entries, at: position)
        case .call(let call): return try self.call(call)
        case .matches(let text, let regex, let position): return try matches(text, regex, at: position)
        case .comprehension(let comprehension): return try self.comprehension(comprehension)
        case .bind(let slot, let value, let body):
            locals[slot] = try evaluate(value)
            return try evaluate(body)
        case .block(let slot, let entries, let body):
            try enterBlock(slot, entries)
            return try evaluate(body)
        case .optionalMap(let slot, let operand, let body, let isFlat, let position):
            return try optionalMap(slot, operand, body, isFlat: isFlat, at: position)
        case .optionalOr(let optional, let alternative, let isValue, let position):
            return try optionalOr(optional, alternative, isValue: isValue, at: position)
        }
    }

    /// Computes the entries of a block. One that fails does so where it is read, as if it stood there.
    private mutating func enterBlock(_ slot: Int, _ entries: [Plan]) throws(CELError) {
        for (offset, entry) in entries.enumerated() {
            do {
                locals[slot + offset] = try evaluate(entry)
                failures[slot + offset] = nil
            } catch {
                guard error.isAbsorbable else { throw error }
                failures[slot + offset] = error
            }
        }
    }

    private func unbound(_ name: String, at position: CELPosition) -> CELError {
        CELError(.undeclaredReference, "The variable '\(name)' has no value", position: position)
    }

    /// A value that must be a bool.
    func truth(_ value: CELValue, at position: CELPosition) throws(CELError) -> Bool {
        guard case .bool(let truth) = value else {
            throw CELError(
                .noMatchingOverload, "Expected a bool, found a value of type \(value.typeName)", position: position)
        }
        return truth
    }
}
