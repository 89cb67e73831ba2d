import PerdureJSON

/// What the cases of a file expect.
extension DefinitionParser {
    private static let expectationKeys = [
        "status", "output", "error", "events", "steps", "duration", "concurrency_key",
    ]

    /// The key `expect`.
    mutating func expectation(_ node: DefinitionNode, key: String) -> CaseExpectation? {
        guard let members = node.members, !members.isEmpty else {
            let list = Self.expectationKeys.joined(separator: ", ")
            report(node.place, key: key, "This is a mapping with one at least of \(list); found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: Self.expectationKeys)
        var expectation = CaseExpectation()
        for member in members {
            let (value, path) = (member.value, "\(key).\(member.key)")
            switch member.key {
            case "status":
                let all = ExecutionStatus.allCases.map(\.rawValue) + [CaseExpectation.rejected]
                expectation.status = word(value, key: path, among: all)
            case "concurrency_key":
                expectation.concurrencyKey = text(value, key: path, "what 'concurrency.key' gives")
            case "output": expectation.output = value.json
            case "error": expectation.error = failure(value, key: path)
            case "events": expectation.events = events(value, key: path)
            case "steps": expectation.steps = steps(value, key: path)
            case "duration": expectation.durationMicroseconds = span(value, key: path)
            default: break
            }
        }
        return expectation
    }

    private mutating func failure(_ node: DefinitionNode, key: String) -> CaseExpectation.Failure? {
        guard let members = node.members, !members.isEmpty else {
            report(
                node.place, key: key,
                "This is a mapping with one at least of code, step and message; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: ["code", "step", "message"])
        var failure = CaseExpectation.Failure()
        for member in members {
            let path = "\(key).\(member.key)"
            switch member.key {
            case "code": failure.code = text(member.value, key: path, "the error's code")
            case "step": failure.step = text(member.value, key: path, "the name of a step")
            case "message": failure.messagePart = text(member.value, key: path, "a part of the message")
            default: break
            }
        }
        return failure
    }

    private mutating func steps(_ node: DefinitionNode, key: String) -> [CaseExpectation.Step] {
        guard let members = node.members else {
            report(node.place, key: key, "This is a mapping of steps to their statuses; found \(node.kindName).")
            return []
        }
        let all = StepStatus.allCases.map(\.rawValue)
        var steps: [CaseExpectation.Step] = []
        for member in members {
            let path = "\(key).\(member.key)"
            var step = CaseExpectation.Step(name: member.key)
            if let parts = member.value.members {
                checkKeys(parts, at: path, known: ["status", "input", "output", "attempts"])
                for part in parts {
                    switch part.key {
                    case "status": step.status = word(part.value, key: "\(path).status", among: all)
                    case "input": step.input = part.value.json
                    case "output": step.output = part.value.json
                    case "attempts":
                        step.attempts = wholeNumber(
                            part.value, key: "\(path).attempts", 0...Limits.attemptsPerStep, what: "The attempts")
                    default: break
                    }
                }
            } else {
                step.status = word(member.value, key: path, among: all)
            }
            steps.append(step)
        }
        return steps
    }

    private mutating func events(_ node: DefinitionNode, key: String) -> CaseExpectation.Events? {
        if let items = node.items { return .exactly(lines(items, key: key)) }
        if let members = node.members {
            checkKeys(members, at: key, known: ["contains"])
            if let items = members.first(where: { $0.key == "contains" })?.value.items {
                return .contains(lines(items, key: "\(key).contains"))
            }
        }
        report(
            node.place, key: key,
            "This is a list of events, or { contains: LIST }, each TYPE or 'TYPE step'; found \(node.kindName).")
        return nil
    }

    private mutating func lines(_ nodes: [DefinitionNode], key: String) -> [String] {
        let all = EventType.all.map(\.rawValue)
        return nodes.enumerated().compactMap { index, node in
            guard let line = text(node, key: "\(key)[\(index)]", "an event") else { return nil }
            let type = String(line.prefix { $0 != " " })
            guard all.contains(type) else {
                report(
                    node.place, key: "\(key)[\(index)]",
                    "There is no event '\(type)'.\(Suggestion.text(for: type, among: all))")
                return nil
            }
            return line
        }
    }

    /// One of some words.
    mutating func word(_ node: DefinitionNode, key: String, among all: [String]) -> String? {
        if let text = node.text, all.contains(text) { return text }
        let hint = Suggestion.text(for: node.text ?? "", among: all)
        report(
            node.place, key: key,
            "This is one of \(all.joined(separator: ", ")); found \(node.json.jsonText.storable(maximum: 64)).\(hint)")
        return nil
    }
}
