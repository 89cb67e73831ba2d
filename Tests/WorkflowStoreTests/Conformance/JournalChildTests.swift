import PerdureJSON
import Testing
import WorkflowCore

/// What the journal keeps of executions that steps start; for the real one and for that of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalChildTests {
    private static func definition(_ yaml: String) throws -> WorkflowDefinition {
        try WorkflowDefinition(yaml: yaml, file: "w.yaml", agents: ["work"])
    }

    /// A parent and its child with their first changes, in one batch.
    private func family(
        _ stage: JournalStage, key: String? = nil
    ) throws -> (parent: Execution, child: Execution, changes: [ExecutionChange]) {
        let outer = try Self.definition(
            "workflow: outer\nsteps: { s: { workflow: inner, with: { n: 1 }, timeout: { run: 1h } } }")
        let inner = try Self.definition("workflow: inner\nsteps: { a: { agent: work } }")
        var (parent, first) = stage.accept(of: outer)
        let accepted = first.events.count
        let id = ExecutionID.child(of: parent.state.id, step: 0, attempt: 1)
        let noted = parent.handle(.childStarted(step: 0, attempt: 1, inner.reference), now: .current)
        first = ExecutionChange(
            state: parent.state, acceptance: first.acceptance, fencingToken: 1, changedSteps: first.changedSteps,
            events: first.events + noted.events, firstPosition: 1)
        let link = ParentStep(executionID: parent.state.id, step: 0, stepName: "s", attempt: 1, depth: 1)
        var child = Execution(
            definition: inner,
            state: ExecutionState(
                id: id, workflow: inner.reference, stepNames: ["a"], input: ["n": 1], createdAt: .current, parent: link)
        )
        let decision = child.handle(.accepted, now: .current)
        let acceptance = Acceptance(idempotencyKey: key ?? "perdure:child/\(id)", priority: nil, replyAddress: nil)
        let change = decision.change(
            of: child, acceptance: acceptance, token: 1, at: Int64(accepted + noted.events.count) + 1)
        return (parent, child, [first, change])
    }

    @Test(arguments: JournalKind.allCases)
    func aChildIsKeptWithItsParent(kind: JournalKind) async throws {
        try await kind.run(lease: .milliseconds(400)) { stage in
            let party = stage.first
            let writer = try await party.open()
            let (parent, child, changes) = try family(stage)
            _ = try await party.journal.commit(party.batch(writer, changes))
            _ = try await stage.second.open()
            for writer in try await stage.second.claimWriters() {
                try await stage.second.journal.closeWriter(writer.id, publisher: stage.second.name)
            }
            let claims = try await stage.second.claimExecutions()
            #expect(claims.count == 2)
            for execution in [parent, child] {
                let claim = try #require(claims.first { $0.state.id == execution.state.id })
                #expect(claim.state == execution.state)
            }
        }
    }

    @Test(arguments: JournalKind.allCases)
    func theEndOfAChildComesWithWhatItGave(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (parent, child, changes) = try family(stage)
            _ = try await journal.commit(party.batch(writer, changes))
            let position = 1 + Int64(changes.reduce(0) { $0 + $1.events.count })
            let output: JSONValue = ["text": "é \n \"q\"", "n": [1, 2.5, .null]]
            let decision = child.handle(.answered(step: 0, attempt: 1, .success(output)), now: .current)
            var end = decision.change(of: child, token: 1, at: position)
            end.sends = decision.sends
            let id = parent.state.id
            #expect(
                try await journal.commit(party.batch(writer, [end])).hints
                    == [ControlHint(execution: id, owner: party.owner)])
            let open = try await journal.openControls(of: [id], limit: 9, byteLimit: 1, for: writer)
            #expect(open.map(\.childResult) == [.success(child.state.id, output: ["a": output])])
            let arrival = try #require(open.first?.arrival)
            let taken = parent.handle(arrival, now: .current)
            #expect(parent.state.output == ["s": ["a": output]])
            var last = taken.change(of: parent, token: 1, at: position + Int64(end.events.count))
            last.controls = [
                SettledControl(control: open[0], outcome: .applied(id, action: "child_ended", sequence: 9))
            ]
            _ = try await journal.commit(party.batch(writer, [last]))
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1, for: writer).isEmpty)
            #expect(try await party.tick().hasUnansweredControls == false)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func soManyBytesComeAtATime(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (_, accept) = stage.accept()
            let id = accept.state.id
            accept.sends = (0..<4).map { number in
                InternalControl(
                    key: "\(number)", to: id,
                    action: .childEnded(.random(), step: 0, attempt: 1, byteCount: 100))
            }
            _ = try await journal.commit(party.batch(writer, [accept]))
            for (bytes, count) in [(1, 1), (100, 1), (101, 2), (1000, 4)] {
                let open = try await journal.openControls(of: [id], limit: 9, byteLimit: bytes, for: writer)
                #expect(open.count == count)
            }
            // Of a child that nobody knows there is nothing to take in.
            let unknown = try await journal.openControls(of: [id], limit: 1, byteLimit: 1, for: writer)
            #expect(unknown[0].childResult == nil && unknown[0].arrival == nil && unknown[0].action != nil)
        }
    }
}
