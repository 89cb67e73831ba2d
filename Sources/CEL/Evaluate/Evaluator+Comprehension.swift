extension Evaluator {
    mutating func comprehension(_ plan: ComprehensionPlan) throws(CELError) -> CELValue {
        let range = try evaluate(plan.range)
        switch plan.kind {
        case .all: return try quantifier(plan, range, isAnd: true)
        case .exists: return try quantifier(plan, range, isAnd: false)
        case .existsOne: return try existsOne(plan, range)
        case .map, .filter, .transformList: return try listed(plan, range)
        case .transformMap, .transformMapEntry: return try mapped(plan, range)
        case .sortBy: return try sorted(plan, range)
        }
    }

    /// How many times a macro goes round.
    private func count(_ range: CELValue, at position: CELPosition) throws(CELError) -> Int {
        switch range {
        case .list(let elements): return elements.count
        case .map(let map): return map.count
        default:
            throw CELError(
                .noMatchingOverload, "The macro goes over a list or a map, not a \(range.typeName)",
                position: position)
        }
    }

    /// Gives the macro's variables their values for one round, and returns what a filter would keep.
    @discardableResult
    private mutating func enter(_ plan: ComprehensionPlan, _ range: CELValue, _ index: Int) -> CELValue {
        switch range {
        case .list(let elements) where plan.hasSecond:
            locals[plan.slot] = .int(Int64(index))
            locals[plan.slot + 1] = elements[index]
        case .list(let elements):
            locals[plan.slot] = elements[index]
        case .map(let map):
            locals[plan.slot] = map.entries[index].key
            if plan.hasSecond { locals[plan.slot + 1] = map.entries[index].value }
        default:
            break
        }
        return locals[plan.slot]
    }

    private mutating func holds(_ plan: ComprehensionPlan) throws(CELError) -> Bool {
        guard let condition = plan.condition else { return true }
        return try truth(evaluate(condition), at: plan.position)
    }

    private mutating func quantifier(
        _ plan: ComprehensionPlan, _ range: CELValue, isAnd: Bool
    ) throws(CELError) -> CELValue {
        var failure: CELError?
        for index in 0..<(try count(range, at: plan.position)) {
            enter(plan, range, index)
            do {
                if try holds(plan) != isAnd { return .bool(!isAnd) }
            } catch {
                guard error.isAbsorbable else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(isAnd)
    }

    private mutating func existsOne(_ plan: ComprehensionPlan, _ range: CELValue) throws(CELError) -> CELValue {
        var found = 0
        for index in 0..<(try count(range, at: plan.position)) {
            enter(plan, range, index)
            if try holds(plan) { found += 1 }
        }
        return .bool(found == 1)
    }

    private mutating func listed(_ plan: ComprehensionPlan, _ range: CELValue) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        for index in 0..<(try count(range, at: plan.position)) {
            let element = enter(plan, range, index)
            guard try holds(plan) else { continue }
            values.append(try plan.transform.map { plan throws(CELError) in try evaluate(plan) } ?? element)
            try checkLength(values.count, at: plan.position)
        }
        return .list(values)
    }

    private mutating func sorted(_ plan: ComprehensionPlan, _ range: CELValue) throws(CELError) -> CELValue {
        guard case .list(let elements) = range, let transform = plan.transform else {
            throw CELError(
                .noMatchingOverload, "sortBy goes over a list, not a \(range.typeName)", position: plan.position)
        }
        var keys: [CELValue] = []
        for index in elements.indices {
            enter(plan, range, index)
            keys.append(try evaluate(transform))
            try checkLength(keys.count, at: plan.position)
        }
        do {
            return .list(try SortKeys.order(keys, &budget).map { elements[$0] })
        } catch {
            throw error.located(at: plan.position)
        }
    }

    private mutating func mapped(_ plan: ComprehensionPlan, _ range: CELValue) throws(CELError) -> CELValue {
        var entries: [CELMap.Entry] = []
        for index in 0..<(try count(range, at: plan.position)) {
            let key = enter(plan, range, index)
            guard try holds(plan), let transform = plan.transform else { continue }
            let value = try evaluate(transform)
            if plan.kind == .transformMap {
                entries.append((key, value))
            } else if case .map(let added) = value {
                for entry in added.entries {
                    try budget.charge(1)
                    try Comparison.chargeKey(entry.key, &budget)
                    entries.append(entry)
                }
            } else {
                throw CELError(
                    .noMatchingOverload, "transformMapEntry needs a map from each round, not a \(value.typeName)",
                    position: plan.position)
            }
            try checkLength(entries.count, at: plan.position)
        }
        do {
            return .map(try CELMap(entries: entries))
        } catch {
            throw error.located(at: plan.position)
        }
    }

    private func checkLength(_ count: Int, at position: CELPosition) throws(CELError) {
        do {
            try budget.checkAggregate(count: count)
        } catch {
            throw error.located(at: position)
        }
    }
}
