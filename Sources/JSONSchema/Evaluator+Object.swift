import LinearRegex
import PerdureJSON

extension Evaluator {
    mutating func applyToObject(
        _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ object: JSONObject, _ own: inout Evaluated
    ) -> Bool {
        switch keyword.rule {
        case .members(let rules): return applyMembers(rules, keyword, node, object, &own)
        case .required(let names):
            guard spend(names.count, at: node) else { return false }
            return require(names, keyword, node, object, because: "")
        case .dependentRequired(let entries):
            var isValid = true
            for entry in entries where object.contains(key: entry.key) {
                guard spend(entry.names.count, at: node) else { return false }
                if !require(entry.names, keyword, node, object, because: " because '\(entry.key)' is there") {
                    isValid = false
                }
            }
            return isValid
        case .propertyNames(let names):
            var isValid = true
            for (key, _) in object where !evaluate(names, part: .string(key), at: .key(key)) { isValid = false }
            return isValid
        case .propertyCount(let limit, let isUpper):
            if isUpper ? object.count <= limit : object.count >= limit { return true }
            return fail(
                keyword, node,
                "Expected at \(isUpper ? "most" : "least") \(limit) properties, found \(object.count).")
        case .unevaluatedProperties(let rest):
            guard !own.allProperties else { return true }
            var isValid = true
            for (key, value) in object where !own.properties.contains(ExactKey(key)) {
                guard !judgeExtra(rest, key, value, keyword, node, known: []) else { continue }
                isValid = false
                if isQuiet { break }
            }
            own.allProperties = true
            return isValid
        default: return true
        }
    }

    private mutating func applyMembers(
        _ rules: MemberRules, _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ object: JSONObject,
        _ own: inout Evaluated
    ) -> Bool {
        var isValid = true
        for (key, child) in rules.properties {
            guard spend(1, at: node) else { return false }
            guard let value = object[key] else { continue }
            if schema.tracksEvaluation { own.properties.insert(ExactKey(key)) }
            guard !evaluate(child, part: value, at: .key(key)) else { continue }
            isValid = false
            if isQuiet { return false }
        }
        guard !rules.patterns.isEmpty || rules.additional != nil else { return isValid }
        let asKeyword = SchemaNode.Keyword(name: "additionalProperties", rule: keyword.rule)
        for (key, value) in object {
            var isMatched = rules.names.contains(ExactKey(key))
            for (pattern, child) in rules.patterns {
                guard spend(1 + key.utf8.count, at: node) else { return false }
                guard pattern.matches(key) else { continue }
                isMatched = true
                if schema.tracksEvaluation { own.properties.insert(ExactKey(key)) }
                if !evaluate(child, part: value, at: .key(key)) { isValid = false }
            }
            guard !isMatched, let additional = rules.additional else { continue }
            if !judgeExtra(additional, key, value, asKeyword, node, known: rules.properties.map(\.key)) {
                isValid = false
            }
            if !isValid, isQuiet { return false }
        }
        if rules.additional != nil { own.allProperties = true }
        return isValid
    }

    /// Judges a member that no other keyword names; a plain `false` is explained in terms of the member.
    private mutating func judgeExtra(
        _ child: Int, _ key: String, _ value: JSONValue, _ keyword: SchemaNode.Keyword, _ node: SchemaNode,
        known: @autoclosure () -> [String]
    ) -> Bool {
        guard schema.nodes[child].boolean == false else { return evaluate(child, part: value, at: .key(key)) }
        guard spend(1, at: node) else { return false }
        guard !isQuiet else { return false }
        let near = key.utf8.count < 60 ? KeywordCatalog.suggestion(for: key, among: known()) : nil
        let advice = near.map { "did you mean '\($0)'?" } ?? "remove it."
        return fail(keyword, node, at: .key(key), "The property '\(key)' is not allowed; \(advice)")
    }

    private mutating func require(
        _ names: [String], _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ object: JSONObject,
        because reason: String
    ) -> Bool {
        var isValid = true
        for name in names where !object.contains(key: name) {
            isValid = fail(keyword, node, "The property '\(name)' is required\(reason) and missing.")
        }
        return isValid
    }
}
