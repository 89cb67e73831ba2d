import PerdureJSON

/// Steps with `workflow`.
extension DefinitionParser {
    /// The child among the keys of a step. Whether there is such a workflow is for the catalog to say.
    mutating func childWork(_ members: [DefinitionNode.Member], key: String, scope: TemplateScope) -> ChildWork? {
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        guard let node = member("workflow") else { return nil }
        let workflow = name(node, key: "\(key).workflow", what: "workflow's id")
        let version = member("version").flatMap {
            wholeNumber($0, key: "\(key).version", 1...Int(Int32.max), what: "The version")
        }
        let retry = member("retry").map { self.retry($0, key: "\(key).retry") } ?? .never
        let timeouts = member("timeout").map { childTimeouts($0, key: "\(key).timeout") } ?? StepTimeouts()
        let input =
            member("with").flatMap { template($0, key: "\(key).with", scope: scope) }
            ?? .literal(.object([:]))
        guard let workflow else { return nil }
        let text = lines.indices.contains(node.place.line - 1) ? String(lines[node.place.line - 1]) : ""
        return ChildWork(
            workflowID: workflow, version: version, input: input, retry: retry, timeouts: timeouts,
            reads: scope.reads(input),
            mention: DefinitionMention(file: file, place: node.place, key: "\(key).workflow", sourceLine: text))
    }

    private mutating func childTimeouts(_ node: DefinitionNode, key: String) -> StepTimeouts {
        for member in node.members ?? [] where ["start", "heartbeat"].contains(member.key) {
            report(
                member.place, key: "\(key).\(member.key)",
                "'\(member.key)' belongs to steps with 'agent'; a child starts at once and needs no sign of life. Known here: "
                    + "run, total.")
        }
        return timeouts(node, key: key)
    }
}
