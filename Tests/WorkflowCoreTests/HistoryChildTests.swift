import PerdureJSON
import Testing

@testable import WorkflowCore

/// What a changed definition would have made of executions whose steps had started others.
@Suite struct HistoryChildTests {
    private static let base = """
        workflow: w
        steps:
          each:
            foreach: { in: [1, 2], tolerate: 1 }
            workflow: other
            with: { n: "${ item }" }
            retry: { max_attempts: 2, delay: 1s, jitter: none }
            timeout: { run: 10s }
          last: { needs: [each], set: "${ steps.each.output }" }
        output: "${ steps.last.output }"
        """

    private static func later(_ seconds: Int64) -> Timestamp { noon.advanced(byMicroseconds: seconds * 1_000_000) }

    /// Of the first item the first child fails, and the second gives something; the child of the second item takes too long twice.
    private func record() throws -> ExecutionRecord {
        var run = try Run(Self.base)
        func start(_ decision: Decision, at time: Timestamp) {
            for child in decision.children {
                let reference = WorkflowReference(id: "other", version: 4, contentHash: "h")
                run.handle(
                    .childStarted(step: child.parent.step, attempt: child.parent.attempt, reference), now: time)
            }
        }
        let children = run.handle(.accepted).children
        for child in children {
            let reference = WorkflowReference(id: "other", version: 4, contentHash: "h")
            run.handle(.childStarted(step: child.parent.step, attempt: 1, reference))
        }
        let (first, second) = (children[0], children[1])
        let error = WorkflowError(code: .init(rawValue: "BROKEN"), message: "No.")
        run.handle(
            .childEnded(step: first.parent.step, attempt: 1, .failure(first.id, status: .failed, error)),
            now: Self.later(1))
        let again = run.handle(.timerFired(.retry(step: first.parent.step, attempt: 1)), now: Self.later(2))
        start(again, at: Self.later(2))
        run.handle(
            .childEnded(step: first.parent.step, attempt: 2, .success(again.children[0].id, output: "one")),
            now: Self.later(3))
        run.handle(.timerFired(.childTimeout(step: second.parent.step, attempt: 1)), now: Self.later(11))
        let retried = run.handle(.timerFired(.retry(step: second.parent.step, attempt: 1)), now: Self.later(12))
        start(retried, at: Self.later(12))
        run.handle(.timerFired(.childTimeout(step: second.parent.step, attempt: 2)), now: Self.later(23))
        try #require(run.state.status == .success && run.state.output == ["one", .null])
        return ExecutionRecord(run.state, events: run.events)
    }

    private func messages(_ old: String, _ new: String) throws -> [String]? {
        let text = Self.base.replacing(old, with: new)
        try #require(text != Self.base || old == new)
        switch HistoryReplay.verdict(on: try record(), under: try load(text), original: try load(Self.base)) {
        case .same: return nil
        case .differs(let differences): return differences.map(\.message)
        case .incomparable(let reason): return ["incomparable: \(reason)"]
        }
    }

    @Test func nothingDiffersWhereNothingChanged() throws {
        #expect(try messages("", "") == nil)
        #expect(try messages("output: ", "on_failure: { agent: work }\noutput: ") == nil)
    }

    @Test func otherWorkflowsAndInputsAreSeen() throws {
        #expect(
            try messages("workflow: other", "workflow: another") == [
                "'each' would run the workflow 'another' and not 'other'",
                "'each' would run the workflow 'another' and not 'other'",
            ])
        #expect(
            try messages("n: \"${ item }\"", "n: \"${ item + 1 }\"") == [
                "'each' would get other arguments, the first at 'n'",
                "'each' would get other arguments, the first at 'n'",
            ])
    }

    @Test func anotherAttemptHasNoRecordedAnswer() throws {
        let found = try #require(try messages("max_attempts: 2", "max_attempts: 3"))
        #expect(
            found.first
                == "'each', attempt 3, would run the workflow 'other', and there is no recorded answer", "\(found)")
    }

    @Test func childrenAreSeenWhereThereWasAnAgent() throws {
        var run = try Run("workflow: w\nsteps: { a: { agent: work } }")
        run.handle(.accepted)
        try run.succeed("a", 5)
        let record = ExecutionRecord(run.state, events: run.events)
        let verdict = HistoryReplay.verdict(
            on: record, under: try load("workflow: w\nsteps: { a: { workflow: other } }"))
        guard case .differs(let differences) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(
            differences.first?.message == "'a' would run the workflow 'other', and there is no recorded answer",
            "\(differences)")
    }
}
