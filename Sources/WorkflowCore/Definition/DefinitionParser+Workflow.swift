import CEL
import JSONSchema
import PerdureJSON

extension DefinitionParser {
    private static let workflowKeys = [
        "workflow", "version", "description", "deprecated", "input", "priority", "timeout", "concurrency", "schedule",
        "steps", "on_failure", "output",
    ]

    /// The whole document; nil when it has errors that leave nothing to check further.
    mutating func workflow(_ root: DefinitionNode, source: String) -> WorkflowDefinition? {
        guard let members = root.members else {
            report(
                root.place, key: "",
                "A definition is a mapping that starts with `workflow: NAME`; found \(root.kindName).")
            return nil
        }
        checkKeys(members, at: "", known: Self.workflowKeys)
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
        let priority = member("priority").flatMap {
            wholeNumber($0, key: "priority", 0...ExecutionRequest.highestPriority, what: "The priority")
        }
        let deprecation = member("deprecated").flatMap { self.deprecation($0) }
        let schedule = member("schedule").flatMap { self.schedule($0, inputSchema: schema) }
        // By the names in the file: a step that has errors of its own is no reason to report what refers to it.
        let names = member("steps")?.members?.map(\.key) ?? []
        let shape = schema?.shape() ?? .any
        let integers = IntegerPlaces(shape)
        let scope = TemplateScope(input: Self.inputType(shape), names: names, visible: Array(names.indices))
        let steps = member("steps").map { stepsSection($0, scope: scope) }
        if steps == nil {
            report(root.place, key: "steps", "The key 'steps' is missing; a workflow has at least one step.")
        }
        let concurrency = member("concurrency").flatMap {
            self.concurrency($0, scope: scope.at([]), inputIntegers: integers)
        }
        let output = member("output").flatMap { template($0, key: "output", environment: scope.environment) }
        let failureHandler = member("on_failure").flatMap {
            agentWork($0, key: "on_failure", scope: scope.adding([("error", Self.errorType)]))
        }
        guard let id, let version, let steps, errors.isEmpty else { return nil }
        let reference = WorkflowReference(id: id, version: version, contentHash: DefinitionContent.hash(of: root))
        let parts = WorkflowDefinition.Parts(
            reference: reference, inputSchema: schema, inputIntegers: integers, timeoutMicroseconds: timeout,
            priority: priority,
            concurrency: concurrency, deprecation: deprecation, schedule: schedule, steps: steps,
            failureHandler: failureHandler, output: output, source: source, file: file,
            versionPlace: (member("version") ?? member("workflow") ?? root).place,
            outputReads: scope.reads(output),
            dependants: StepGraph.dependants(needs: steps.map(\.predecessors)),
            hasWaits: steps.contains { ["wait", "signal"].contains($0.work.key) },
            hasAftermath: failureHandler != nil || steps.contains { $0.compensation != nil }
        )
        return WorkflowDefinition(parts)
    }

    /// `true`, or what to use instead; nil for `false`.
    private mutating func deprecation(_ node: DefinitionNode) -> String? {
        switch node.content {
        case .scalar(.bool(let isDeprecated)): return isDeprecated ? "" : nil
        case .scalar(.string(let text)) where !text.isEmpty: return text
        default:
            report(
                node.place, key: "deprecated",
                "This is true, false, or a text that says what to use instead; found \(node.json.jsonText.storable(maximum: 64))."
            )
            return nil
        }
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
}
