/// Workflows that run others as children: what can only be judged when all definitions are there.
extension DefinitionCatalog {
    /// Takes out the definitions whose steps run workflows that are not there, or that run one another in a circle.
    ///
    /// What ran a definition that is taken out is taken out as well, so that nothing is left that can only fail.
    ///
    /// - Parameter broken: What is wrong with files that are not here, so that who misses one of them is told why.
    /// - Returns: What is wrong with each of them.
    public mutating func removeUnusable(besides broken: [DefinitionErrors] = []) -> [DefinitionErrors] {
        var errors: [DefinitionErrors] = []
        while true {
            let all = all
            let known = broken + errors
            var found: [(definition: WorkflowDefinition, errors: [DefinitionError])] = []
            for definition in all {
                let missing = definition.children.compactMap { missingChildError($0, among: all, broken: known) }
                if !missing.isEmpty { found.append((definition, missing)) }
            }
            if found.isEmpty { found = cycleErrors(all) }
            if found.isEmpty { return errors }
            for (definition, its) in found {
                remove(definition.reference)
                errors.append(DefinitionErrors(errors: its, workflowID: definition.reference.id))
            }
        }
    }

    /// Why the workflow of a definition would run itself without end; nil if it would not. A child that is not there is no
    /// circle.
    public func circle(through definition: WorkflowDefinition) -> DefinitionErrors? {
        var rest = self
        while true {
            let found = rest.cycleErrors(rest.all)
            guard !found.isEmpty else { return nil }
            if let its = found.first(where: { $0.definition.reference == definition.reference })?.errors {
                return DefinitionErrors(errors: its, workflowID: definition.reference.id)
            }
            for (other, _) in found { rest.remove(other.reference) }
        }
    }

    /// The definition that a step runs, as things are.
    private func definition(of child: ChildWork) -> WorkflowDefinition? {
        let versions = versions(of: child.workflowID)
        return (child.version ?? versions.last).flatMap { definition(child.workflowID, version: $0) }
    }

    private func missingChildError(
        _ child: ChildWork, among all: [WorkflowDefinition], broken: [DefinitionErrors]
    ) -> DefinitionError? {
        guard definition(of: child) == nil else { return nil }
        let versions = versions(of: child.workflowID)
        let reason = broken.first { $0.isAbout(child.workflowID) }?.errors.first.map {
            let place = $0.line > 0 ? "\($0.file):\($0.line):\($0.column)" : $0.file
            return " Its file has errors, the first at \(place)."
        }
        guard versions.isEmpty else {
            let known = versions.map(String.init).joined(separator: ", ")
            return child.mention.error(
                "There is no version \(child.version ?? 0) of the workflow '\(child.workflowID)' that can be used; there is "
                    + "\(known).\(reason ?? "")")
        }
        if let reason {
            return child.mention.error("There is no workflow '\(child.workflowID)' that can be used.\(reason)")
        }
        let hint = Suggestion.text(for: child.workflowID, among: Set(all.map(\.reference.id)))
        return child.mention.error(
            "There is no workflow '\(child.workflowID)' that can be used.\(hint) Its definition has to be in the same folder, "
                + "without errors.")
    }

    /// The definitions of one circle, each with the step that goes on with it.
    private func cycleErrors(
        _ all: [WorkflowDefinition]
    ) -> [(definition: WorkflowDefinition, errors: [DefinitionError])] {
        let places = Dictionary(all.enumerated().map { ($1.reference, $0) }) { first, _ in first }
        let edges = all.map { definition in
            definition.children.compactMap { self.definition(of: $0).flatMap { places[$0.reference] } }
        }
        guard let cycle = StepGraph.cycle(needs: edges) else { return [] }
        return cycle.indices.dropLast().map { position in
            let definition = all[cycle[position]]
            let next = all[cycle[position + 1]].reference
            // From where the file stands, once around.
            let order = cycle.dropLast()[position...] + cycle[0...position]
            let path = order.map { all[$0].reference.id }.joined(separator: " → ")
            let step = definition.children.first { self.definition(of: $0)?.reference == next }
            let message = "These workflows run one another without end: \(path); remove one of the steps."
            return (definition, [step].compactMap { $0?.mention.error(message) })
        }
    }
}

extension WorkflowDefinition {
    /// The workflows that its steps run.
    public var children: [ChildWork] { steps.compactMap(\.work.child) }
}
