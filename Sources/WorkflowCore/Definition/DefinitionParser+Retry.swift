import PerdureJSON

extension DefinitionParser {
    private static let retryKeys = ["max_attempts", "delay", "backoff", "max_delay", "jitter", "except", "only"]
    private static let timeoutKeys = ["start", "run", "heartbeat", "total"]

    /// The key `retry` of a step.
    mutating func retry(_ node: DefinitionNode, key: String) -> RetryPolicy {
        var policy = RetryPolicy()
        guard let members = node.members else {
            report(node.place, key: key, "'retry' is a mapping, e.g. { max_attempts: 5 }; found \(node.kindName).")
            return policy
        }
        checkKeys(members, at: key, known: Self.retryKeys)
        for member in members {
            let path = "\(key).\(member.key)"
            switch member.key {
            case "max_attempts":
                let value = wholeNumber(
                    member.value, key: path, 1...Limits.attemptsPerStep, what: "The number of attempts")
                if let value { policy.maxAttempts = value }
            case "delay":
                if let value = duration(member.value, key: path) { policy.delayMicroseconds = value }
            case "max_delay":
                if let value = duration(member.value, key: path) { policy.maxDelayMicroseconds = value }
            case "backoff":
                if let value = choice(member.value, of: RetryPolicy.Backoff.self, key: path) { policy.backoff = value }
            case "jitter":
                if let value = choice(member.value, of: RetryPolicy.Jitter.self, key: path) { policy.jitter = value }
            case "except": policy.except = codes(member.value, key: path)
            case "only": policy.only = codes(member.value, key: path)
            default: break
            }
        }
        return policy
    }

    /// The key `timeout` of a step.
    mutating func timeouts(_ node: DefinitionNode, key: String) -> StepTimeouts {
        var timeouts = StepTimeouts()
        guard let members = node.members else {
            report(node.place, key: key, "'timeout' is a mapping, e.g. { run: 30s }; found \(node.kindName).")
            return timeouts
        }
        checkKeys(members, at: key, known: Self.timeoutKeys)
        for member in members {
            let value = duration(member.value, key: "\(key).\(member.key)")
            switch member.key {
            case "start": timeouts.startMicroseconds = value
            case "run": timeouts.runMicroseconds = value
            case "heartbeat": timeouts.heartbeatMicroseconds = value
            case "total": timeouts.totalMicroseconds = value
            default: break
            }
        }
        return timeouts
    }

    /// A duration in microseconds, or nil and an error.
    mutating func duration(_ node: DefinitionNode, key: String) -> Int64? {
        if let text = node.text, let microseconds = DurationText.microseconds(text) { return microseconds }
        report(
            node.place, key: key,
            "A duration is a number with a unit, e.g. 500ms, 30s, 10m, 2h, 1d or 1h30m; found \(node.json.jsonText).")
        return nil
    }

    private mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: DefinitionNode, of type: Choice.Type, key: String
    ) -> Choice? where Choice.RawValue == String {
        if let text = node.text, let value = Choice(rawValue: text) { return value }
        let known = Choice.allCases.map(\.rawValue)
        let hint = Suggestion.text(for: node.text ?? "", among: known)
        report(
            node.place, key: key,
            "This is one of \(known.joined(separator: ", ")); found \(node.json.jsonText).\(hint)")
        return nil
    }

    private mutating func codes(_ node: DefinitionNode, key: String) -> Set<String> {
        guard let items = node.items else {
            report(node.place, key: key, "This is a list of error codes, e.g. [INVALID_INPUT]; found \(node.kindName).")
            return []
        }
        var codes: Set<String> = []
        for item in items {
            if let code = item.text, !code.isEmpty {
                codes.insert(code)
            } else {
                report(item.place, key: key, "An error code is text; found \(item.json.jsonText).")
            }
        }
        return codes
    }
}
