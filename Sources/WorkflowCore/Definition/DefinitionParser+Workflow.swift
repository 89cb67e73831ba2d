import CEL
import JSONSchema
import PerdureJSON

extension DefinitionParser {
    private static let workflowKeys = ["workflow", "version", "description", "input", "timeout", "steps", "output"]
    private static let plannedWorkflowKeys = [
        "concurrency", "priority", "on_failure", "schedule", "deprecated",
    ]
    private static let stepKeys = ["agent", "pure", "description", "needs", "with", "retry", "timeout"]
    private static let plannedStepKeys = [
        "workflow", "wait", "signal", "set", "when", "foreach", "compensate", "on_error",
    ]

    /// A step as far as it could be read before the graph is known.
    private struct StepDraft {
        let name: String
        let place: DefinitionPlace
        var agent: String?
        var isPure = false
        var needs: [Int] = []
        var arguments: DefinitionNode?
        var retry = RetryPolicy.never
        var timeouts = StepTimeouts()
    }

    /// The whole document; nil when it has errors that leave nothing to check further.
    mutating func workflow(_ root: DefinitionNode, source: String) -> WorkflowDefinition? {
        guard let members = root.members else {
            report(
                root.place, key: "",
                "A definition is a mapping that starts with `workflow: NAME`; found \(root.kindName).")
            return nil
        }
        checkKeys(members, at: "", known: Self.workflowKeys, planned: Self.plannedWorkflowKeys)
        func member(_ key: String) -> DefinitionNode? { members.first { $0.key == key }?.value }

        var id: String?
        if let node = member("workflow") {
            id = name(node, key: "workflow", what: "workflow's id")
        } else {
            report(root.place, key: "workflow", "The key 'workflow' is missing; write `workflow: NAME`.")
        }
        let version = version(member("version"))
        let schema = member("input").flatMap { inputSchema($0) }
        let timeout = member("timeout").flatMap { duration($0, key: "timeout") }
        let input = Self.inputType(schema)
        let steps = member("steps").map { stepsSection($0, input: input) }
        if steps == nil {
            report(root.place, key: "steps", "The key 'steps' is missing; a workflow has at least one step.")
        }
        var output: Template?
        let names = member("steps")?.members?.map(\.key) ?? []
        if let node = member("output") {
            // By the names in the file: a step that has errors of its own is no reason to report what refers to it.
            let environment = environment(input: input, stepNames: names)
            output = template(node, key: "output", environment: environment)
        }
        guard let id, let version, let steps, errors.isEmpty else { return nil }
        let reference = WorkflowReference(id: id, version: version, contentHash: SHA256.hexDigest(of: source.utf8))
        return WorkflowDefinition(
            reference: reference, inputSchema: schema, timeoutMicroseconds: timeout, steps: steps, output: output,
            source: source,
            outputReads: ExpressionReads(output, visible: Array(steps.indices), names: names),
            dependants: StepGraph.dependants(needs: steps.map(\.needs))
        )
    }

    private mutating func version(_ node: DefinitionNode?) -> Int? {
        guard let node else { return 1 }
        if case .scalar(.int(let value)) = node.content, (1...Int64(Int32.max)).contains(value) { return Int(value) }
        report(node.place, key: "version", "The version must be a whole number from 1; found \(node.json.jsonText).")
        return nil
    }

    private mutating func inputSchema(_ node: DefinitionNode) -> JSONSchema? {
        do {
            return try JSONSchema(node.json)
        } catch {
            let tokens = error.pointer.tokens
            let place = error.code == .unknownKeyword ? node.keyPlace(at: tokens) : node.descendant(at: tokens).place
            report(place, key: (["input"] + tokens).joined(separator: "."), error.message)
            return nil
        }
    }

    private mutating func stepsSection(_ node: DefinitionNode, input: CELType) -> [StepDefinition] {
        guard let members = node.members, !members.isEmpty else {
            report(
                node.place, key: "steps",
                "The steps are a mapping of step names to steps, one at least; found \(node.kindName).")
            return []
        }
        guard members.count <= Limits.stepsPerWorkflow else {
            report(
                node.place, key: "steps",
                "A workflow has \(Limits.stepsPerWorkflow) steps at most; this one has \(members.count)."
            )
            return []
        }
        let names = members.map(\.key)
        let indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        var drafts: [StepDraft] = []
        for member in members { drafts.append(draft(member, indices: indices)) }
        if let cycle = StepGraph.cycle(needs: drafts.map(\.needs)) {
            let path = cycle.map { names[$0] }.joined(separator: " → ")
            report(
                drafts[cycle[0]].place, key: "steps.\(names[cycle[0]]).needs",
                "These steps wait for each other: \(path); remove one of the needs."
            )
            return []
        }
        let ancestors = StepGraph.ancestors(needs: drafts.map(\.needs))
        var steps: [StepDefinition] = []
        for (index, draft) in drafts.enumerated() {
            let environment = environment(input: input, stepNames: ancestors[index].lazy.map { names[$0] })
            let key = "steps.\(draft.name).with"
            let arguments =
                draft.arguments.flatMap { template($0, key: key, environment: environment) } ?? .literal(.object([:]))
            guard let agent = draft.agent else { continue }
            steps.append(
                StepDefinition(
                    name: draft.name, agent: agent, isPure: draft.isPure, needs: draft.needs, arguments: arguments,
                    retry: draft.retry, timeouts: draft.timeouts,
                    reads: ExpressionReads(arguments, visible: ancestors[index], names: names)
                )
            )
        }
        return steps
    }

    private mutating func draft(_ member: DefinitionNode.Member, indices: [String: Int]) -> StepDraft {
        let path = "steps.\(member.key)"
        var draft = StepDraft(name: member.key, place: member.place)
        if !Self.isName(member.key) {
            report(
                member.place, key: path,
                "A step's name is a letter followed by letters, digits, '_' or '-', 64 at most.")
        }
        guard let keys = member.value.members else {
            report(
                member.value.place, key: path,
                "A step is a mapping with the key 'agent'; found \(member.value.kindName).")
            return draft
        }
        checkKeys(keys, at: path, known: Self.stepKeys, planned: Self.plannedStepKeys)
        for key in keys {
            switch key.key {
            case "agent": draft.agent = agent(key.value, key: "\(path).agent")
            case "pure": draft.isPure = boolean(key.value, key: "\(path).pure") ?? false
            case "needs": draft.needs = needs(key.value, key: "\(path).needs", of: member.key, indices: indices)
            case "retry": draft.retry = retry(key.value, key: "\(path).retry")
            case "timeout": draft.timeouts = timeouts(key.value, key: "\(path).timeout")
            case "with":
                if key.value.members == nil {
                    report(
                        key.value.place, key: "\(path).with",
                        "'with' is a mapping of arguments; found \(key.value.kindName).")
                } else {
                    draft.arguments = key.value
                }
            default: break
            }
        }
        if !keys.contains(where: { $0.key == "agent" || Self.plannedStepKeys.contains($0.key) }) {
            report(member.place, key: path, "The step has no 'agent'; name the agent that does its work.")
        }
        return draft
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

    private mutating func boolean(_ node: DefinitionNode, key: String) -> Bool? {
        if case .scalar(.bool(let value)) = node.content { return value }
        report(node.place, key: key, "This is true or false; found \(node.json.jsonText.storable(maximum: 64)).")
        return nil
    }

    private mutating func needs(_ node: DefinitionNode, key: String, of step: String, indices: [String: Int]) -> [Int] {
        guard let items = node.items else {
            report(node.place, key: key, "'needs' is a list of step names, e.g. [summarize]; found \(node.kindName).")
            return []
        }
        var result: [Int] = []
        var seen: Set<Int> = []
        for item in items where !isFull {
            guard let need = item.text, let index = indices[need] else {
                let found = (item.text ?? item.json.jsonText).storable(maximum: 64)
                let hint = Suggestion.text(for: found, among: indices.keys.lazy.filter { $0 != step })
                report(item.place, key: key, "There is no step '\(found)'.\(hint)")
                continue
            }
            if seen.insert(index).inserted { result.append(index) }
        }
        return result
    }
}
