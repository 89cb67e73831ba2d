import Foundation
import PerdureJSON
import Testing

@testable import WorkflowCore

/// The agents that the definitions of these tests may name.
let knownAgents: Set<String> = ["summarize", "extract_entities", "work"]

/// The id of executions whose id does not matter.
let someID = ExecutionID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))

/// 2026-11-22T16:00:00Z.
let noon = Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000)

func load(_ yaml: String) throws -> WorkflowDefinition {
    try WorkflowDefinition(yaml: yaml, file: "test.yaml", agents: knownAgents)
}

/// What is wrong with a definition; empty when it loads.
func errors(in yaml: String) -> [DefinitionError] {
    do {
        _ = try load(yaml)
        return []
    } catch let error as DefinitionErrors {
        return error.errors
    } catch {
        Issue.record("not a DefinitionErrors: \(error)")
        return []
    }
}

func summaries(_ yaml: String) -> [String] { errors(in: yaml).map(\.summary) }

/// The definition that the project ships.
func sampleSource() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "config/workflows/document_analysis.yaml"), encoding: .utf8)
}

extension JournalEvent {
    var json: JSONValue {
        get throws { try JSONValue(parsing: payload) }
    }

    /// `STEP_STARTED a`, or the type alone for what concerns no step.
    var line: String {
        guard let step = try? json["step_name"]?.stringValue else { return type.rawValue }
        return "\(type.rawValue) \(step)"
    }
}

/// One execution, driven by hand.
struct Run {
    private(set) var execution: Execution
    private(set) var events: [JournalEvent] = []

    init(
        _ definition: WorkflowDefinition, input: JSONValue = [:], metadata: JSONValue = [:], id: ExecutionID = someID,
        parent: ParentStep? = nil
    ) {
        let state = ExecutionState(
            id: id, workflow: definition.reference, stepNames: definition.steps.map(\.name), input: input,
            metadata: metadata, traceparent: nil, createdAt: noon, parent: parent
        )
        execution = Execution(definition: definition, state: state)
    }

    init(
        _ yaml: String, input: JSONValue = [:], metadata: JSONValue = [:], id: ExecutionID = someID
    ) throws {
        self.init(try load(yaml), input: input, metadata: metadata, id: id)
    }

    var state: ExecutionState { execution.state }

    /// The index of a step or an instance.
    func index(of name: String) throws -> Int {
        try #require(state.steps.firstIndex { $0.name == name }, "there is no \(name)")
    }

    func step(_ name: String) throws -> StepState { try #require(state.steps.first { $0.name == name }) }

    @discardableResult
    mutating func handle(_ arrival: Arrival, now: Timestamp = noon) -> Decision {
        let decision = execution.handle(arrival, now: now)
        events += decision.events
        return decision
    }

    @discardableResult
    mutating func succeed(_ name: String, _ output: JSONValue = [:], now: Timestamp = noon) throws -> Decision {
        let index = try index(of: name)
        return handle(.answered(step: index, attempt: state.steps[index].attempt, .success(output)), now: now)
    }

    @discardableResult
    mutating func fail(
        _ name: String, _ error: WorkflowError = WorkflowError(code: .agentError, message: "no luck"),
        now: Timestamp = noon
    ) throws -> Decision {
        let index = try index(of: name)
        return handle(.answered(step: index, attempt: state.steps[index].attempt, .failure(error)), now: now)
    }

    /// Goes on with the state as the tables would give it back.
    mutating func reload() throws {
        execution = Execution(definition: execution.definition, state: try state.reloaded())
    }
}

extension Decision {
    var lines: [String] { events.map(\.line) }
    var called: [String] { invocations.map(\.stepName) }
}

extension ExecutionState {
    /// The state after every value has been written as text and read again, as a takeover does it.
    func reloaded() throws -> ExecutionState {
        func again(_ value: JSONValue) throws -> JSONValue { try JSONValue(parsing: value.jsonBytes) }
        func again(_ error: WorkflowError) throws -> WorkflowError {
            try #require(WorkflowError(json: again(error.json)))
        }
        var copy = ExecutionState(
            id: try #require(ExecutionID(id.description)), workflow: workflow,
            stepNames: steps.prefix(steps.definedCount).map(\.name),
            input: try again(input), metadata: try again(metadata), traceparent: traceparent,
            priority: priority, createdAt: createdAt, parent: parent
        )
        copy.status = try #require(ExecutionStatus(rawValue: status.rawValue))
        copy.sequence = sequence
        copy.lastEventAt = lastEventAt
        copy.currentStep = currentStep
        copy.startedAt = startedAt
        copy.completedAt = completedAt
        copy.signals = WaitingSignals(
            try signals.all.map { WaitingSignals.Signal(name: $0.name, payload: try again($0.payload)) })
        copy.output = try output.map(again)
        copy.error = try error.map(again)
        copy.ending = try ending.map { .init(status: $0.status, error: try again($0.error)) }
        for step in steps.dropFirst(steps.definedCount) {
            copy.steps.append(StepState(name: step.name, origin: step.origin))
        }
        for (index, step) in steps.enumerated() {
            copy.steps[index].dueAt = step.dueAt
            copy.steps[index].status = try #require(StepStatus(rawValue: step.status.rawValue))
            copy.steps[index].attempt = step.attempt
            copy.steps[index].interruptions = step.interruptions
            copy.steps[index].input = try step.input.map(again)
            copy.steps[index].output = try step.output.map(again)
            copy.steps[index].error = try step.error.map(again)
            copy.steps[index].startedAt = step.startedAt
            copy.steps[index].completedAt = step.completedAt
        }
        return copy
    }
}

/// Runs the cases of a file against a definition.
func caseReports(_ cases: String, of definition: String) throws -> [CaseReport] {
    try WorkflowCases(yaml: "workflow: w.yaml\n\(cases)", file: "w.test.yaml").run(try load(definition))
}

/// Runs one case, and gives what is wrong with it: `what: expected / found`, or a sentence.
func caseProblems(_ one: String, of definition: String) throws -> [String] {
    let report = try #require(try caseReports("cases:\n  - name: it\n\(one)", of: definition).first)
    return report.problems.map { problem in
        guard let expected = problem.expected, let found = problem.found else { return problem.what }
        return "\(problem.what): \(expected) / \(found)"
    }
}
