import PerdureJSON
import Testing
import WorkflowCore

/// What the journal promises of control messages; for the real one and for that of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalControlTests {
    private static let sender = ReplyAddress(replyTo: "sender", correlationID: "c")
    private static let other = ReplyAddress(replyTo: "sender", correlationID: nil)

    private func signal(
        _ id: ExecutionID, _ key: String, _ payload: JSONValue = 1, to caller: ReplyAddress? = sender
    )
        -> ControlRequest
    {
        ControlRequest(
            executionID: id, action: .signal(name: "s", payload: payload), messageKey: key, replyAddress: caller)
    }

    @Test(arguments: JournalKind.allCases)
    func aMessageIsKeptInItsOrderAndOnce(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            let (execution, accept) = stage.accept()
            let (bystander, acceptBystander) = stage.accept(at: 6)
            _ = try await journal.commit(party.batch(writer, [accept, acceptBystander]))
            let (id, second) = (execution.state.id, stage.second)
            // The order is that of the messages, not of their keys; a copy in the same batch is one too.
            let messages = ["c", "a", "b", "a"].map { signal(id, $0, .string($0)) }
            #expect(
                try await journal.submit(messages, publisher: party.name)
                    == Array(repeating: .kept(owner: party.owner), count: 4))
            #expect(
                try await second.journal.submit([signal(id, "d"), signal(id, "a", "a")], publisher: second.name)
                    == [.kept(owner: nil), .kept(owner: nil)])
            let open = try await journal.openControls(
                of: [id, bystander.state.id], limit: 10, byteLimit: 1 << 20, for: writer)
            #expect(open.map(\.messageKey) == ["c", "a", "b", "d"])
            #expect(open[0].executionID == id && open[0].action == .signal(name: "s", payload: "c"))
            #expect(
                try await journal.openControls(of: [id], limit: 2, byteLimit: 1 << 20, for: writer).map(\.messageKey)
                    == ["c", "a"])
            #expect(
                try await journal.openControls(of: [bystander.state.id], limit: 10, byteLimit: 1 << 20, for: writer)
                    .isEmpty)
            #expect(
                try await journal.submit([signal(id, "a", "else")], publisher: party.name)
                    == [.refused(.controlConflict(id))])
            let hints = [ControlHint(execution: id, owner: party.owner)]
            #expect(try await party.tick().openControls == hints)
            #expect(try await second.tick().openControls.isEmpty)
            #expect(try await party.tick().hasUnansweredControls == false)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatCannotBeAskedIsNotKept(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            let id = execution.state.id
            _ = try await journal.commit(party.batch(writer, [accept]))
            _ = try await journal.commit(
                party.batch(writer, [execution.ask(.cancelRequested(reason: nil), at: 6)]))
            let nowhere = ExecutionID.random()
            for _ in 1...2 {
                #expect(
                    try await journal.submit([signal(id, "a"), signal(nowhere, "b")], publisher: party.name)
                        == [.refused(.ended(id, as: .cancelled)), .refused(.unknownExecution(nowhere))])
            }
            #expect(
                try await journal.openControls(of: [id, nowhere], limit: 9, byteLimit: 1 << 20, for: writer).isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aMessageIsSettledWithItsTransition(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            let id = execution.state.id
            _ = try await journal.commit(party.batch(writer, [accept]))
            let messages = [signal(id, "told"), signal(id, "silent", 2, to: nil), signal(id, "refused", 3)]
            _ = try await journal.submit(messages, publisher: party.name)
            _ = try await stage.second.journal.submit(
                [signal(id, "told", to: Self.other)], publisher: stage.second.name)
            let open = try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer)
            try #require(open.count == 3)
            var change = execution.ask(.signalReceived(name: "s", payload: 1), at: 6)
            let refusal = ControlOutcome.refused(code: "TOO_MANY_SIGNALS", message: "No.")
            change.controls = [
                SettledControl(control: open[0], outcome: .applied(id, action: "signal", sequence: 6)),
                SettledControl(control: open[1], outcome: .applied(id, action: "signal", sequence: 6)),
                SettledControl(control: open[2], outcome: refusal),
            ]
            let stale = change.under(token: 7)
            let code = await code { () throws(JournalError) in
                _ = try await journal.commit(party.batch(writer, [stale]))
            }
            #expect(code == .leasesLost([id]))
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer).count == 3)

            let receipt = try await journal.commit(party.batch(writer, [change]))
            #expect(Set(receipt.controlCallers[open[0].id] ?? []) == [Self.sender, Self.other])
            #expect(receipt.controlCallers[open[1].id] == [] && receipt.controlCallers[open[2].id] == [Self.sender])
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer).isEmpty)
            #expect(
                try await journal.submit(messages, publisher: party.name)
                    == change.controls.map { .settled($0.outcome) })
            // Whoever settled it lives, and tells.
            #expect(try await stage.second.tick().hasUnansweredControls == false)
            #expect(try await stage.second.journal.unansweredControls(limit: 9).isEmpty)

            try await journal.recordAnswered(open.map(\.id))
            #expect(
                try await journal.submit([messages[0]], publisher: party.name)
                    == [.settled(.applied(id, action: "signal", sequence: 6))])
            // A refusal is not remembered.
            #expect(try await journal.submit([messages[2]], publisher: party.name) == [.kept(owner: party.owner)])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatCameTooLateIsRefused(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            let id = execution.state.id
            _ = try await journal.commit(party.batch(writer, [accept]))
            _ = try await journal.submit([signal(id, "late")], publisher: party.name)
            #expect(try await journal.unansweredControls(limit: 9).isEmpty, "its execution goes on")
            _ = try await journal.commit(
                party.batch(writer, [execution.ask(.cancelRequested(reason: nil), at: 6)]))
            #expect(try await stage.second.tick().hasUnansweredControls)
            let late = try await stage.second.journal.unansweredControls(limit: 9)
            #expect(late.map(\.control.messageKey) == ["late"] && late.map(\.callers) == [[Self.sender]])
            #expect(late.map(\.outcome) == [ControlOutcome(.ended(id, as: .cancelled))])
            // Until somebody has told the sender, everybody is asked to.
            #expect(try await journal.unansweredControls(limit: 9) == late)
            try await stage.second.journal.recordAnswered(late.map(\.control.id))
            #expect(try await journal.unansweredControls(limit: 9).isEmpty)
            #expect(try await party.tick().hasUnansweredControls == false)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatACoordinatorLeavesIsFound(kind: JournalKind) async throws {
        try await kind.run(lease: .milliseconds(400)) { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            let id = execution.state.id
            _ = try await journal.commit(party.batch(writer, [accept]))
            _ = try await journal.submit([signal(id, "settled"), signal(id, "open", 2)], publisher: party.name)
            let open = try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer)
            var change = execution.ask(.signalReceived(name: "s", payload: 1), at: 6)
            change.controls = [
                SettledControl(control: open[0], outcome: .applied(id, action: "signal", sequence: 6))
            ]
            _ = try await journal.commit(party.batch(writer, [change]))

            let heir = stage.second
            let heirWriter = try await heir.open()
            let claimed = try await heir.claimWriters()
            for writer in claimed { try await heir.journal.closeWriter(writer.id, publisher: heir.name) }
            #expect(try await heir.tick().hasUnansweredControls)
            let unanswered = try await heir.journal.unansweredControls(limit: 9)
            #expect(unanswered.map(\.control.id) == [open[0].id] && unanswered[0].callers == [Self.sender])
            #expect(unanswered[0].outcome == change.controls[0].outcome)
            let executions = try await heir.claimExecutions()
            #expect(executions.map(\.state.id) == [id] && executions[0].hasControls)
            #expect(executions[0].state.signals == execution.state.signals)
            #expect(
                try await heir.journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: heirWriter).map(
                    \.messageKey) == ["open"])
            #expect(try await heir.tick().openControls == [ControlHint(execution: id, owner: heir.owner)])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatTheRuntimeSendsIsKeptWithItsTransition(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (sender, acceptSender) = stage.accept()
            let (target, acceptTarget) = stage.accept(at: 6)
            _ = try await journal.commit(party.batch(writer, [acceptSender, acceptTarget]))
            let id = target.state.id
            var change = sender.answer(0, .success(1), at: 11)
            let send = InternalControl(key: "end of \(id)", to: id, action: .cancel(reason: "because"))
            change.sends = [send, InternalControl(key: "nobody", to: .random(), action: .cancel(reason: nil))]
            var stale = change.under(token: 7)
            stale.sends = change.sends
            let code = await code { () throws(JournalError) in
                _ = try await journal.commit(party.batch(writer, [stale]))
            }
            #expect(code == .leasesLost([sender.state.id]))
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer).isEmpty)

            let hints = [ControlHint(execution: id, owner: party.owner)]
            #expect(try await journal.commit(party.batch(writer, [change])).hints == hints)
            #expect(try await party.tick().openControls == hints)
            #expect(try await party.tick().hasUnansweredControls == false)
            let open = try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer)
            #expect(open.map(\.messageKey) == [send.messageKey] && open.map(\.action) == [send.action])
            #expect(open.allSatisfy { $0.isInternal })

            // A second copy, from a transition that is decided once more.
            var again = sender.answer(1, .success(2), at: 11 + Int64(change.events.count))
            again.sends = [send]
            _ = try await journal.commit(party.batch(writer, [again]))
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer) == open)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func nothingIsLeftOfWhatTheRuntimeSent(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            let id = execution.state.id
            accept.sends = [
                InternalControl(key: "refused", to: id, action: .cancel(reason: nil)),
                InternalControl(key: "applied", to: id, action: .cancel(reason: "because")),
                InternalControl(key: "late", to: id, action: .cancel(reason: nil)),
            ]
            _ = try await journal.commit(party.batch(writer, [accept]))
            _ = try await journal.submit([signal(id, "told")], publisher: party.name)
            let open = try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer)
            try #require(open.map(\.isInternal) == [true, true, true, false])
            var change = execution.ask(.cancelRequested(reason: "because"), at: 6)
            change.controls = [
                SettledControl(control: open[0], outcome: .refused(code: "EXECUTION_ENDED", message: "No.")),
                SettledControl(control: open[1], outcome: .applied(id, action: "cancel", sequence: 8)),
            ]
            #expect(change.controls.allSatisfy { !$0.hasToBeTold })
            let receipt = try await journal.commit(party.batch(writer, [change]))
            #expect(receipt.controlCallers.isEmpty)
            // What is left came too late: one has a sender who is told of it, the other has none.
            #expect(try await party.tick().hasUnansweredControls)
            #expect(try await journal.unansweredControls(limit: 9).map(\.control.messageKey) == ["told"])
            try await journal.recordAnswered([open[3].id])
            #expect(try await party.tick().hasUnansweredControls == false)
            #expect(try await journal.openControls(of: [id], limit: 9, byteLimit: 1 << 20, for: writer).isEmpty)
        }
    }

    @Test func anotherCoordinatorIsHintedAtWhatIsSent() async throws {
        try await JournalKind.postgres.run { stage in
            let writer = try await stage.first.open()
            let (target, accept) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [accept]))
            // It listens once its heart beats.
            _ = try await stage.first.tick()
            let second = stage.second
            let secondWriter = try await second.open()
            var (_, other) = stage.accept()
            other.sends = [InternalControl(key: "x", to: target.state.id, action: .cancel(reason: nil))]
            #expect(try await second.journal.commit(second.batch(secondWriter, [other])).hints.isEmpty)
            for await hint in stage.first.journal.controlHints {
                #expect(hint == ControlHint(execution: target.state.id, owner: stage.first.owner))
                break
            }
        }
    }

    @Test func anotherCoordinatorIsHintedAtWhatWaits() async throws {
        try await JournalKind.postgres.run { stage in
            let writer = try await stage.first.open()
            let (execution, accept) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [accept]))
            // It listens once its heart beats.
            _ = try await stage.first.tick()
            _ = try await stage.second.journal.submit(
                [signal(execution.state.id, "a")], publisher: stage.second.name)
            for await hint in stage.first.journal.controlHints {
                #expect(hint == ControlHint(execution: execution.state.id, owner: stage.first.owner))
                break
            }
        }
    }
}

extension Execution {
    /// Lets somebody ask for something.
    fileprivate mutating func ask(_ arrival: Arrival, at position: Int64) -> ExecutionChange {
        handle(arrival, now: .current).change(of: self, token: 1, at: position)
    }
}

extension ExecutionChange {
    /// The same under another token.
    fileprivate func under(token: Int64) -> ExecutionChange {
        var change = ExecutionChange(
            state: state, acceptance: acceptance, fencingToken: token, changedSteps: changedSteps, events: events,
            firstPosition: firstPosition)
        change.controls = controls
        return change
    }
}
