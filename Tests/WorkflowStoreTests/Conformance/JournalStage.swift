import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

/// Two coordinators with a journal each on the same tables, and a workflow for their executions.
struct JournalStage {
    /// A coordinator with one lane.
    struct Party {
        let name: String
        let journal: any Journal
        let lease: Duration
        var owner: String { "\(name)-0" }

        /// Starts its stream of commits.
        func open() async throws -> WriterID {
            try await journal.openWriter(owner: owner, publisher: name, lane: 0, lease: lease)
        }

        /// A batch of its lane.
        func batch(_ writer: WriterID, cursor: Int64? = nil, _ changes: [ExecutionChange]) -> JournalBatch {
            JournalBatch(writer: writer, owner: owner, publisher: name, cursor: cursor, changes: changes)
        }

        /// Takes over writers as soon as there are any.
        func claimWriters() async throws -> [ClaimedWriter] {
            try await eventually {
                try await journal.claimWriters(publisher: name, lease: lease)
            } until: {
                !$0.isEmpty
            }
        }

        func claimExecutions(limit: Int = 10) async throws -> [ClaimedExecution] {
            try await journal.claimExecutions(owner: owner, publisher: name, lease: lease, limit: limit)
        }

        func tick(due: [LeaseRenewal] = []) async throws -> LeaseReport {
            try await journal.tick(publisher: name, lease: lease, due: due)
        }
    }

    let first: Party
    let second: Party
    let definition: WorkflowDefinition

    init(lease: Duration, _ open: () throws -> any Journal) throws {
        first = Party(name: "first", journal: try open(), lease: lease)
        second = Party(name: "second", journal: try open(), lease: lease)
        definition = try WorkflowDefinition(
            yaml: """
                workflow: pair
                steps:
                  a: { agent: work, retry: { max_attempts: 3, delay: 1h, jitter: none } }
                  b: { agent: work }
                  c: { agent: work, needs: [a, b], with: { a: "${ steps.a.output }" } }
                """, file: "pair.yaml", agents: ["work"])
    }

    /// An execution that has not been committed, and its first change.
    func accept(
        key: String? = nil, id: ExecutionID = .random(), reply: ReplyAddress? = nil, at position: Int64 = 1,
        of other: WorkflowDefinition? = nil
    ) -> (execution: Execution, change: ExecutionChange) {
        let now = Timestamp.current
        let definition = other ?? definition
        var execution = Execution(
            definition: definition,
            state: ExecutionState(
                id: id, workflow: definition.reference, stepNames: definition.steps.map(\.name), input: ["n": 1],
                metadata: ["tenant": "t"], priority: 3, createdAt: now))
        let decision = execution.handle(.accepted, now: now)
        let acceptance = Acceptance(idempotencyKey: key ?? id.description, priority: 3, replyAddress: reply)
        return (execution, decision.change(of: execution, acceptance: acceptance, token: 1, at: position))
    }
}

extension Decision {
    /// What it changes, for a batch.
    func change(
        of execution: Execution, acceptance: Acceptance? = nil, token: Int64, at position: Int64
    ) -> ExecutionChange {
        ExecutionChange(
            state: execution.state, acceptance: acceptance, fencingToken: token, changedSteps: changedSteps,
            changesStatus: changesStatus, events: events, firstPosition: position)
    }
}

extension Execution {
    /// Lets an agent answer.
    mutating func answer(_ step: Int, _ answer: AgentAnswer, token: Int64 = 1, at position: Int64) -> ExecutionChange {
        handle(.answered(step: step, attempt: state.steps[step].attempt, answer), now: .current)
            .change(of: self, token: token, at: position)
    }
}

extension ExecutionID {
    static func random() -> ExecutionID { ExecutionID(UUID()) }
}

extension Timestamp {
    static var current: Timestamp {
        Timestamp(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}

/// Asks again and again, for at most a minute, until the answer is right; gives the last one.
func eventually<Value>(_ ask: () async throws -> Value, until isRight: (Value) -> Bool) async throws -> Value {
    let deadline = ContinuousClock().now + .seconds(60)
    while true {
        let value = try await ask()
        if isRight(value) || ContinuousClock().now > deadline { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// The code that a call of a journal fails with; nil when it does not fail.
func code(_ body: () async throws(JournalError) -> Void) async -> JournalError.Code? {
    do throws(JournalError) {
        try await body()
        return nil
    } catch {
        return error.code
    }
}
