import Testing

@testable import WorkflowBenchmark

@Suite struct BookkeepingTests {
    private let success = Array(#"{"status":"SUCCESS","execution_id":"…"}"#.utf8)

    @Test func `requests are measured from when they count to their first answer`() {
        var book = RequestBook()
        book.send(at: 1000)
        book.send(at: 2000)
        book.send(at: 3000)
        book.answer(correlationID: "1", body: success, at: 2500)
        book.answer(correlationID: "0", body: success, at: 4000)
        book.answer(correlationID: "1", body: success, at: 9000)
        #expect(book.sent == 3 && book.answered == 2 && book.duplicates == 1 && book.failures == 0)
        #expect(book.lastAnswerAt == 4000)
        #expect(book.samples(from: 0).percentile(0) == 500)
        #expect(book.samples(from: 0).maximum == 3000)
        #expect(book.samples(from: 1).count == 1, "what warmed up is left out, and what is unanswered")
    }

    @Test func `answers that are no success, and those nobody asked for, are counted`() {
        var book = RequestBook()
        book.send(at: 1)
        book.answer(correlationID: "0", body: Array(#"{"status":"FAILED"}"#.utf8), at: 2)
        book.answer(correlationID: "1", body: success, at: 2)
        book.answer(correlationID: nil, body: success, at: 2)
        #expect(book.failures == 1 && book.strays == 2 && book.answered == 1)
        #expect(book.firstFailure == #"{"status":"FAILED"}"#)
    }

    @Test func `first copies in order are neither duplicates nor out of order`() {
        var tally = EventTally(expectedExecutions: 2)
        let one = "019ab3c4-0000-7000-8000-00000000000a"
        let two = "019ab3c4-0000-7000-8000-00000000000b"
        for id in [one + "/1", two + "/1", one + "/2", two + "/2", one + "/3"] { tally.count(messageID: id) }
        #expect(tally.received == 5 && tally.distinct == 5)
        #expect(tally.duplicates == 0 && tally.outOfOrder == 0 && tally.unreadable == 0)
        tally.count(messageID: one + "/2")
        #expect(tally.duplicates == 1 && tally.distinct == 5)
        tally.count(messageID: two + "/4")
        #expect(tally.outOfOrder == 1, "3 has not come")
    }

    @Test func `a message with several events counts for each of them`() {
        var tally = EventTally(expectedExecutions: 1)
        let id = "019ab3c4-0000-7000-8000-00000000000a"
        tally.count(messageID: id + "/3", first: 1)
        tally.count(messageID: id + "/7", first: 4)
        #expect(tally.received == 2 && tally.distinct == 7 && tally.duplicates == 0 && tally.outOfOrder == 0)
        tally.count(messageID: id + "/9", first: 6)
        #expect(tally.distinct == 9 && tally.duplicates == 2, "a successor has cut the messages differently")
        tally.count(messageID: id + "/12", first: 11)
        #expect(tally.outOfOrder == 1 && tally.distinct == 11)
        tally.count(messageID: id + "/2", first: 3)
        #expect(tally.unreadable == 1)
    }

    @Test(arguments: [
        "", "x", "019ab3c4-0000-7000-8000-00000000000a", "019ab3c4-0000-7000-8000-00000000000a/",
        "019ab3c4-0000-7000-8000-00000000000g/1", "019ab3c4-0000-7000-8000-00000000000a/x", "019ab3c4/1",
    ])
    func `what is no event's id is told`(id: String) {
        var tally = EventTally(expectedExecutions: 1)
        tally.count(messageID: id)
        tally.count(messageID: nil)
        #expect(tally.unreadable == 2 && tally.distinct == 0)
    }

    @Test func `a check that fails says what is wrong`() {
        var book = RequestBook()
        var tally = EventTally(expectedExecutions: 1)
        book.send(at: 1)
        book.answer(correlationID: "0", body: success, at: 2)
        for sequence in 1...10 { tally.count(messageID: "019ab3c4-0000-7000-8000-00000000000a/\(sequence)") }
        let good = CorrectnessCheck.Found(
            executions: 1, successes: 1, events: 10, locks: 0, steps: 2, gaps: 0, unfinished: 0, commits: 3)
        func problems(_ found: CorrectnessCheck.Found, allowsDuplicates: Bool = false) -> [String] {
            CorrectnessCheck.problems(
                requested: 1, workflow: .chain(2), found: found, book: book, events: tally,
                allowsDuplicates: allowsDuplicates)
        }
        #expect(problems(good).isEmpty)
        let changes: [(inout CorrectnessCheck.Found) -> Void] = [
            { $0.executions = 2 }, { $0.successes = 0 }, { $0.events = 11 }, { $0.locks = 1 }, { $0.steps = 1 },
            { $0.gaps = 1 }, { $0.unfinished = 1 },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            #expect(!problems(bad).isEmpty, "\(bad)")
        }
        tally.count(messageID: "019ab3c4-0000-7000-8000-00000000000a/10")
        #expect(problems(good).count == 1, "an event came twice")
        #expect(problems(good, allowsDuplicates: true).isEmpty, "which is to be expected after a kill")
    }
}
