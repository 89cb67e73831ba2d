import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

/// What the port promises of leases and of takeovers; for the real journal and for that of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalTakeoverTests {
    /// Short enough to wait for its end.
    private static let short = Duration.milliseconds(300)

    @Test(arguments: JournalKind.allCases)
    func whatTheDeadHaveLeftIsPublishedThenGoneOnWith(kind: JournalKind) async throws {
        try await kind.run(lease: Self.short) { stage in
            let (dead, heir) = (stage.first, stage.second)
            let writer = try await dead.open()
            let reply = ReplyAddress(replyTo: "q", correlationID: "c")
            var (open, acceptOpen) = stage.accept(reply: reply)
            var (ended, acceptEnded) = stage.accept(reply: reply, at: 6)
            _ = try await dead.journal.commit(dead.batch(writer, [acceptOpen, acceptEnded]))
            let caller = ReplyAddress(replyTo: "further", correlationID: nil)
            _ = try await dead.journal.attach(caller, to: ended.state.id)
            let waits = open.answer(
                0, .failure(WorkflowError(code: .agentError, message: "Not now.", step: "a")), at: 11)
            let fails = ended.answer(1, .failure(WorkflowError(code: .agentError, message: "Never.")), at: 13)
            _ = try await dead.journal.commit(dead.batch(writer, cursor: 4, [waits, fails]))

            let claimed = try await heir.claimWriters()
            #expect(claimed == [ClaimedWriter(id: writer, publishedPosition: 4)])
            #expect(try await heir.claimExecutions().isEmpty, "their events come first")
            let lost = await code { () throws(JournalError) in
                let change = open.answer(1, .success(1), at: 100)
                _ = try await dead.journal.commit(dead.batch(writer, [change]))
            }
            #expect(lost == .writerLost)
            open = Execution(definition: stage.definition, state: waits.state)
            try await checkEvents(heir, writer, [acceptOpen, acceptEnded, waits, fails], reply: reply, caller)

            #expect(try await dead.journal.recordPublished(writer: writer, publisher: dead.name, position: 5) == false)
            #expect(try await heir.journal.recordPublished(writer: writer, publisher: heir.name, position: 17))
            try await heir.journal.closeWriter(writer, publisher: dead.name)
            #expect(try await heir.claimExecutions().isEmpty, "only its publisher ends a writer")
            try await heir.journal.closeWriter(writer, publisher: heir.name)
            _ = try await heir.open()
            let claims = try await heir.claimExecutions()
            #expect(claims.map(\.state) == [open.state])
            #expect(claims.map(\.fencingToken) == [2])
            #expect(claims.map(\.replyAddress) == [reply])
            #expect(claims.map(\.interrupted) == [true])
        }
    }

    private func checkEvents(
        _ heir: JournalStage.Party, _ writer: WriterID, _ changes: [ExecutionChange], reply: ReplyAddress,
        _ caller: ReplyAddress
    ) async throws {
        let all = changes.flatMap { change in
            change.events.enumerated().map { (change.firstPosition + Int64($0.offset), change.state, $0.element) }
        }
        let found = try await heir.journal.events(of: writer, after: 0, limit: 100)
        #expect(found.map(\.position) == all.map(\.0))
        #expect(found.map(\.event.event.sequence) == all.map(\.2.sequence))
        #expect(found.map(\.event.event.type) == all.map(\.2.type))
        #expect(found.map(\.event.event.timestamp) == all.map(\.2.timestamp))
        #expect(found.map(\.event.executionID) == all.map(\.1.id))
        for (event, expected) in zip(found, all) {
            // PostgreSQL keeps JSON by its meaning and not by its letters.
            #expect(try JSONValue(parsing: event.event.event.payload) == JSONValue(parsing: expected.2.payload))
        }
        let last = try #require(found.last)
        let result = try #require(changes.last.flatMap { ExecutionResult($0.state) })
        #expect(last.replies.map(\.address) == [reply, caller])
        #expect(last.replies.allSatisfy { $0.result == result })
        #expect(found.dropLast().allSatisfy { $0.replies.isEmpty })
        let some = try await heir.journal.events(of: writer, after: 4, limit: 3)
        #expect(some.map(\.position) == [5, 6, 7])
        #expect(try await heir.journal.events(of: writer, after: last.position, limit: 3).isEmpty)
    }

    @Test(arguments: JournalKind.allCases)
    func theLivingKeepWhatTheyHave(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let (_, change) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change]))
            _ = try await stage.second.open()
            let renewal = LeaseRenewal(execution: change.state.id, span: .seconds(60))
            let report = try await stage.first.tick(due: [renewal])
            #expect(report == LeaseReport(liveWriters: [writer], hasAbandonedWork: false))
            #expect(try await stage.second.tick().hasAbandonedWork == false)
            #expect(try await stage.second.journal.claimWriters(publisher: "second", lease: .seconds(60)).isEmpty)
            #expect(try await stage.second.claimExecutions().isEmpty)
            #expect(try await stage.first.claimExecutions().isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aTickTellsOfTheDeadAndOfWhatIsLost(kind: JournalKind) async throws {
        try await kind.run(lease: Self.short) { stage in
            let writer = try await stage.first.open()
            let other = try await stage.second.open()
            let report = try await eventually {
                try await stage.second.tick()
            } until: {
                $0.hasAbandonedWork
            }
            #expect(report == LeaseReport(liveWriters: [other], hasAbandonedWork: true))
            #expect(try await stage.second.claimWriters().map(\.id) == [writer])
            #expect(try await stage.first.tick().liveWriters.isEmpty)
            // An heir goes on where it was interrupted.
            #expect(try await stage.second.tick().hasAbandonedWork)
            #expect(try await stage.second.claimWriters().map(\.id) == [writer])
            try await stage.second.journal.closeWriter(writer, publisher: "second")
            #expect(try await stage.second.tick() == LeaseReport(liveWriters: [other], hasAbandonedWork: false))
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatIsHandedOverIsNotInterrupted(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let (handed, first) = stage.accept()
            let (given, second) = stage.accept(at: 6)
            let (kept, third) = stage.accept(at: 11)
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [first, second, third]))
            let (ids, owner) = ([handed.state.id, given.state.id], stage.first.owner)
            try await stage.first.journal.release([ids[0]], owner: owner, isHandedOver: true)
            try await stage.first.journal.release([ids[1]], owner: owner, isHandedOver: false)
            try await stage.second.journal.release([kept.state.id], owner: stage.second.owner, isHandedOver: true)
            _ = try await stage.second.open()
            #expect(try await stage.second.claimExecutions().isEmpty, "its events may not be published")
            let own = try await stage.first.claimExecutions()
            #expect(Set(own.map(\.state.id)) == Set(ids))
            #expect(own.first { $0.state.id == ids[0] }?.interrupted == false)
            #expect(own.first { $0.state.id == ids[1] }?.interrupted == true)

            try await stage.first.journal.release(ids + [kept.state.id], owner: owner, isHandedOver: true)
            try await stage.first.journal.closeWriter(writer, publisher: "first")
            #expect(try await stage.second.tick().hasAbandonedWork)
            let one = try await stage.second.claimExecutions(limit: 1)
            let rest = try await stage.second.claimExecutions()
            #expect(one.count == 1 && rest.count == 2)
            #expect((one + rest).allSatisfy { !$0.interrupted })
            #expect(Set((one + rest).map(\.fencingToken)) == [2, 3])
            #expect(try await stage.second.tick().hasAbandonedWork == false)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatIsPutBackAnybodyMayTake(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let (execution, change) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change]))
            let (id, owner) = (execution.state.id, stage.first.owner)
            try await stage.first.journal.putBack([id], owner: stage.second.owner, publisher: "second")
            _ = try await stage.second.open()
            #expect(try await stage.second.claimExecutions().isEmpty, "it is not the second's to put back")
            try await stage.first.journal.putBack([id], owner: owner, publisher: "first")
            #expect(try await stage.second.tick().hasAbandonedWork)
            let claims = try await stage.second.claimExecutions()
            #expect(claims.map(\.state.id) == [id])
            #expect(claims.map(\.interrupted) == [false])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatCarriesANameIsFound(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (writer, other) = (try await stage.first.open(), try await stage.second.open())
            let ((execution, change), (given, released)) = (stage.accept(), stage.accept(at: 6))
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change, released]))
            let (foreign, theirs) = stage.accept()
            _ = try await stage.second.journal.commit(stage.second.batch(other, [theirs]))
            let owner = stage.first.owner
            #expect(Set(try await stage.first.journal.owned(by: owner)) == [execution.state.id, given.state.id])
            try await stage.first.journal.release([given.state.id], owner: owner, isHandedOver: false)
            #expect(try await stage.first.journal.owned(by: owner) == [execution.state.id])
            #expect(try await stage.first.journal.owned(by: stage.second.owner) == [foreign.state.id])
            #expect(try await stage.first.journal.owned(by: "nobody").isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aLostNameIsLetGo(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let (_, change) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change]))
            _ = try await stage.second.open()
            // While there is a writer of the name, it is that which counts.
            try await stage.first.journal.abandon(owner: stage.first.owner, publisher: "first")
            #expect(try await stage.second.claimExecutions().isEmpty)
            #expect(try await stage.second.tick().hasAbandonedWork == false)
            try await stage.first.journal.abandon(owner: "nobody", publisher: "first")
            #expect(try await stage.second.tick().hasAbandonedWork)
            #expect(try await stage.second.claimExecutions().isEmpty)
            #expect(try await stage.second.tick().hasAbandonedWork == false)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aCursorMovesForward(kind: JournalKind) async throws {
        try await kind.run(lease: Self.short) { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, change) = stage.accept()
            _ = try await journal.commit(party.batch(writer, [change]))
            #expect(try await journal.recordPublished(writer: writer, publisher: "first", position: 5))
            change = execution.answer(0, .success(1), at: 6)
            _ = try await journal.commit(party.batch(writer, cursor: 3, [change]))
            #expect(try await journal.recordPublished(writer: writer, publisher: "first", position: 4))
            #expect(try await journal.recordPublished(writer: writer, publisher: "second", position: 6) == false)
            #expect(try await stage.second.claimWriters() == [ClaimedWriter(id: writer, publishedPosition: 5)])
        }
    }
}
