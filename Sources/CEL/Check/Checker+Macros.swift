extension Checker {
    /// Checks a part in which more variables are known; they go out of sight afterwards.
    private mutating func withLocals(
        _ declared: [(name: String, type: CELType)], _ expression: Expression
    ) throws(CELError) -> Checked {
        let count = locals.count
        for (name, type) in declared { locals.append(Local(name: name, type: type, slot: locals.count)) }
        slotCount = max(slotCount, locals.count)
        defer { locals.removeLast(locals.count - count) }
        return try check(expression)
    }

    mutating func checkBind(_ name: String, _ value: Expression, _ body: Expression) throws(CELError) -> Checked {
        let checkedValue = try check(value)
        let slot = locals.count
        let checkedBody = try withLocals([(name, checkedValue.type)], body)
        return Checked(plan: .bind(slot: slot, checkedValue.plan, checkedBody.plan), type: checkedBody.type)
    }

    /// Each entry sees those before it, and the body sees all.
    mutating func checkBlock(_ entries: [Expression], _ body: Expression) throws(CELError) -> Checked {
        let first = locals.count
        defer { locals.removeLast(locals.count - first) }
        var plans: [Plan] = []
        for (index, entry) in entries.enumerated() {
            let checked = try check(entry)
            plans.append(checked.plan)
            locals.append(
                Local(
                    name: Parser.entryName(Int64(index)), type: checked.type, slot: locals.count, mayHaveFailed: true))
            slotCount = max(slotCount, locals.count)
        }
        let checkedBody = try check(body)
        return Checked(plan: .block(slot: first, plans, checkedBody.plan), type: checkedBody.type)
    }

    mutating func checkOptionalMap(
        _ operand: Expression, _ name: String, _ body: Expression, isFlat: Bool, at position: CELPosition
    ) throws(CELError) -> Checked {
        let checkedOperand = try check(operand)
        let inner = unifier.fresh()
        try expect(.optional(inner), of: checkedOperand, at: operand.position, "The receiver of this macro")
        let slot = locals.count
        let checkedBody = try withLocals([(name, unifier.resolve(inner))], body)
        if isFlat {
            try expect(.optional(unifier.fresh()), of: checkedBody, at: body.position, "The result of optFlatMap")
        }
        let plan = Plan.optionalMap(slot: slot, checkedOperand.plan, checkedBody.plan, isFlat: isFlat, position)
        return Checked(plan: plan, type: isFlat ? checkedBody.type : .optional(checkedBody.type))
    }

    mutating func checkComprehension(
        _ comprehension: Comprehension, at position: CELPosition
    ) throws(CELError) -> Checked {
        let range = try check(comprehension.range)
        let types = try rangeTypes(range.type, at: comprehension.range.position)
        if comprehension.kind == .sortBy {
            try expect(.list(.dyn), of: range, at: comprehension.range.position, "What sortBy goes over")
        }
        let slot = locals.count
        var declared = [(name: comprehension.first, type: types.key)]
        if let second = comprehension.second {
            declared.append((second, types.value))
        } else {
            declared[0].type = types.element
        }
        var condition: Checked?
        if let expression = comprehension.condition {
            let checked = try withLocals(declared, expression)
            try expect(.bool, of: checked, at: expression.position, "The condition of '\(comprehension.kind.rawValue)'")
            condition = checked
        }
        var transform: Checked?
        if let expression = comprehension.transform { transform = try withLocals(declared, expression) }
        let type = try resultType(comprehension, types, transform, at: position)
        let plan = ComprehensionPlan(
            kind: comprehension.kind, range: range.plan, slot: slot, hasSecond: comprehension.second != nil,
            condition: condition?.plan, transform: transform?.plan, position: position)
        return Checked(plan: .comprehension(plan), type: type)
    }

    /// What the variables of a macro hold: a list's indices and elements, a map's keys and values.
    private struct RangeTypes {
        let key: CELType
        let value: CELType
        /// What the only variable of a one-variable macro holds.
        let element: CELType
    }

    private mutating func rangeTypes(_ range: CELType, at position: CELPosition) throws(CELError) -> RangeTypes {
        switch unifier.shape(range) {
        case .dyn: return RangeTypes(key: .dyn, value: .dyn, element: .dyn)
        case .list(let element): return RangeTypes(key: .int, value: element, element: element)
        case .map(let key, let value): return RangeTypes(key: key, value: value, element: key)
        case .object: return RangeTypes(key: .string, value: .dyn, element: .string)
        case let other:
            guard !isLenient else { return RangeTypes(key: .dyn, value: .dyn, element: .dyn) }
            throw CELError(
                .typeMismatch, "The macro goes over a list or a map, not a \(shown(other))", position: position)
        }
    }

    private mutating func resultType(
        _ comprehension: Comprehension, _ types: RangeTypes, _ transform: Checked?, at position: CELPosition
    ) throws(CELError) -> CELType {
        let transformed = transform?.type ?? .dyn
        switch comprehension.kind {
        case .all, .exists, .existsOne: return .bool
        case .filter:
            buildsAggregates = true
            return .list(types.element)
        case .sortBy:
            buildsAggregates = true
            if let transform { try checkOrder(transform, at: position) }
            return .list(types.element)
        case .map, .transformList:
            buildsAggregates = true
            return .list(transformed)
        case .transformMap:
            buildsAggregates = true
            return .map(types.key, transformed)
        case .transformMapEntry:
            buildsAggregates = true
            let entries = CELType.map(unifier.fresh(), unifier.fresh())
            if let transform { try expect(entries, of: transform, at: position, "The result of transformMapEntry") }
            return unifier.resolve(entries)
        }
    }

    /// Holds what a list is sorted by to a type that has an order.
    private mutating func checkOrder(_ key: Checked, at position: CELPosition) throws(CELError) {
        switch unifier.resolve(key.type) {
        case .int, .uint, .double, .bool, .string, .bytes, .timestamp, .duration, .dyn, .parameter: return
        case let other:
            guard !isLenient else { return }
            throw CELError(
                .typeMismatch, "A value of type \(shown(other)) has no order to sort by", position: position)
        }
    }
}
