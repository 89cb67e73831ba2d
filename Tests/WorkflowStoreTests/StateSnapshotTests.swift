import FoundationEssentials
import PerdureJSON
import TestSupport
import Testing
import WorkflowCore

@testable import WorkflowStore

/// What `execution_state.state_snapshot` holds: enough to go on from, together with the other columns, and no more.
@Suite struct StateSnapshotTests {
    private static let noon = Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000)

    private func state(steps: [String]) -> ExecutionState {
        ExecutionState(
            id: ExecutionID(now: Self.noon, randomBits: 1, 2),
            workflow: WorkflowReference(id: "w", version: 1, contentHash: "h"),
            stepNames: steps, input: ["x": 1], createdAt: Self.noon)
    }

    /// The state as the other columns give it: without what only the snapshot knows.
    private func withoutSnapshot(_ state: ExecutionState) -> ExecutionState {
        var copy = state
        copy.sequence = 0
        copy.lastEventAt = copy.createdAt
        copy.signals = WaitingSignals()
        for index in copy.steps.indices {
            copy.steps[index].attempt = 0
            copy.steps[index].interruptions = 0
        }
        return copy
    }

    @Test func whatItLooksLike() throws {
        var state = state(steps: ["a", "b"])
        state.status = .running
        state.sequence = 5
        state.lastEventAt = Self.noon.advanced(byMicroseconds: 7)
        state.steps[0].status = .success
        state.steps[0].attempt = 1
        state.steps[0].output = "not in here"
        state.steps[1].status = .running
        state.steps[1].attempt = 2
        state.steps[1].interruptions = 3
        #expect(
            try JSONValue(parsing: StateSnapshot.encode(state)) == [
                "status": "RUNNING", "sequence": 5, "last_event_at_us": 1_795_363_200_000_007,
                "steps": [
                    "a": ["status": "SUCCESS", "attempt": 1],
                    "b": ["status": "RUNNING", "attempt": 2, "interruptions": 3],
                ],
            ])
    }

    @Test func signalsAreKeptInTheirOrder() throws {
        var state = state(steps: ["a"])
        state.signals = WaitingSignals([
            WaitingSignals.Signal(name: "approved", payload: ["by": "ann"]),
            WaitingSignals.Signal(name: "é", payload: .null),
            WaitingSignals.Signal(name: "approved", payload: ["by": "bob", "n": .int(.max)]),
        ])
        let snapshot = try JSONValue(parsing: StateSnapshot.encode(state))
        #expect(
            snapshot["signals"] == [
                ["name": "approved", "payload": ["by": "ann"]], ["name": "é", "payload": .null],
                ["name": "approved", "payload": ["by": "bob", "n": .int(.max)]],
            ])
        var restored = withoutSnapshot(state)
        StateSnapshot.restore(snapshot, into: &restored)
        #expect(restored == state)
    }

    @Test(arguments: UInt64(1)...50) func whatWasEncodedIsRestored(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var state = state(steps: (0..<Int.random(in: 1...40, using: &random)).map { "s-\($0)_é" })
        state.status = ExecutionStatus.allCases.randomElement(using: &random) ?? .running
        state.sequence = Int64.random(in: 0...Int64.max, using: &random)
        state.lastEventAt = Timestamp(microsecondsSinceEpoch: Int64.random(in: Int64.min...Int64.max, using: &random))
        for index in state.steps.indices {
            state.steps[index].status = StepStatus.allCases.randomElement(using: &random) ?? .running
            state.steps[index].attempt = Int.random(in: 0...1000, using: &random)
            state.steps[index].interruptions = Int.random(in: 0...5, using: &random)
            state.steps[index].output = .int(Int64(index))
        }
        var restored = withoutSnapshot(state)
        #expect(restored != state)
        StateSnapshot.restore(try JSONValue(parsing: StateSnapshot.encode(state)), into: &restored)
        #expect(restored == state)
    }

    /// A run that is interrupted after every decision gives the same events as one that is not.
    @Test func anExecutionGoesOnFromIt() throws {
        let yaml = """
            workflow: w
            steps:
              a: { agent: work }
              b: { agent: work, needs: [a] }
              c: { agent: work, needs: [a] }
              d: { agent: work, needs: [b, c], with: { x: "${ steps.b.output.v }" } }
            """
        let definition = try WorkflowDefinition(yaml: yaml, file: "test.yaml", agents: ["work"])
        func run(reloading: Bool) throws -> [JournalEvent] {
            var execution = Execution(definition: definition, state: state(steps: definition.steps.map(\.name)))
            var decision = execution.handle(.accepted, now: Self.noon)
            var events = decision.events
            for step in 0..<4 {
                if reloading {
                    var restored = withoutSnapshot(execution.state)
                    StateSnapshot.restore(
                        try JSONValue(parsing: StateSnapshot.encode(execution.state)), into: &restored)
                    execution = Execution(definition: definition, state: restored)
                    decision = execution.handle(.takenOver(interrupted: true), now: Self.noon)
                    #expect(decision.events.isEmpty && decision.invocations.contains { $0.step == step })
                }
                let answer = AgentAnswer.success(["v": .int(Int64(step))])
                decision = execution.handle(.answered(step: step, attempt: 1, answer), now: Self.noon)
                events += decision.events
            }
            #expect(execution.state.status == .success)
            return events
        }
        #expect(try run(reloading: true) == run(reloading: false))
    }

    /// As tables of version 2 have it: the next attempt of a step was all that could be waited for.
    @Test func oneOfVersion2IsRead() throws {
        let yaml = """
            workflow: w
            steps:
              a: { agent: work, retry: { max_attempts: 3, delay: 1h } }
              b: { agent: work }
            """
        let definition = try WorkflowDefinition(yaml: yaml, file: "test.yaml", agents: ["work"])
        var state = state(steps: ["a", "b"])
        state.status = .running
        state.startedAt = Self.noon
        state.steps[0].status = .waiting
        state.steps[0].input = [:]
        state.steps[1].status = .running
        state.steps[1].input = [:]
        let snapshot = try JSONValue(
            parsing: Array(
                """
                {"steps": {"a": {"status": "WAITING", "attempt": 2, "retry_at_us": 1795366800000000},
                           "b": {"status": "RUNNING", "attempt": 1, "interruptions": 1}},
                 "status": "RUNNING", "sequence": 9, "last_event_at_us": 1795363200000123}
                """.utf8))
        StateSnapshot.restore(snapshot, into: &state)
        let due = Timestamp(microsecondsSinceEpoch: 1_795_366_800_000_000)
        #expect(state.steps[0].dueAt == due && state.steps[0].attempt == 2)
        #expect(state.steps[1].dueAt == nil && state.steps[1].interruptions == 1)
        #expect(state.sequence == 9 && state.lastEventAt == Self.noon.advanced(byMicroseconds: 123))
        #expect(state.signals == WaitingSignals() && state.ending == nil)
        var execution = Execution(definition: definition, state: state)
        let decision = execution.handle(.takenOver(interrupted: false), now: Self.noon)
        #expect(decision.timers.map(\.due) == [due] && decision.invocations.map(\.stepName) == ["b"])
        let retry = execution.handle(.timerFired(.retry(step: 0, attempt: 2)), now: due)
        #expect(retry.invocations.map(\.attempt) == [3] && retry.events.first?.sequence == 10)
        // From here on under the name of today.
        #expect(
            try JSONValue(parsing: StateSnapshot.encode(state))["steps"]?["a"]?["due_at_us"] == 1_795_366_800_000_000)
    }

    @Test func itDoesNotGrowWithWhatStepsGave() {
        var state = state(steps: ["a"])
        let small = StateSnapshot.encode(state).count
        state.steps[0].output = .string(String(repeating: "x", count: 100_000))
        state.steps[0].input = state.steps[0].output
        #expect(StateSnapshot.encode(state).count == small)
    }
}
