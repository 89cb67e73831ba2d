extension Evaluator {
    /// `operand.field`; the field of an optional is optional.
    func select(
        _ operand: CELValue, _ field: String, isOptional: Bool, at position: CELPosition
    ) throws(CELError) -> CELValue {
        switch operand {
        case .map(let map):
            if let value = map[field] { return isOptional ? .optional(value) : value }
            guard isOptional else {
                throw CELError(.noSuchKey, "No such key: '\(field)'", position: position)
            }
            return .optional(nil)
        case .optional(.none):
            return operand
        case .optional(.some(let wrapped)):
            return try select(wrapped, field, isOptional: true, at: position)
        default:
            throw CELError(
                .noSuchField, "A value of type \(operand.typeName) has no field '\(field)'", position: position)
        }
    }

    /// `has(operand.field)`
    func isPresent(_ field: String, in operand: CELValue, at position: CELPosition) throws(CELError) -> Bool {
        switch operand {
        case .map(let map): return map[field] != nil
        case .optional(.none): return false
        case .optional(.some(let wrapped)): return try isPresent(field, in: wrapped, at: position)
        default:
            throw CELError(
                .noSuchField, "A value of type \(operand.typeName) has no field '\(field)'", position: position)
        }
    }

    /// `operand[index]`; an element of an optional is optional.
    mutating func index(
        _ operand: CELValue, by index: CELValue, isOptional: Bool, at position: CELPosition
    ) throws(CELError) -> CELValue {
        switch operand {
        case .list(let elements):
            guard let number = wholeNumber(index) else {
                throw CELError(
                    .invalidArgument, "The index of a list must be a whole number, not a \(index.typeName)",
                    position: position)
            }
            if elements.indices.contains(number) {
                return isOptional ? .optional(elements[number]) : elements[number]
            }
            guard isOptional else {
                throw CELError(
                    .indexOutOfRange, "Index \(number) is outside the list of \(elements.count)", position: position)
            }
            return .optional(nil)
        case .map(let map):
            try Comparison.chargeKey(index, &budget)
            if let value = map[index] { return isOptional ? .optional(value) : value }
            guard isOptional else {
                throw CELError(.noSuchKey, "No such key: \(shownKey(index))", position: position)
            }
            return .optional(nil)
        case .optional(.none):
            return operand
        case .optional(.some(let wrapped)):
            return try self.index(wrapped, by: index, isOptional: true, at: position)
        default:
            throw CELError(
                .noMatchingOverload, "A value of type \(operand.typeName) cannot be indexed", position: position)
        }
    }

    private func wholeNumber(_ index: CELValue) -> Int? {
        switch index {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    private func shownKey(_ key: CELValue) -> String {
        switch key {
        case .string(let value): "'\(value)'"
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .bool(let value): String(value)
        case .double(let value): String(value)
        default: "a value of type \(key.typeName)"
        }
    }
}
