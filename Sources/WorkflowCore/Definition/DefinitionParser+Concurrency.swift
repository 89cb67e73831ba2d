import CEL
import PerdureJSON

extension DefinitionParser {
    private static let concurrencyKeys = ["key", "limit", "on_limit"]

    /// The key `concurrency`: how many executions run at a time.
    ///
    /// - Parameters:
    ///   - scope: What expressions see before anything has run: no step is over by then.
    ///   - inputIntegers: Where a number of the input is whole.
    mutating func concurrency(
        _ node: DefinitionNode, scope: TemplateScope, inputIntegers: IntegerPlaces?
    ) -> ConcurrencyRule? {
        guard let members = node.members else {
            report(
                node.place, key: "concurrency",
                "'concurrency' is a mapping, e.g. { key: \"${ input.tenant }\", limit: 1 }; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: "concurrency", known: Self.concurrencyKeys)
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        let key = member("key").flatMap { concurrencyKey($0, scope: scope) }
        let policy = member("on_limit").flatMap { self.policy($0) } ?? .queue
        guard let limitNode = member("limit") else {
            report(
                node.place, key: "concurrency",
                "The key 'limit' is missing; say how many executions may run at a time, e.g. limit: 1.")
            return nil
        }
        let limit = wholeNumber(
            limitNode, key: "concurrency.limit", 1...Limits.slotsPerKey, what: "The number of executions at a time")
        return limit.map {
            ConcurrencyRule(
                key: key, reads: scope.reads(key), inputIntegers: inputIntegers, limit: $0, onLimit: policy)
        }
    }

    private mutating func concurrencyKey(_ node: DefinitionNode, scope: TemplateScope) -> Template? {
        let environment = CELEnvironment(variables: ["input": scope.input, "metadata": .dyn])
        guard let template = template(node, key: "concurrency.key", environment: environment) else { return nil }
        let found: String
        switch template {
        case .text, .literal(.string(_)), .literal(.int(_)), .literal(.double(_)), .literal(.bool(_)): return template
        case .expression(let program):
            switch program.resultType {
            case .list, .map, .object, .null, .type, .optional: found = "an expression that gives \(program.resultType)"
            default: return template
            }
        case .literal, .array, .object: found = node.kindName
        }
        report(
            node.place, key: "concurrency.key",
            "The key is a text, a number or a boolean, e.g. \"${ input.tenant }\"; found \(found).")
        return nil
    }

    private mutating func policy(_ node: DefinitionNode) -> ConcurrencyRule.Policy? {
        if let policy = node.text.flatMap({ ConcurrencyRule.Policy(rawValue: $0) }) { return policy }
        let all = ConcurrencyRule.Policy.allCases.map(\.rawValue)
        report(
            node.place, key: "concurrency.on_limit",
            "This is one of \(all.joined(separator: ", ")); found \(node.json.jsonText.storable(maximum: 64))."
                + Suggestion.text(for: node.text ?? "", among: all))
        return nil
    }
}
