extension Evaluator {
    mutating func list(_ elements: [Plan.ListElement], at position: CELPosition) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try evaluate(element.value)
            guard element.isOptional else {
                values.append(value)
                continue
            }
            if let present = try unwrapped(value, at: position) { values.append(present) }
        }
        return .list(values)
    }

    mutating func map(_ entries: [Plan.MapEntry], at position: CELPosition) throws(CELError) -> CELValue {
        var values: [CELMap.Entry] = []
        values.reserveCapacity(entries.count)
        for entry in entries {
            let key = try evaluate(entry.key)
            try Comparison.chargeKey(key, &budget)
            let value = try evaluate(entry.value)
            guard entry.isOptional else {
                values.append((key, value))
                continue
            }
            if let present = try unwrapped(value, at: position) { values.append((key, present)) }
        }
        do {
            return .map(try CELMap(entries: values))
        } catch {
            throw error.located(at: position)
        }
    }

    private func unwrapped(_ value: CELValue, at position: CELPosition) throws(CELError) -> CELValue? {
        guard case .optional(let wrapped) = value else {
            throw CELError(
                .noMatchingOverload, "'?' takes an optional value, not a \(value.typeName)", position: position)
        }
        return wrapped
    }

    mutating func optionalMap(
        _ slot: Int, _ operand: Plan, _ body: Plan, isFlat: Bool, at position: CELPosition
    ) throws(CELError) -> CELValue {
        let value = try evaluate(operand)
        guard let wrapped = try unwrapped(value, at: position) else { return value }
        locals[slot] = wrapped
        let result = try evaluate(body)
        guard isFlat else { return .optional(result) }
        _ = try unwrapped(result, at: position)
        return result
    }

    mutating func optionalOr(
        _ optional: Plan, _ alternative: Plan, isValue: Bool, at position: CELPosition
    ) throws(CELError) -> CELValue {
        let value = try evaluate(optional)
        if let wrapped = try unwrapped(value, at: position) { return isValue ? wrapped : value }
        let result = try evaluate(alternative)
        if !isValue { _ = try unwrapped(result, at: position) }
        return result
    }

    /// Charges the whole tree of a result, and stops where the budget ends.
    ///
    /// Lists and maps share their parts, so a few steps can build a tree too large for whoever writes it out.
    mutating func chargeTree(_ value: CELValue, depth: Int = 0) throws(CELError) {
        guard depth <= Comparison.maximumValueDepth else { throw Comparison.tooDeep() }
        switch value {
        case .list(let elements):
            try budget.charge(elements.count)
            for element in elements { try chargeTree(element, depth: depth + 1) }
        case .map(let map):
            try budget.charge(map.count)
            for entry in map.entries { try chargeTree(entry.value, depth: depth + 1) }
        case .optional(.some(let wrapped)):
            try chargeTree(wrapped, depth: depth + 1)
        case .string(let text): try budget.charge(bytes: text.utf8.count)
        case .bytes(let bytes): try budget.charge(bytes: bytes.count)
        default:
            return
        }
    }
}
