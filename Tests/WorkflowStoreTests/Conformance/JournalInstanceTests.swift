import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

/// What the port promises of instances, of waits and of ends that take a while; for the real journal and for that of the
/// simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalInstanceTests {
    private static func definition() throws -> WorkflowDefinition {
        try WorkflowDefinition(
            yaml: """
                workflow: many
                steps:
                  fetch:
                    foreach: { in: [a, b, c], max_concurrency: 2 }
                    agent: work
                    with: { item: "${ item }" }
                    retry: { max_attempts: 2, delay: 1h, jitter: none }
                    compensate: { agent: work, with: { item: "${ item }" } }
                  pause: { wait: 1h, needs: [fetch] }
                  after: { agent: work, needs: [pause] }
                """, file: "many.yaml", agents: ["work"])
    }

    /// Commits a change, lets another coordinator take the execution over, and compares what it finds.
    private func hop(
        _ execution: Execution, _ change: ExecutionChange, from party: JournalStage.Party, _ writer: WriterID,
        to heir: JournalStage.Party
    ) async throws -> ExecutionState {
        _ = try await party.journal.commit(party.batch(writer, [change]))
        try await party.journal.release([execution.state.id], owner: party.owner, isHandedOver: true)
        _ = try await party.journal.recordPublished(writer: writer, publisher: party.name, position: 1_000)
        try await party.journal.closeWriter(writer, publisher: party.name)
        let claims = try await heir.claimExecutions()
        #expect(claims.map(\.state) == [execution.state])
        return try #require(claims.first).state
    }

    @Test(arguments: JournalKind.allCases)
    func instancesWaitsAndEndsAreTakenOverAsTheyWere(kind: JournalKind) async throws {
        try await kind.run { stage in
            let definition = try Self.definition()
            let steps: [(Arrival, Duration)] = [
                (.answered(step: 3, attempt: 1, .failure(WorkflowError(code: .agentError, message: "no"))), .zero),
                (.answered(step: 4, attempt: 1, .success("of b")), .zero),
                (.timerFired(.retry(step: 3, attempt: 1)), .seconds(3600)),
                (.answered(step: 5, attempt: 1, .success(["of": "c"])), .seconds(3600)),
                (.answered(step: 3, attempt: 2, .success(.null)), .seconds(3600)),
                (.signalReceived(name: "later", payload: [1, 2]), .seconds(3600)),
                (.timerFired(.wait(step: 1)), .seconds(7300)),
                (
                    .answered(step: 2, attempt: 1, .failure(WorkflowError(code: .timeout, message: "slow"))),
                    .seconds(7300)
                ),
                (.answered(step: 6, attempt: 1, .success(1)), .seconds(7300)),
                (
                    .answered(step: 7, attempt: 1, .failure(WorkflowError(code: .timeout, message: "slow"))),
                    .seconds(7300)
                ),
            ]
            var parties = (stage.first, stage.second)
            var writer = try await parties.0.open()
            var (execution, change) = stage.accept(of: definition)
            var token: Int64 = 1
            for (number, (arrival, delay)) in steps.enumerated() {
                let state = try await hop(execution, change, from: parties.0, writer, to: parties.1)
                execution = Execution(definition: definition, state: state)
                token += 1
                parties = (
                    JournalStage.Party(
                        name: "\(parties.1.name)-\(number)", journal: parties.1.journal, lease: parties.1.lease),
                    parties.0
                )
                writer = try await parties.0.open()
                let time = state.createdAt.advanced(byMicroseconds: Int64(delay.components.seconds) * 1_000_000)
                let decision = execution.handle(arrival, now: time)
                #expect(decision.changesState, "\(arrival)")
                change = decision.change(of: execution, token: token, at: 1)
            }
            _ = try await parties.0.journal.commit(parties.0.batch(writer, [change]))
            #expect(execution.state.status == .running && execution.state.ending != nil)
        }
    }
}
