import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

/// What the port promises of commits and of requests; for the real journal and for that of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalCommitTests {
    @Test(arguments: JournalKind.allCases)
    func whatIsAcceptedIsKnownByKeyAndByID(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let reply = ReplyAddress(replyTo: "q", correlationID: "c")
            let (execution, change) = stage.accept(key: "key", reply: reply)
            #expect(try await stage.first.journal.commit(stage.first.batch(writer, [change])) == CommitReceipt())
            let expected = AcceptedExecution(
                id: execution.state.id, idempotencyKey: "key", workflowID: "pair", input: ["n": 1], result: nil,
                replyAddress: reply)
            let other = try await stage.second.open()
            let journal = stage.second.journal
            #expect(try await journal.findAccepted(keys: ["key", "no"], ids: [], for: other) == [expected])
            #expect(
                try await journal.findAccepted(keys: [], ids: [execution.state.id, .random()], for: other) == [expected]
            )
            #expect(
                try await journal.findAccepted(keys: ["key"], ids: [execution.state.id], for: other) == [expected])
            #expect(try await journal.findAccepted(keys: [], ids: [], for: other).isEmpty)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aKeyAndAnIDAreAcceptedOnce(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (first, second) = (try await stage.first.open(), try await stage.second.open())
            let (execution, change) = stage.accept(key: "key")
            _ = try await stage.first.journal.commit(stage.first.batch(first, [change]))
            let (bystander, innocent) = stage.accept()
            let (_, sameKey) = stage.accept(key: "key", at: 5)
            let (_, sameID) = stage.accept(key: "other", id: execution.state.id, at: 5)
            for copy in [sameKey, sameID] {
                let code = await code { () throws(JournalError) in
                    _ = try await stage.second.journal.commit(stage.second.batch(second, [innocent, copy]))
                }
                #expect(code == .alreadyAccepted)
            }
            let found = try await stage.first.journal.findAccepted(
                keys: ["other"], ids: [bystander.state.id], for: first)
            #expect(found.isEmpty, "nothing of a refused batch is committed")
        }
    }

    @Test(arguments: JournalKind.allCases)
    func anExecutionRunsToItsEndAndAnswersEverybody(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, change) = stage.accept(key: "key")
            let id = execution.state.id
            _ = try await journal.commit(party.batch(writer, [change]))
            let callers = [
                ReplyAddress(replyTo: "one", correlationID: nil), ReplyAddress(replyTo: "one", correlationID: "x"),
            ]
            for caller in callers + [callers[0]] {
                #expect(try await stage.second.journal.attach(caller, to: id) == nil)
            }
            var position: Int64 = 6
            for (step, output) in [(1, "of b"), (0, "of a")] as [(Int, JSONValue)] {
                change = execution.answer(step, .success(output), at: position)
                position += Int64(change.events.count)
                #expect(try await journal.commit(party.batch(writer, [change])) == CommitReceipt())
            }
            change = execution.answer(2, .success("of c"), at: position)
            let receipt = try await journal.commit(party.batch(writer, [change]))
            #expect(receipt.furtherCallers.keys.elementsEqual([id]))
            #expect(Set(receipt.furtherCallers[id] ?? []) == Set(callers))
            #expect(receipt.furtherCallers[id]?.count == 2)
            let result = try #require(ExecutionResult(execution.state))
            #expect(result == .success(id, output: ["a": "of a", "b": "of b", "c": "of c"]))
            #expect(try await journal.attach(callers[0], to: id) == result)
            #expect(try await journal.findAccepted(keys: ["key"], ids: [], for: writer).map(\.result) == [result])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func anOldTokenCommitsNothing(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (good, acceptGood) = stage.accept()
            var (bad, acceptBad) = stage.accept(at: 6)
            _ = try await journal.commit(party.batch(writer, [acceptGood, acceptBad]))
            let (goodBefore, (fresh, acceptFresh)) = (good, stage.accept(at: 15))
            let changes = [
                good.answer(0, .success(1), at: 11), bad.answer(0, .success(1), token: 7, at: 13), acceptFresh,
            ]
            let failed = await code { () throws(JournalError) in
                _ = try await journal.commit(party.batch(writer, changes))
            }
            #expect(failed == .leasesLost([bad.state.id]))
            #expect(try await journal.findAccepted(keys: [], ids: [fresh.state.id], for: writer).isEmpty)
            // The same change goes through by itself, so nothing of it was kept.
            good = goodBefore
            _ = try await journal.commit(party.batch(writer, [good.answer(0, .success(1), at: 11)]))
        }
    }

    @Test(arguments: JournalKind.allCases)
    func onlyAWriterOfOnesOwnCommits(kind: JournalKind) async throws {
        try await kind.run { stage in
            let writer = try await stage.first.open()
            let (_, change) = stage.accept()
            let unknown = WriterID(rawValue: writer.rawValue + 1000)
            for (party, id) in [(stage.first, unknown), (stage.second, writer)] {
                let code = await code { () throws(JournalError) in
                    _ = try await party.journal.commit(party.batch(id, [change]))
                }
                #expect(code == .writerLost)
            }
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change]))
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aBatchIsAppliedOnce(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (party, journal) = (stage.first, stage.first.journal)
            let writer = try await party.open()
            var (execution, accept) = stage.accept()
            _ = try await journal.commit(party.batch(writer, [accept]))
            let again = await code { () throws(JournalError) in
                _ = try await journal.commit(party.batch(writer, [accept]))
            }
            #expect(again == .alreadyAccepted)
            let answer = execution.answer(0, .success(1), at: 6)
            _ = try await journal.commit(party.batch(writer, [answer]))
            let once = await code { () throws(JournalError) in
                _ = try await journal.commit(party.batch(writer, [answer]))
            }
            #expect(once == .refused)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func aWriterThatIsOpenedAgainIsTheSame(kind: JournalKind) async throws {
        try await kind.run { stage in
            // As after a connection that broke before the answer came.
            let writer = try await stage.first.open()
            #expect(try await stage.first.open() == writer)
            #expect(try await stage.second.open() != writer)
            let (_, change) = stage.accept()
            _ = try await stage.first.journal.commit(stage.first.batch(writer, [change]))
        }
    }
}
