import PerdureJSON

extension DefinitionParser {
    private static let retryKeys = ["max_attempts", "delay", "backoff", "max_delay", "jitter", "except", "only"]
    private static let timeoutKeys = ["start", "run", "heartbeat", "total"]

    /// The key `retry` of a step.
    mutating func retry(_ node: DefinitionNode, key: String) -> RetryPolicy {
        var policy = RetryPolicy()
        var maxDelay: DefinitionNode?
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
                guard let value = duration(member.value, key: path) else { break }
                policy.maxDelayMicroseconds = value
                maxDelay = member.value
            case "backoff":
                if let value = choice(member.value, of: RetryPolicy.Backoff.self, key: path) { policy.backoff = value }
            case "jitter":
                if let value = choice(member.value, of: RetryPolicy.Jitter.self, key: path) { policy.jitter = value }
            case "except": policy.except = codes(member.value, key: path)
            case "only": policy.only = codes(member.value, key: path)
            default: break
            }
        }
        guard let maxDelay else {
            policy.maxDelayMicroseconds = max(RetryPolicy.standardMaxDelayMicroseconds, policy.delayMicroseconds)
            return policy
        }
        if policy.maxDelayMicroseconds < policy.delayMicroseconds {
            let delay = DurationText.text(policy.delayMicroseconds)
            report(
                maxDelay.place, key: "\(key).max_delay",
                "'max_delay' is where the delay stops growing, and it is \(delay) from the start; write \(delay) or more, "
                    + "or a shorter 'delay'.")
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
        let found = node.json.jsonText.storable(maximum: 64)
        do throws(DurationText.Problem) {
            guard let text = node.text else { throw .form }
            return try DurationText.parse(text)
        } catch {
            let message =
                switch error {
                case .form: "A duration is a number with a unit, e.g. 500ms, 30s, 10m, 2h, 1d or 1h30m; found \(found)."
                case .order: "The largest unit of a duration comes first, and each once, e.g. 1h30m; found \(found)."
                case .zero: "A duration must be above zero; found \(found)."
                case .tooLong: "A duration is ten years at most, which is 3653d; found \(found)."
                }
            report(node.place, key: key, message)
            return nil
        }
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
