/// The cases of one file: what a definition is to do with given inputs, answers, signals and times.
///
/// They are run by the state machine that coordinators run, with stubs for the agents and a clock that jumps from one event
/// to the next, so that a wait of a week takes no time. Nothing is read or written.
public struct WorkflowCases: Sendable {
    /// What the errors call the file.
    public let file: String
    /// The path of the definition, as seen from the file's folder.
    public let workflowPath: String
    /// The cases in the order of the file.
    public let cases: [WorkflowCase]
    /// What stands in for the agents in all cases that do not say otherwise.
    let stubs: [AgentStub]
    private let workflowPlace: DefinitionPlace
    private let source: String

    /// Reads and checks a file of cases.
    ///
    /// - Parameters:
    ///   - yaml: The text of the file.
    ///   - file: What the errors call it.
    /// - Throws: `DefinitionErrors` with everything that is wrong.
    public init(yaml: String, file: String) throws(DefinitionErrors) {
        var parser = DefinitionParser(file: file, yaml: yaml, agents: [])
        let parts = parser.casesFile(try parser.root(of: yaml))
        guard let parts, parser.errors.isEmpty else { throw DefinitionErrors(sorting: parser.errors) }
        self.file = file
        source = yaml
        (workflowPath, workflowPlace, stubs, cases) = parts
    }

    /// What is wrong with the file when there is no definition at `workflowPath`.
    ///
    /// - Parameter path: Where it was looked for.
    public func noDefinition(at path: String) -> DefinitionErrors {
        var parser = DefinitionParser(file: file, yaml: source, agents: [])
        parser.report(
            workflowPlace, key: "workflow",
            "There is no file \(path); write the path of the definition as seen from the folder of this file.")
        return DefinitionErrors(sorting: parser.errors)
    }

    /// The names that stubs answer for. A definition under test may use them as agents though nothing else knows them.
    public var stubbedNames: Set<String> { Set((stubs + cases.flatMap(\.stubs)).map(\.name)) }

    /// Runs all cases.
    ///
    /// - Parameter definition: What the file at `workflowPath` holds.
    /// - Returns: A report for each case, in their order.
    /// - Throws: `DefinitionErrors` when stubs are for steps or agents that the definition does not have.
    public func run(_ definition: WorkflowDefinition) throws(DefinitionErrors) -> [CaseReport] {
        var parser = DefinitionParser(file: file, yaml: source, agents: [])
        let known = definition.stubbableNames
        for stub in stubs + cases.flatMap(\.stubs) where !known.contains(stub.name.withoutItemNumber) {
            let hint = Suggestion.text(for: stub.name, among: known)
            parser.report(
                stub.place, key: "agents.\(stub.name)",
                "The workflow '\(definition.reference.id)' has no agent, no child and no step '\(stub.name)'.\(hint)")
        }
        for (index, tick) in cases.map(\.tick).enumerated() {
            guard let tick, let problem = definition.problem(withTick: tick.time) else { continue }
            parser.report(tick.place, key: "cases[\(index)].tick", problem)
        }
        guard parser.errors.isEmpty else { throw DefinitionErrors(sorting: parser.errors) }
        return cases.map { CaseRun.report(of: $0, definition, shared: stubs) }
    }
}

extension DefinitionErrors {
    /// Errors in the order of the file.
    fileprivate init(sorting errors: [DefinitionError]) {
        self.init(errors: errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
}

extension WorkflowDefinition {
    /// Why it is not started at this time by the clock; nil if it is.
    fileprivate func problem(withTick time: Timestamp) -> String? {
        guard let schedule else { return "The workflow '\(reference.id)' has no schedule; give 'input' instead." }
        guard !schedule.isTick(time) else { return nil }
        let next = schedule.nextTick(after: time).map { " The next tick is \(WorkflowSchedule.text(of: $0))." } ?? ""
        return "The schedule '\(schedule.cron)' in \(schedule.timeZone) has no tick at this time.\(next)"
    }

    /// The agents that are called and the workflows that are run, and the steps and instances that do, without the numbers of items.
    fileprivate var stubbableNames: Set<String> {
        var names: Set<String> = []
        for step in steps {
            if let agent = step.work.agent { names.formUnion([step.name, agent.agent]) }
            if let child = step.work.child { names.formUnion([step.name, child.workflowID]) }
            if let agent = step.compensation { names.formUnion(["\(step.name).compensate", agent.agent]) }
        }
        if let failureHandler { names.formUnion(["workflow.on_failure", failureHandler.agent]) }
        return names
    }
}
