extension Checker {
    mutating func checkNot(_ operand: Expression, at position: CELPosition) throws(CELError) -> Checked {
        let checked = try check(operand)
        try expect(.bool, of: checked, at: operand.position, "The operand of '!'")
        return Checked(plan: .not(checked.plan, position), type: .bool)
    }

    mutating func checkNegate(_ operand: Expression, at position: CELPosition) throws(CELError) -> Checked {
        let checked = try check(operand)
        guard let found = result(of: OperatorSignatures.negation, for: [checked.type]) ?? (isLenient ? (.dyn, []) : nil)
        else {
            throw CELError(
                .noMatchingOverload, "'-' does not take \(shown(checked.type))", position: position)
        }
        return Checked(plan: .negate(checked.plan, position), type: found.type)
    }

    mutating func checkBinary(
        _ binaryOperator: BinaryOperator, _ left: Expression, _ right: Expression, at position: CELPosition
    ) throws(CELError) -> Checked {
        let checkedLeft = try check(left)
        let checkedRight = try check(right)
        let signatures = OperatorSignatures.of(binaryOperator)
        let types = [checkedLeft.type, checkedRight.type]
        guard let found = result(of: signatures, for: types) ?? (isLenient ? (.dyn, []) : nil) else {
            throw CELError(
                .noMatchingOverload,
                "'\(binaryOperator.rawValue)' does not take \(shown(types[0])) and \(shown(types[1]))",
                position: position)
        }
        if binaryOperator == .add { buildsAggregates = true }
        return Checked(plan: .binary(binaryOperator, checkedLeft.plan, checkedRight.plan, position), type: found.type)
    }

    mutating func checkLogical(
        _ isAnd: Bool, _ operands: [Expression], at position: CELPosition
    ) throws(CELError) -> Checked {
        var plans: [Plan] = []
        plans.reserveCapacity(operands.count)
        for operand in operands {
            let checked = try check(operand)
            try expect(.bool, of: checked, at: operand.position, "The operand of '\(isAnd ? "&&" : "||")'")
            plans.append(checked.plan)
        }
        return Checked(plan: .logical(isAnd: isAnd, plans, position), type: .bool)
    }

    mutating func checkConditional(
        _ condition: Expression, _ accepted: Expression, _ refused: Expression, at position: CELPosition
    ) throws(CELError) -> Checked {
        let checkedCondition = try check(condition)
        try expect(.bool, of: checkedCondition, at: condition.position, "The condition of '?:'")
        let first = try check(accepted)
        let second = try check(refused)
        let value = CELType.parameter("A")
        let plan = Plan.conditional(checkedCondition.plan, first.plan, second.plan, position)
        if let found = result(of: [[value, value, value]], for: [first.type, second.type]) {
            return Checked(plan: plan, type: found.type)
        }
        guard isLenient else {
            throw CELError(
                .typeMismatch,
                "The branches of '?:' have types \(shown(first.type)) and \(shown(second.type)); give both one type",
                position: position)
        }
        return Checked(plan: plan, type: .dyn)
    }

    mutating func checkList(
        _ elements: [Expression.ListElement], at position: CELPosition
    ) throws(CELError) -> Checked {
        var plans: [Plan.ListElement] = []
        var constants: [CELValue] = []
        var type: CELType?
        for element in elements {
            let checked = try check(element.value)
            let elementType =
                element.isOptional ? try wrapped(checked, at: element.value.position) : checked.type
            type = type.map { unifier.join($0, elementType) } ?? elementType
            plans.append(Plan.ListElement(value: checked.plan, isOptional: element.isOptional))
            if case .constant(let value) = checked.plan, !element.isOptional { constants.append(value) }
        }
        let listType = CELType.list(type ?? unifier.fresh())
        // A list of constants is one constant: `x in ['a', 'b']` builds nothing when evaluated.
        if constants.count == elements.count {
            return Checked(plan: .constant(.list(constants)), type: listType)
        }
        buildsAggregates = true
        return Checked(plan: .list(plans, position), type: listType)
    }

    mutating func checkMap(_ entries: [Expression.MapEntry], at position: CELPosition) throws(CELError) -> Checked {
        var plans: [Plan.MapEntry] = []
        var keyType: CELType?
        var valueType: CELType?
        for entry in entries {
            let key = try check(entry.key)
            let value = try check(entry.value)
            try checkKey(key, at: entry.key.position)
            let entryType = entry.isOptional ? try wrapped(value, at: entry.value.position) : value.type
            keyType = keyType.map { unifier.join($0, key.type) } ?? key.type
            valueType = valueType.map { unifier.join($0, entryType) } ?? entryType
            plans.append(Plan.MapEntry(key: key.plan, value: value.plan, isOptional: entry.isOptional))
        }
        buildsAggregates = true
        return Checked(
            plan: .map(plans, position), type: .map(keyType ?? unifier.fresh(), valueType ?? unifier.fresh()))
    }

    private mutating func checkKey(_ key: Checked, at position: CELPosition) throws(CELError) {
        switch unifier.resolve(key.type) {
        case .int, .uint, .bool, .string, .dyn, .parameter: return
        case let other:
            guard !isLenient else { return }
            throw CELError(
                .typeMismatch, "A map key must be an int, uint, bool or string, not \(shown(other))",
                position: position)
        }
    }

    /// The type inside the optional that `?` asks for.
    private mutating func wrapped(_ checked: Checked, at position: CELPosition) throws(CELError) -> CELType {
        let inner = unifier.fresh()
        try expect(.optional(inner), of: checked, at: position, "The value after '?'")
        return unifier.resolve(inner)
    }
}
