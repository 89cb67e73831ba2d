import PerdureJSON
import Testing
import WorkflowCore

@testable import WorkflowStore

/// What the tables hold of one execution, each value as the text that a column has: only what a commit writes is written.
struct StoredExecution {
    private struct Row {
        let name: String
        let status: String
        let input: [UInt8]?
        let output: [UInt8]?
        let error: [UInt8]?
        let startedAt: Timestamp?
        let completedAt: Timestamp?
        let progress: [UInt8]?
    }

    private let accepted: ExecutionState
    private var status = ""
    private var startedAt: Timestamp?
    private var currentStep = 0
    private var snapshot: [UInt8] = []
    private var rows: [Int: Row] = [:]
    /// How many rows have been written.
    private(set) var writtenRows = 0

    /// The rows of an execution that has been accepted.
    init(_ state: ExecutionState, _ decision: Decision) {
        accepted = state
        status = state.status.rawValue
        startedAt = state.startedAt
        for index in 0..<state.steps.definedCount { write(index, state) }
        commit(state, decision)
    }

    /// Writes what a commit writes.
    mutating func commit(_ state: ExecutionState, _ decision: Decision) {
        guard decision.changesState else { return }
        snapshot = StateSnapshot.encode(state)
        currentStep = state.currentStep
        if decision.changesStatus || state.status.isTerminal { status = state.status.rawValue }
        for index in decision.changedSteps { write(index, state) }
    }

    private mutating func write(_ index: Int, _ state: ExecutionState) {
        let step = state.steps[index]
        writtenRows += 1
        rows[index] = Row(
            name: step.name, status: step.status.rawValue, input: step.input?.jsonBytes, output: step.output?.jsonBytes,
            error: step.error?.json.jsonBytes, startedAt: step.startedAt, completedAt: step.completedAt,
            progress: index < state.steps.definedCount ? nil : StepProgress.encode(step))
    }

    /// The state that somebody who takes the execution over has.
    func loaded() throws -> ExecutionState {
        var state = ExecutionState(
            id: accepted.id, workflow: accepted.workflow, stepNames: [], input: accepted.input,
            metadata: accepted.metadata, createdAt: accepted.createdAt)
        var steps: [StepState] = []
        for index in 0..<rows.count {
            let row = try #require(rows[index], "row \(index) was never written")
            var step = try #require(
                try row.progress.map { StepProgress.decode(try JSONValue(parsing: $0), name: row.name) }
                    ?? StepState(name: row.name))
            step.status = try #require(StepStatus(rawValue: row.status))
            step.input = try row.input.map { try JSONValue(parsing: $0) }
            step.output = try row.output.map { try JSONValue(parsing: $0) }
            step.error = try row.error.flatMap { WorkflowError(json: try JSONValue(parsing: $0)) }
            step.startedAt = row.startedAt
            step.completedAt = row.completedAt
            steps.append(step)
        }
        state.steps = StepStates(steps.filter { $0.origin == .definition })
        for step in steps where step.origin != .definition { state.steps.append(step) }
        state.status = try #require(ExecutionStatus(rawValue: status))
        state.startedAt = startedAt
        state.currentStep = currentStep
        StateSnapshot.restore(try JSONValue(parsing: snapshot), into: &state)
        return state
    }
}
