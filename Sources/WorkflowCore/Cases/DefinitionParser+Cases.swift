import CEL
import PerdureJSON

/// Files of cases.
extension DefinitionParser {
    private static let fileKeys = ["workflow", "description", "agents", "cases"]
    private static let caseKeys = [
        "name", "description", "input", "tick", "metadata", "priority", "start", "agents", "signals", "cancel_at",
        "until", "expect",
    ]

    /// The whole file; nil when it has errors that leave nothing to check further.
    mutating func casesFile(
        _ root: DefinitionNode
    ) -> (workflow: String, place: DefinitionPlace, stubs: [AgentStub], cases: [WorkflowCase])? {
        guard let members = root.members else {
            report(
                root.place, key: "",
                "A file of cases is a mapping with 'workflow', the path of a definition, and 'cases'; found \(root.kindName)."
            )
            return nil
        }
        checkKeys(members, at: "", known: Self.fileKeys)
        func member(_ key: String) -> DefinitionNode? { members.first { $0.key == key }?.value }
        let workflow = member("workflow").flatMap { text($0, key: "workflow", "the path of the definition") }
        if member("workflow") == nil {
            report(
                root.place, key: "workflow",
                "The key 'workflow' is missing; write the path of the definition as seen from here, e.g. ../NAME.yaml.")
        }
        let stubs = member("agents").map { self.stubs($0, key: "agents") } ?? []
        guard let items = member("cases")?.items, !items.isEmpty else {
            report(
                member("cases")?.place ?? root.place, key: "cases",
                "The key 'cases' is a list of cases, at least one, each with 'name' and 'expect'.")
            return nil
        }
        var cases: [WorkflowCase] = []
        var names: Set<String> = []
        for (index, item) in items.enumerated() where !isFull {
            guard let one = workflowCase(item, key: "cases[\(index)]") else { continue }
            if !names.insert(one.name).inserted {
                report(item.place, key: "cases[\(index)].name", "Two cases are called '\(one.name)'; rename one.")
            }
            cases.append(one)
        }
        let place = (member("workflow") ?? root).place
        return workflow.map { ($0, place, stubs, cases) }
    }

    private mutating func workflowCase(_ node: DefinitionNode, key: String) -> WorkflowCase? {
        guard let members = node.members else {
            report(node.place, key: key, "A case is a mapping with 'name' and 'expect'; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: Self.caseKeys)
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        for required in ["name", "expect"] where member(required) == nil {
            report(node.place, key: key, "The key '\(required)' is missing.")
        }
        var request: JSONObject = ["input": member("input")?.json ?? .object([:])]
        for name in ["metadata", "priority"] { request[name] = member(name)?.json }
        let tick = member("tick").flatMap { node in
            moment(node, key: "\(key).tick").map { WorkflowCase.Tick(time: $0, place: node.place) }
        }
        if tick != nil, let node = member("input") {
            report(
                node.place, key: "\(key).input",
                "A case has 'input' or 'tick', from which the schedule makes its input.")
        }
        let start = member("start").flatMap { moment($0, key: "\(key).start") }
        let name = member("name").flatMap { text($0, key: "\(key).name", "what the case is called") }
        let stubs = member("agents").map { self.stubs($0, key: "\(key).agents") } ?? []
        let signals = member("signals").map { self.signals($0, key: "\(key).signals") } ?? []
        let cancel = member("cancel_at").flatMap { span($0, key: "\(key).cancel_at") }
        let limit = member("until").flatMap { span($0, key: "\(key).until") }
        let expectation = member("expect").flatMap { self.expectation($0, key: "\(key).expect") }
        guard let name, let expectation else { return nil }
        return WorkflowCase(
            name: name, line: node.place.line, request: request, tick: tick,
            start: start ?? tick?.time ?? WorkflowCase.standardStart, stubs: stubs, signals: signals,
            cancelMicroseconds: cancel, limitMicroseconds: limit, expectation: expectation)
    }

    // MARK: - Signals

    private mutating func signals(_ node: DefinitionNode, key: String) -> [WorkflowCase.TimedSignal] {
        guard let items = node.items else {
            report(node.place, key: key, "This is a list of signals, each with 'name'; found \(node.kindName).")
            return []
        }
        var signals: [WorkflowCase.TimedSignal] = []
        for (index, item) in items.enumerated() {
            let path = "\(key)[\(index)]"
            guard let members = item.members else {
                report(item.place, key: path, "A signal is a mapping with 'name'; found \(item.kindName).")
                continue
            }
            checkKeys(members, at: path, known: ["name", "payload", "at", "refused"])
            func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
            guard let nameNode = member("name") else {
                report(item.place, key: path, "The key 'name' is missing; name the signal.")
                continue
            }
            guard let name = self.name(nameNode, key: "\(path).name", what: "signal's name") else { continue }
            let offset = member("at").flatMap { span($0, key: "\(path).at") } ?? 0
            let codes = [RequestRejection.Code.executionEnded, .tooManySignals].map(\.rawValue)
            let refusal = member("refused").flatMap { word($0, key: "\(path).refused", among: codes) }
            signals.append(
                .init(
                    signal: .init(name: name, payload: member("payload")?.json ?? .null), offsetMicroseconds: offset,
                    refusal: refusal))
        }
        return signals
    }

    // MARK: - Stubs

    private mutating func stubs(_ node: DefinitionNode, key: String) -> [AgentStub] {
        guard let members = node.members else {
            report(
                node.place, key: key,
                "This is a mapping of agents or steps to their answers; found \(node.kindName).")
            return []
        }
        return members.map { member in
            let path = "\(key).\(member.key)"
            let nodes = member.value.items ?? [member.value]
            if nodes.isEmpty {
                report(member.value.place, key: path, "An empty list answers nothing; give one answer.")
            }
            let answers = nodes.compactMap { answer($0, key: path) }
            return AgentStub(name: member.key, place: member.place, answers: answers)
        }
    }

    private mutating func answer(_ node: DefinitionNode, key: String) -> AgentStub.Answer? {
        guard let members = node.members else {
            report(node.place, key: key, "An answer is { output: … } or { error: … }; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: ["output", "error", "after", "begins_after", "silent_after"])
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        func time(_ name: String) -> Int64? { member(name).flatMap { span($0, key: "\(key).\(name)") } }
        let (delay, begin, silent) = (time("after") ?? 0, time("begins_after") ?? 0, time("silent_after"))
        switch (member("output"), member("error")) {
        case (let output?, nil):
            let environment = CELEnvironment(variables: ["arguments": .dyn, "attempt": .int, "step": .string])
            guard let template = template(output, key: "\(key).output", environment: environment) else { return nil }
            return AgentStub.Answer(
                content: .output(template), delayMicroseconds: delay, beginMicroseconds: begin,
                silentMicroseconds: silent)
        case (nil, let error?):
            return stubbedError(error, key: "\(key).error").map {
                AgentStub.Answer(
                    content: .error($0), delayMicroseconds: delay, beginMicroseconds: begin, silentMicroseconds: silent)
            }
        default:
            report(node.place, key: key, "An answer has one of 'output' and 'error'; write one of them.")
            return nil
        }
    }

    private mutating func stubbedError(_ node: DefinitionNode, key: String) -> WorkflowError? {
        guard let members = node.members else {
            report(node.place, key: key, "An error is a mapping with 'code'; found \(node.kindName).")
            return nil
        }
        checkKeys(members, at: key, known: ["code", "message", "retry_after"])
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        guard let codeNode = member("code") else {
            report(node.place, key: key, "The key 'code' is missing; write for example AGENT_ERROR.")
            return nil
        }
        let message = member("message").flatMap { text($0, key: "\(key).message", "the message") }
        let pause = member("retry_after").flatMap { span($0, key: "\(key).retry_after") }
        guard let code = text(codeNode, key: "\(key).code", "the error's code") else { return nil }
        return WorkflowError(
            code: .init(rawValue: code), message: message ?? "The case lets it fail.",
            retryAfter: pause.map { .microseconds($0) })
    }

    // MARK: - Parts

    /// A point in time.
    private mutating func moment(_ node: DefinitionNode, key: String) -> Timestamp? {
        if let time = node.text.flatMap(Timestamp.init(rfc3339:)) { return time }
        report(
            node.place, key: key,
            "A time has a date, a time of day and a zone, e.g. 2026-12-24T18:00:00Z; found "
                + "\(node.json.jsonText.storable(maximum: 64)).")
        return nil
    }

    /// A text that is not empty.
    mutating func text(_ node: DefinitionNode, key: String, _ what: String) -> String? {
        if let text = node.text, !text.isEmpty { return text }
        report(node.place, key: key, "This is a text, \(what); found \(node.json.jsonText.storable(maximum: 64)).")
        return nil
    }

    /// A duration that may be none at all: `0s`.
    mutating func span(_ node: DefinitionNode, key: String) -> Int64? {
        node.text == "0s" ? 0 : duration(node, key: key)
    }
}
