import CEL
import PerdureJSON

extension DefinitionParser {
    private static let callKeys = ["agent", "with", "retry", "timeout"]

    /// A call that stands by itself: `compensate`, `on_failure`.
    mutating func agentWork(_ node: DefinitionNode, key: String, scope: TemplateScope) -> AgentWork? {
        guard let members = node.members else {
            report(node.place, key: key, "This is a mapping with the key 'agent'; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: Self.callKeys)
        if !members.contains(where: { $0.key == "agent" }) {
            report(node.place, key: key, "The key 'agent' is missing; name the agent that does the work.")
        }
        return agentWork(members, key: key, scope: scope)
    }

    /// The call among the keys of a step.
    mutating func agentWork(_ members: [DefinitionNode.Member], key: String, scope: TemplateScope) -> AgentWork? {
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        let agent = member("agent").flatMap { self.agent($0, key: "\(key).agent") }
        let isPure = member("pure").flatMap { boolean($0, key: "\(key).pure") } ?? false
        let retry = member("retry").map { self.retry($0, key: "\(key).retry") } ?? .never
        let timeouts = member("timeout").map { self.timeouts($0, key: "\(key).timeout") } ?? StepTimeouts()
        let arguments =
            member("with").flatMap { self.arguments($0, key: "\(key).with", scope: scope) } ?? .literal(.object([:]))
        guard let agent else { return nil }
        return AgentWork(
            agent: agent, isPure: isPure, arguments: arguments, retry: retry, timeouts: timeouts,
            reads: scope.reads(arguments))
    }

    /// The key `with`.
    mutating func arguments(_ node: DefinitionNode, key: String, scope: TemplateScope) -> Template? {
        guard node.members != nil else {
            report(node.place, key: key, "'with' is a mapping of arguments; found \(node.kindName).")
            return nil
        }
        return template(node, key: key, scope: scope)
    }

    private mutating func agent(_ node: DefinitionNode, key: String) -> String? {
        guard let agent = name(node, key: key, what: "agent") else { return nil }
        guard agents.contains(agent) else {
            let hint = Suggestion.text(for: agent, among: agents)
            let list = agents.sorted().joined(separator: ", ")
            report(node.place, key: key, "Unknown agent '\(agent)'.\(hint) Registered: \(list).")
            return nil
        }
        return agent
    }

    // MARK: - Waits

    /// The key `wait`: a duration, or a mapping with one of `for` and `until`.
    mutating func waitTime(_ node: DefinitionNode, key: String, scope: TemplateScope) -> WaitTime? {
        guard let members = node.members else { return span(node, key: key, scope: scope) }
        checkKeys(members, at: key, known: ["for", "until"])
        let known = members.filter { ["for", "until"].contains($0.key) }
        guard let member = known.first, known.count == 1 else {
            report(
                node.place, key: key, "'wait' is a duration, { for: DURATION } or { until: TIME }; write one of them.")
            return nil
        }
        let path = "\(key).\(member.key)"
        return member.key == "for"
            ? span(member.value, key: path, scope: scope) : time(member.value, key: path, scope: scope)
    }

    private mutating func span(_ node: DefinitionNode, key: String, scope: TemplateScope) -> WaitTime? {
        guard isComputed(node) else { return duration(node, key: key).map { .span($0) } }
        guard let template = template(node, key: key, scope: scope) else { return nil }
        if case .expression(let program) = template, ![.string, .duration, .dyn].contains(program.resultType) {
            let hint = program.resultType == .timestamp ? " A time goes under 'until'." : ""
            report(
                node.place, key: key,
                "The expression gives \(program.resultType), and a duration is needed, e.g. '5m' or duration('5m').\(hint)"
            )
            return nil
        }
        return .computedSpan(template, reads: scope.reads(template))
    }

    private mutating func time(_ node: DefinitionNode, key: String, scope: TemplateScope) -> WaitTime? {
        guard isComputed(node) else {
            if let time = node.text.flatMap(Timestamp.init(rfc3339:)) { return .until(time) }
            report(
                node.place, key: key,
                "A time has a date, a time of day and a zone, e.g. 2026-12-24T18:00:00Z; found "
                    + "\(node.json.jsonText.storable(maximum: 64)).")
            return nil
        }
        guard let template = template(node, key: key, scope: scope) else { return nil }
        if case .expression(let program) = template, ![.string, .timestamp, .dyn].contains(program.resultType) {
            let hint = program.resultType == .duration ? " A duration goes under 'for'." : ""
            report(
                node.place, key: key,
                "The expression gives \(program.resultType), and a time is needed, e.g. timestamp(input.at).\(hint)")
            return nil
        }
        return .computedTime(template, reads: scope.reads(template))
    }

    private func isComputed(_ node: DefinitionNode) -> Bool { node.text?.contains("${") == true }

    // MARK: - Signals

    /// The key `signal`: a name, or a mapping with more.
    mutating func signalWait(_ node: DefinitionNode, key: String) -> SignalWait? {
        guard let members = node.members else {
            return name(node, key: key, what: "signal").map {
                SignalWait(name: $0, timeoutMicroseconds: nil, continuesWithoutSignal: false)
            }
        }
        checkKeys(members, at: key, known: ["name", "timeout", "on_timeout"])
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        var name: String?
        if let node = member("name") {
            name = self.name(node, key: "\(key).name", what: "signal")
        } else {
            report(node.place, key: key, "The key 'name' is missing; name the signal that the step waits for.")
        }
        let timeout = member("timeout").flatMap { duration($0, key: "\(key).timeout") }
        var goesOn = false
        if let node = member("on_timeout") {
            if member("timeout") == nil {
                report(
                    node.place, key: "\(key).on_timeout",
                    "'on_timeout' says what happens past 'timeout'; give that too.")
            }
            switch node.text {
            case "fail": break
            case "continue": goesOn = true
            default:
                let hint = Suggestion.text(for: node.text ?? "", among: ["fail", "continue"])
                report(
                    node.place, key: "\(key).on_timeout",
                    "This is fail or continue; found \(node.json.jsonText.storable(maximum: 64)).\(hint)")
            }
        }
        return name.map { SignalWait(name: $0, timeoutMicroseconds: timeout, continuesWithoutSignal: goesOn) }
    }
}
