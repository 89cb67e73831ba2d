import PerdureJSON

extension Evaluator {
    mutating func applyCombining(
        _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ value: JSONValue, _ own: inout Evaluated
    ) -> Bool {
        switch keyword.rule {
        case .reference(let target): return evaluate(target, value, &own)
        case .dynamicReference(let target, let anchor): return evaluate(dynamicTarget(target, anchor), value, &own)
        case .allOf(let branches):
            var isValid = true
            for branch in branches where !evaluate(branch, value, &own) {
                isValid = false
                if isQuiet { return false }
            }
            return isValid
        case .anyOf(let branches): return applyAnyOf(branches, keyword, node, value, &own)
        case .oneOf(let branches): return applyOneOf(branches, keyword, node, value, &own)
        case .not(let child):
            var ignored = Evaluated()
            guard isSatisfied(child, by: value, &ignored) else { return true }
            return fail(keyword, node, "Expected anything but what 'not' describes, found \(value.excerpt).")
        case .conditional(let condition, let then, let otherwise):
            if isSatisfied(condition, by: value, &own) { return then.map { evaluate($0, value, &own) } ?? true }
            return otherwise.map { evaluate($0, value, &own) } ?? true
        case .dependentSchemas(let entries):
            guard case .object(let object) = value else { return true }
            var isValid = true
            for entry in entries where object.contains(key: entry.key) {
                if !evaluate(entry.node, value, &own) { isValid = false }
            }
            return isValid
        default: return true
        }
    }

    private mutating func applyAnyOf(
        _ branches: [Int], _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ value: JSONValue,
        _ own: inout Evaluated
    ) -> Bool {
        var isValid = false
        for branch in branches where isSatisfied(branch, by: value, &own) {
            isValid = true
            // Every branch that matches adds to what has been looked at, but only if somebody asks.
            if !schema.tracksEvaluation { break }
        }
        if isValid || isQuiet { return isValid }
        let reason = describe(failing: branches, value, "at least one")
        return fail(keyword, node, reason)
    }

    private mutating func applyOneOf(
        _ branches: [Int], _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ value: JSONValue,
        _ own: inout Evaluated
    ) -> Bool {
        var matching: [Int] = []
        for (index, branch) in branches.enumerated() where isSatisfied(branch, by: value, &own) {
            matching.append(index)
            if matching.count > 1 { break }
        }
        if matching.count == 1 { return true }
        if isQuiet { return false }
        guard matching.isEmpty else {
            return fail(
                keyword, node,
                "Expected exactly one alternative to match, but those at \(matching[0]) and \(matching[1]) both do.")
        }
        let reason = describe(failing: branches, value, "exactly one")
        return fail(keyword, node, reason)
    }

    /// Says why the alternative that comes closest fails: the one that fails deepest inside the value, then with least.
    private mutating func describe(failing branches: [Int], _ value: JSONValue, _ quantity: String) -> String {
        var best: (rank: (Int, Int), violation: JSONSchemaViolation)?
        for branch in branches {
            let found = diagnose(branch, value)
            guard let first = found.first else { continue }
            let deepest = found.map(\.instancePointer.tokens.count).max() ?? 0
            if let best, best.rank >= (deepest, -found.count) { continue }
            best = ((deepest, -found.count), first)
        }
        let start = "Expected a match with \(quantity) of \(branches.count) alternatives"
        guard let violation = best?.violation else { return start + ", found \(value.excerpt)." }
        return "\(start); the closest one says at '\(violation.instancePointer)': \(violation.message)"
    }
}
