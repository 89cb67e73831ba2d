import CEL
import PerdureJSON

extension DefinitionParser {
    private static let workKeys = ["agent", "workflow", "set", "wait", "signal"]
    private static let stepKeys =
        workKeys + [
            "version", "with", "pure", "needs", "when", "foreach", "retry", "timeout", "on_error", "compensate",
            "description",
        ]
    /// What only a call of an agent or a child can have, and which of them.
    private static let owners = [
        "with": ["agent", "workflow"], "retry": ["agent", "workflow"], "timeout": ["agent", "workflow"],
        "pure": ["agent"], "version": ["workflow"],
    ]

    /// A step as far as it can be read before the graph is known.
    private struct StepDraft {
        let name: String
        let place: DefinitionPlace
        var members: [DefinitionNode.Member] = []
        var workKey: String?
        var needs: [Int] = []
        var onError = StepDefinition.FailureRule.fail

        func member(_ key: String) -> DefinitionNode? { members.first { $0.key == key }?.value }
    }

    /// The key `steps`.
    mutating func stepsSection(_ node: DefinitionNode, scope: TemplateScope) -> [StepDefinition] {
        guard let members = node.members, !members.isEmpty else {
            report(
                node.place, key: "steps",
                "The steps are a mapping of step names to steps, one at least; found "
                    + "\(node.members?.isEmpty == true ? "an empty mapping" : node.kindName).")
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
        let handled = handledSteps(drafts)
        let predecessors = Self.predecessors(drafts, handled: handled)
        if let cycle = StepGraph.cycle(needs: predecessors) {
            let path = cycle.map { names[$0] }.joined(separator: " → ")
            let hint =
                handled.isEmpty ? "" : " A step that needs one with a handler waits for the handler too."
            report(
                drafts[cycle[0]].place, key: "steps.\(names[cycle[0]]).needs",
                "These steps wait for each other: \(path); remove one of the needs.\(hint)"
            )
            return []
        }
        let ancestors = StepGraph.ancestors(needs: predecessors)
        var steps: [StepDefinition] = []
        for (index, draft) in drafts.enumerated() {
            let reader = TemplateScope.Reader(step: index, needs: draft.needs, ancestors: ancestors)
            let step = step(
                draft, handledStep: handled[index], predecessors: predecessors[index], index: index,
                scope: scope.at(ancestors[index]).within(reader))
            if let step { steps.append(step) }
        }
        return steps
    }

    /// For each handler the step that it is there for, by index.
    private mutating func handledSteps(_ drafts: [StepDraft]) -> [Int: Int] {
        var handled: [Int: Int] = [:]
        for (index, draft) in drafts.enumerated() {
            guard case .handle(let handler) = draft.onError, let node = draft.member("on_error") else { continue }
            if let first = handled[handler] {
                report(
                    node.place, key: "steps.\(draft.name).on_error",
                    "'\(drafts[handler].name)' is the handler of '\(drafts[first].name)' already; give each step a "
                        + "handler of its own, or use 'on_failure' for the whole workflow.")
            } else {
                handled[handler] = index
            }
        }
        return handled
    }

    private static func predecessors(_ drafts: [StepDraft], handled: [Int: Int]) -> [[Int]] {
        drafts.enumerated().map { index, draft in
            var result = draft.needs
            func add(_ step: Int) { if step != index && !result.contains(step) { result.append(step) } }
            for need in draft.needs {
                // A handler may have one of its own; two that handle each other are a cycle, which is told of later.
                var step = need
                var seen: Set<Int> = []
                while case .handle(let handler) = drafts[step].onError, seen.insert(handler).inserted {
                    add(handler)
                    step = handler
                }
            }
            if let step = handled[index] { add(step) }
            return result
        }
    }

    private mutating func draft(_ member: DefinitionNode.Member, indices: [String: Int]) -> StepDraft {
        let path = "steps.\(member.key)"
        var draft = StepDraft(name: member.key, place: member.place)
        if !Self.isName(member.key) {
            report(
                member.place, key: path,
                "A step's name is a letter followed by letters, digits, '_' or '-', 64 at most.")
        }
        guard let members = member.value.members else {
            report(
                member.value.place, key: path,
                "A step is a mapping with one of the keys \(Self.workKeys.joined(separator: ", ")); "
                    + "found \(member.value.kindName).")
            return draft
        }
        draft.members = members
        checkKeys(members, at: path, known: Self.stepKeys)
        checkWork(of: &draft, path: path)
        if let node = draft.member("needs") {
            draft.needs = needs(node, key: "\(path).needs", of: member.key, indices: indices)
        }
        if let node = draft.member("on_error") {
            draft.onError = onError(node, key: "\(path).on_error", of: member.key, indices: indices)
        }
        return draft
    }

    /// A step does one thing, and has no keys of another.
    private mutating func checkWork(of draft: inout StepDraft, path: String) {
        let found = draft.members.filter { Self.workKeys.contains($0.key) }
        draft.workKey = found.first?.key
        if found.count > 1 {
            report(
                found[1].place, key: "\(path).\(found[1].key)",
                "A step does one thing, and this one has '\(found[0].key)' and '\(found[1].key)'; make two steps of it."
            )
        }
        guard let work = found.first?.key else {
            report(
                draft.place, key: path,
                "The step does nothing; give it one of the keys \(Self.workKeys.joined(separator: ", ")).")
            return
        }
        for member in draft.members {
            guard let owners = Self.owners[member.key], !owners.contains(work) else { continue }
            let hint = work == "signal" && member.key == "timeout" ? " Write it within 'signal'." : ""
            let list = owners.map { "'\($0)'" }.joined(separator: " or ")
            report(
                member.place, key: "\(path).\(member.key)",
                "'\(member.key)' belongs to steps with \(list), and this one has '\(work)'; remove it.\(hint)")
        }
    }

    private mutating func step(
        _ draft: StepDraft, handledStep: Int?, predecessors: [Int], index: Int, scope: TemplateScope
    ) -> StepDefinition? {
        let path = "steps.\(draft.name)"
        let condition = draft.member("when").flatMap { self.condition($0, key: "\(path).when", scope: scope) }
        let loop = draft.member("foreach").map { self.loop($0, key: "\(path).foreach", scope: scope) }
        var inside = scope
        if let loop { inside = scope.adding([(loop.variable, loop.itemType), ("index", .int)]) }
        let compensation = draft.member("compensate").flatMap { node in
            let own = inside.at((scope.visible + [index]).sorted()).adding([("error", Self.errorType)])
            return agentWork(node, key: "\(path).compensate", scope: own)
        }
        guard let work = work(draft, path: path, scope: inside) else { return nil }
        return StepDefinition(
            name: draft.name, work: work, needs: draft.needs, predecessors: predecessors, condition: condition,
            loop: loop?.loop, onError: draft.onError, handledStep: handledStep, compensation: compensation)
    }

    private mutating func work(_ draft: StepDraft, path: String, scope: TemplateScope) -> StepWork? {
        guard let key = draft.workKey, let node = draft.member(key) else {
            // The arguments of a step that does nothing are checked all the same.
            if let node = draft.member("with") { _ = arguments(node, key: "\(path).with", scope: scope) }
            return nil
        }
        switch key {
        case "agent":
            return agentWork(draft.members, key: path, scope: scope).map { .agent($0) }
        case "workflow":
            return childWork(draft.members, key: path, scope: scope).map { .child($0) }
        case "set":
            return template(node, key: "\(path).set", scope: scope).map {
                .set($0, reads: scope.reads($0))
            }
        case "wait":
            return waitTime(node, key: "\(path).wait", scope: scope).map { .wait($0) }
        default:
            return signalWait(node, key: "\(path).signal").map { .signal($0) }
        }
    }

    private mutating func needs(_ node: DefinitionNode, key: String, of step: String, indices: [String: Int]) -> [Int] {
        guard let items = node.items else {
            report(node.place, key: key, "'needs' is a list of step names, e.g. [summarize]; found \(node.kindName).")
            return []
        }
        var result: [Int] = []
        var seen: Set<Int> = []
        for item in items where !isFull {
            guard let index = stepIndex(item, key: key, of: step, indices: indices) else { continue }
            guard seen.insert(index).inserted else {
                report(item.place, key: key, "The step '\(item.text ?? "")' is needed already; remove it here.")
                continue
            }
            result.append(index)
        }
        return result
    }

    /// The step that a node names, or nil and an error.
    private mutating func stepIndex(
        _ node: DefinitionNode, key: String, of step: String, indices: [String: Int]
    ) -> Int? {
        if let name = node.text, let index = indices[name] { return index }
        guard let found = node.text?.storable(maximum: 64) else {
            let found = node.json.jsonText.storable(maximum: 64)
            report(node.place, key: key, "This is the name of a step; found \(found).")
            return nil
        }
        let hint = Suggestion.text(for: found, among: indices.keys.lazy.filter { $0 != step })
        report(node.place, key: key, "There is no step '\(found)'.\(hint)")
        return nil
    }

    private mutating func onError(
        _ node: DefinitionNode, key: String, of step: String, indices: [String: Int]
    ) -> StepDefinition.FailureRule {
        let forms = "'on_error' is fail, continue or { handler: STEP }"
        if let members = node.members {
            checkKeys(members, at: key, known: ["handler"])
            guard let handler = members.first(where: { $0.key == "handler" })?.value else {
                if members.isEmpty { report(node.place, key: key, "\(forms); found an empty mapping.") }
                return .fail
            }
            guard let index = stepIndex(handler, key: "\(key).handler", of: step, indices: indices) else {
                return .fail
            }
            guard index != indices[step] else {
                report(handler.place, key: "\(key).handler", "A step cannot handle its own failure; name another.")
                return .fail
            }
            return .handle(by: index)
        }
        switch node.text {
        case "fail": return .fail
        case "continue": return .goOn
        default:
            let hint = Suggestion.text(for: node.text ?? "", among: ["fail", "continue"])
            report(node.place, key: key, "\(forms); found \(node.json.jsonText.storable(maximum: 64)).\(hint)")
            return .fail
        }
    }
}
