import PerdureJSON
import Testing
import WorkflowCore

/// What the journal promises of workflows that limit how many of their executions run at a time; for the real one and for that
/// of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalSlotTests {
    private static func definition(limit: Int = 1, version: Int = 1) throws -> WorkflowDefinition {
        try WorkflowDefinition(
            yaml: """
                workflow: limited
                version: \(version)
                concurrency: { key: "${ input.n }", limit: \(limit) }
                steps: { a: { agent: work } }
                """, file: "limited.yaml", agents: ["work"])
    }

    /// A coordinator that commits one thing after another.
    private struct Desk {
        let party: JournalStage.Party
        let writer: WriterID
        var position: Int64 = 0

        init(_ party: JournalStage.Party) async throws {
            self.party = party
            writer = try await party.open()
        }

        mutating func commit(_ changes: ExecutionChange...) async throws(JournalError) -> CommitReceipt {
            try await commit(all: changes)
        }

        mutating func commit(all changes: [ExecutionChange]) async throws(JournalError) -> CommitReceipt {
            var (numbered, last) = (changes, position)
            for index in numbered.indices {
                numbered[index].firstPosition = last + 1
                last += Int64(numbered[index].events.count)
            }
            let receipt = try await party.journal.commit(party.batch(writer, numbered))
            position = last
            return receipt
        }

        /// The executions for which there is a message, and what it asks.
        func messages(for ids: [ExecutionID]) async throws -> [ExecutionID: ControlAction] {
            let open = try await party.journal.openControls(of: ids, limit: 99, byteLimit: 1 << 20, for: writer)
            #expect(Set(open.map(\.executionID)).count == open.count, "nobody is told twice")
            return Dictionary(open.compactMap { control in control.action.map { (control.executionID, $0) } }) { $1 }
        }

        /// Does what the messages for an execution ask.
        mutating func settle(_ execution: inout Execution) async throws -> CommitReceipt {
            let open = try await party.journal.openControls(
                of: [execution.state.id], limit: 99, byteLimit: 1 << 20, for: writer)
            let control = try #require(open.first)
            let action = try #require(control.action)
            var change = execution.change(after: try #require(control.arrival))
            change.controls = [
                SettledControl(
                    control: control,
                    outcome: .applied(execution.state.id, action: action.name, sequence: execution.state.sequence))
            ]
            return try await commit(change)
        }
    }

    private func accept(
        _ definition: WorkflowDefinition, key: String = "k", policy: ConcurrencyRule.Policy = .queue, starts: Bool,
        on stage: JournalStage
    ) throws -> (execution: Execution, change: ExecutionChange) {
        let now = Timestamp.current
        let id = ExecutionID.random()
        var execution = Execution(
            definition: definition,
            state: ExecutionState(
                id: id, workflow: definition.reference, stepNames: ["a"], input: ["n": .string(key)], createdAt: now))
        let decision = execution.handle(starts ? .accepted : .queued(key: key), now: now)
        var change = decision.change(
            of: execution,
            acceptance: Acceptance(idempotencyKey: id.description, priority: nil, replyAddress: nil), token: 1, at: 0)
        change.slot = SlotClaim(
            line: SlotClaim.Line(workflowID: "limited", key: key), limit: try #require(definition.concurrency).limit,
            policy: policy, hasStarted: starts)
        return (execution, change)
    }

    @Test(arguments: JournalKind.allCases)
    func aLineIsServedInItsOrder(kind: JournalKind) async throws {
        try await kind.run { stage in
            var (first, second) = (try await Desk(stage.first), try await Desk(stage.second))
            let limited = try Self.definition()
            var (running, accept1) = try accept(limited, starts: true, on: stage)
            #expect(try await first.commit(accept1) == CommitReceipt())
            // Others of its line wait, whoever accepts them; another line does not.
            var (next, accept2) = try accept(limited, starts: false, on: stage)
            let (last, accept3) = try accept(limited, starts: false, on: stage)
            let (other, accept4) = try accept(limited, key: "l", starts: false, on: stage)
            #expect(try await second.commit(accept2).hints.isEmpty)
            let receipt = try await first.commit(accept3, accept4)
            #expect(receipt.hints == [ControlHint(execution: other.state.id, owner: stage.first.owner)])
            let ids = [running, next, last, other].map(\.state.id)
            #expect(try await first.messages(for: ids) == [other.state.id: .slotGranted])
            // The end of one is the turn of the next, which is somebody else's.
            #expect(try await first.commit(running.end()).hints.isEmpty)
            #expect(try await second.messages(for: ids) == [other.state.id: .slotGranted, next.state.id: .slotGranted])
            #expect(
                try await second.party.tick().openControls
                    == [ControlHint(execution: next.state.id, owner: stage.second.owner)])
            _ = try await second.settle(&next)
            #expect(next.state.status == .running)
            #expect(try await second.messages(for: [next.state.id]).isEmpty)
            #expect(try await second.commit(next.end()).hints.isEmpty)
            #expect(try await first.messages(for: [last.state.id]) == [last.state.id: .slotGranted])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatStartsWithoutASlotIsRefusedAsAWhole(kind: JournalKind) async throws {
        try await kind.run { stage in
            var (first, second) = (try await Desk(stage.first), try await Desk(stage.second))
            let limited = try Self.definition(limit: 2)
            var (one, acceptOne) = try accept(limited, starts: true, on: stage)
            _ = try await first.commit(acceptOne)
            let (two, acceptTwo) = try accept(limited, starts: true, on: stage)
            let (three, acceptThree) = try accept(limited, policy: .reject, starts: true, on: stage)
            let (free, acceptFree) = try accept(limited, key: "l", starts: true, on: stage)
            let code = await refusal(of: acceptTwo, acceptFree, acceptThree, with: &second)
            #expect(code == .slotsTaken([three.state.id]), "the first to come have the slots")
            let known = try await second.party.journal.findAccepted(
                keys: [], ids: [two, three, free].map(\.state.id), for: second.writer)
            #expect(known.isEmpty, "nothing of a refused batch is committed")
            // What ends with the commit frees nothing for what starts with it.
            _ = try await second.commit(acceptTwo, acceptFree)
            let end = one.end()
            let again = await refusal(of: end, acceptThree, with: &first)
            #expect(again == .slotsTaken([three.state.id]))
            _ = try await first.commit(end)
            _ = try await first.commit(acceptThree)
            // Nobody passes those that wait.
            var (waiting, acceptWaiting) = try accept(limited, starts: false, on: stage)
            _ = try await first.commit(acceptWaiting)
            let (hasty, acceptHasty) = try accept(limited, starts: true, on: stage)
            #expect(await refusal(of: acceptHasty, with: &first) == .slotsTaken([hasty.state.id]))
            // One that is cancelled while it waits leaves the line, and takes no slot with it.
            _ = try await first.commit(waiting.change(after: .cancelRequested(reason: nil)))
            #expect(await refusal(of: acceptHasty, with: &first) == .slotsTaken([hasty.state.id]))
        }
    }

    /// The code that a commit fails with; nil when it does not fail.
    private func refusal(of changes: ExecutionChange..., with desk: inout Desk) async -> JournalError.Code? {
        do throws(JournalError) {
            _ = try await desk.commit(all: changes)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatStartsAndEndsInOneCommitHasASlotForThat(kind: JournalKind) async throws {
        try await kind.run { stage in
            var desk = try await Desk(stage.first)
            let limited = try Self.definition()
            // Two at a time are too many, also when they are over at once.
            var (one, accept1) = try accept(limited, starts: true, on: stage)
            var (two, accept2) = try accept(limited, starts: true, on: stage)
            one.finish(&accept1)
            two.finish(&accept2)
            #expect(await refusal(of: accept1, accept2, with: &desk) == .slotsTaken([two.state.id]))
            #expect(try await desk.commit(accept1).hints.isEmpty)
            // One that has ended waits for nothing, and whoever comes after it has the slot.
            var (gone, acceptGone) = try accept(limited, starts: false, on: stage)
            acceptGone.merge(gone.change(after: .cancelRequested(reason: nil)))
            let (next, acceptNext) = try accept(limited, starts: false, on: stage)
            #expect(try await desk.commit(acceptGone, acceptNext).hints.map(\.execution) == [next.state.id])
            #expect(
                try await desk.messages(for: [gone.state.id, next.state.id]) == [next.state.id: .slotGranted])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func theOldestMakeRoom(kind: JournalKind) async throws {
        try await kind.run { stage in
            var (first, second) = (try await Desk(stage.first), try await Desk(stage.second))
            let limited = try Self.definition(limit: 2)
            var executions: [Execution] = []
            for starts in [true, true] {
                let (execution, change) = try accept(limited, policy: .cancelRunning, starts: starts, on: stage)
                #expect(try await second.commit(change).hints.isEmpty)
                executions.append(execution)
            }
            // Three come at once: both that run go, and the first of the three as well.
            var changes: [ExecutionChange] = []
            for _ in 1...3 {
                let (execution, change) = try accept(limited, policy: .cancelRunning, starts: false, on: stage)
                executions.append(execution)
                changes.append(change)
            }
            let receipt = try await first.commit(changes[0], changes[1], changes[2])
            let ids = executions.map(\.state.id)
            #expect(receipt.hints == [ControlHint(execution: ids[2], owner: stage.first.owner)])
            let cancel = ControlAction.cancel(
                reason: "The execution \(ids[4]) of the same workflow and concurrency key takes its place.")
            #expect(try await first.messages(for: ids) == [ids[0]: cancel, ids[1]: cancel, ids[2]: cancel])
            // Whoever makes room and has no slot frees none.
            _ = try await first.settle(&executions[2])
            #expect(executions[2].state.status == .cancelled && executions[2].state.startedAt == nil)
            #expect(try await first.messages(for: ids) == [ids[0]: cancel, ids[1]: cancel])
            _ = try await second.settle(&executions[1])
            #expect(try await first.messages(for: ids) == [ids[0]: cancel, ids[3]: .slotGranted])
            _ = try await second.settle(&executions[0])
            #expect(try await first.messages(for: ids) == [ids[3]: .slotGranted, ids[4]: .slotGranted])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whoMustNotWaitIsToldSo(kind: JournalKind) async throws {
        try await kind.run { stage in
            var desk = try await Desk(stage.first)
            let limited = try Self.definition()
            var (first, acceptFirst) = try accept(limited, policy: .reject, starts: false, on: stage)
            var (second, acceptSecond) = try accept(limited, policy: .reject, starts: false, on: stage)
            let ids = [first, second].map(\.state.id)
            #expect(Set(try await desk.commit(acceptFirst, acceptSecond).hints.map(\.execution)) == Set(ids))
            #expect(try await desk.messages(for: ids) == [ids[0]: .slotGranted, ids[1]: .slotRefused])
            _ = try await desk.settle(&second)
            #expect(second.state.status == .failed && second.state.error?.code == .concurrencyLimit)
            _ = try await desk.settle(&first)
            _ = try await desk.commit(first.end())
            #expect(try await desk.messages(for: ids).isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func theHighestVersionSaysTheLimit(kind: JournalKind) async throws {
        try await kind.run { stage in
            var desk = try await Desk(stage.first)
            let (old, new) = (try Self.definition(limit: 1), try Self.definition(limit: 3, version: 2))
            var line: [Execution] = []
            for (definition, starts) in [(old, true), (old, false), (old, false), (old, false)] {
                let (execution, change) = try accept(definition, starts: starts, on: stage)
                _ = try await desk.commit(change)
                line.append(execution)
            }
            // The first request of the new version lets two more of those that wait start, and itself waits behind the third.
            let (late, change) = try accept(new, starts: false, on: stage)
            #expect(
                try await desk.commit(change).hints.map(\.execution).sortedByText
                    == [1, 2].map { line[$0].state.id }.sortedByText)
            let ids = (line + [late]).map(\.state.id)
            _ = try await desk.commit(line[0].end())
            #expect(try await Set(desk.messages(for: ids).keys) == Set([1, 2, 3].map { line[$0].state.id }))
            // A lower limit ends nothing that runs; others wait until there are fewer.
            let (lower, lowered) = try accept(Self.definition(limit: 1, version: 3), starts: false, on: stage)
            #expect(try await desk.commit(lowered).hints.isEmpty)
            for index in [1, 2, 3] {
                _ = try await desk.settle(&line[index])
                let receipt = try await desk.commit(line[index].end())
                #expect(receipt.hints.map(\.execution) == (index == 3 ? [late.state.id] : []))
            }
            #expect(try await desk.messages(for: [lower.state.id]).isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aTakeoverKeepsTheLineAndTheSlots(kind: JournalKind) async throws {
        try await kind.run(lease: .milliseconds(400)) { stage in
            var dead = try await Desk(stage.first)
            let limited = try Self.definition()
            let (running, accept1) = try accept(limited, starts: true, on: stage)
            let (waiting, accept2) = try accept(limited, starts: false, on: stage)
            _ = try await dead.commit(accept1, accept2)
            var heir = try await Desk(stage.second)
            // Behind them, and while nobody owns them.
            let (last, accept3) = try accept(limited, starts: false, on: stage)
            _ = try await heir.commit(accept3)
            for writer in try await heir.party.claimWriters() {
                try await heir.party.journal.closeWriter(writer.id, publisher: heir.party.name)
            }
            let claims = try await heir.party.claimExecutions()
            #expect(Set(claims.map(\.state.id)) == [running.state.id, waiting.state.id])
            let (first, second) = (
                try #require(claims.first { $0.state.id == running.state.id }),
                try #require(claims.first { $0.state.id == waiting.state.id })
            )
            #expect(second.state.status == .pending && second.state.sequence == 1 && !second.hasControls)
            #expect(second.state == waiting.state && first.state == running.state)
            var heirs = Execution(definition: limited, state: first.state)
            _ = try await heir.commit(heirs.end(token: first.fencingToken))
            let ids = [running, waiting, last].map(\.state.id)
            #expect(try await heir.messages(for: ids) == [waiting.state.id: .slotGranted])
        }
    }
}

extension [ExecutionID] {
    fileprivate var sortedByText: [ExecutionID] { sorted { $0.description < $1.description } }
}

extension Execution {
    fileprivate mutating func change(after arrival: Arrival, token: Int64 = 1) -> ExecutionChange {
        var change = handle(arrival, now: .current).change(of: self, token: token, at: 0)
        change.freesSlot = state.status.isTerminal
        return change
    }

    /// Lets its one step succeed.
    fileprivate mutating func end(token: Int64 = 1) -> ExecutionChange {
        change(after: .answered(step: 0, attempt: 1, .success(1)), token: token)
    }

    /// Lets its one step succeed in the same commit.
    fileprivate mutating func finish(_ change: inout ExecutionChange) { change.merge(end()) }
}

extension ExecutionChange {
    /// Adds what came next to a change that is not committed yet.
    fileprivate mutating func merge(_ next: ExecutionChange) {
        state = next.state
        events += next.events
        changedSteps.formUnion(next.changedSteps)
        freesSlot = next.freesSlot
    }
}
