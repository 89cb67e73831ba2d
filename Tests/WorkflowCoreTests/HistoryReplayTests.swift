import PerdureJSON
import Testing

@testable import WorkflowCore

/// What a changed definition would have made of executions that have ended.
@Suite struct HistoryReplayTests {
    private static let base = """
        workflow: w
        steps:
          a: { agent: work, with: { x: "${ input.x }" }, retry: { max_attempts: 2, delay: 1s } }
          b: { needs: [a], when: "${ steps.a.output.n > 1 }", agent: work, with: { n: "${ steps.a.output.n }" } }
          c: { needs: [b], when: true, set: "${ steps.a.output.n + 1 }" }
        output: "${ steps.c.output }"
        """

    /// Runs a definition: each call is answered a second after the one before.
    private func record(
        _ yaml: String, input: JSONValue = ["x": 1], _ answers: [(String, AgentAnswer)],
        then: (inout Run) throws -> Void = { _ in }
    ) throws -> ExecutionRecord {
        var run = try Run(yaml, input: input)
        run.handle(.accepted)
        var now = noon
        for (name, answer) in answers {
            now = now.advanced(byMicroseconds: 1_000_000)
            let index = try run.index(of: name)
            if run.state.steps[index].status == .waiting {
                now = max(now, try #require(run.state.steps[index].dueAt)).advanced(byMicroseconds: 1)
                run.handle(.timerFired(.retry(step: index, attempt: run.state.steps[index].attempt)), now: now)
                now = now.advanced(byMicroseconds: 1_000_000)
            }
            run.handle(.answered(step: index, attempt: run.state.steps[index].attempt, answer), now: now)
        }
        try then(&run)
        try #require(run.state.status.isTerminal, "\(run.state.status)")
        return ExecutionRecord(run.state, events: run.events)
    }

    private func verdict(
        _ record: ExecutionRecord, _ yaml: String, original: String? = base
    ) throws -> HistoryVerdict {
        HistoryReplay.verdict(on: record, under: try load(yaml), original: try original.map(load))
    }

    /// The messages of what differs; nil when nothing does.
    private func messages(
        _ record: ExecutionRecord, _ yaml: String, original: String? = base
    ) throws -> [String]? {
        switch try verdict(record, yaml, original: original) {
        case .same: return nil
        case .differs(let differences): return differences.map(\.message)
        case .incomparable(let reason): return ["incomparable: \(reason)"]
        }
    }

    private static let luck: [(String, AgentAnswer)] = [("a", .success(["n": 5])), ("b", .success("fine"))]
    private static let flaky = WorkflowError(code: .init(rawValue: "FLAKY"), message: "no luck")

    @Test func nothingDiffersWhereNothingChanged() throws {
        let luck = try record(Self.base, Self.luck)
        #expect(try verdict(luck, Self.base) == .same)
        #expect(try verdict(luck, "version: 2\n" + Self.base, original: nil) == .same)
        let skipped = try record(Self.base, [("a", .success(["n": 1]))])
        #expect(try verdict(skipped, Self.base) == .same)
        let again = try record(Self.base, [("a", .failure(Self.flaky))] + Self.luck)
        #expect(again.events.contains { $0.type == .stepRetryScheduled })
        #expect(try verdict(again, Self.base) == .same)
        let failed = try record(Self.base, [("a", .failure(Self.flaky)), ("a", .failure(Self.flaky))])
        #expect(failed.status == .failed)
        #expect(try verdict(failed, Self.base) == .same)
        let cancelled = try record(Self.base, [("a", .success(["n": 5]))]) {
            $0.handle(.cancelRequested(reason: "enough"), now: noon.advanced(byMicroseconds: 9_000_000))
        }
        #expect(try verdict(cancelled, Self.base) == .same)
    }

    @Test(arguments: [
        ("x: \"${ input.x }\"", "x: \"${ input.x + 1 }\"", ["'a' would get other arguments, the first at 'x'"]),
        (
            "n: \"${ steps.a.output.n }\"", "n: \"${ steps.a.output.n }\", m: 1",
            ["'b' would get other arguments, the first at 'm'"]
        ),
        (
            "needs: [a], when: \"${ steps.a.output.n > 1 }\", agent: work",
            "needs: [a], when: \"${ steps.a.output.n > 1 }\", agent: summarize",
            ["'b' would call the agent 'summarize' and not 'work'"]
        ),
        ("n > 1", "n > 7", ["'b' would end as SKIPPED, and had ended as SUCCESS"]),
        (
            "n + 1", "n + 2",
            ["'c' would give something else", "the execution would give something else"]
        ),
        (
            "output: \"${ steps.c.output }\"", "output: { c: \"${ steps.c.output }\" }",
            ["the execution would give something else"]
        ),
        (
            "  c: {", "  d: { needs: [a], agent: work }\n  c: {",
            ["'d' would call the agent 'work', and there is no recorded answer"]
        ),
        ("  c: {", "  d: { needs: [a], set: 1 }\n  c: {", ["'d' would be there, and end as SUCCESS"]),
        (
            "  c: {", "  d: { needs: [b], signal: go }\n  c: {",
            ["'d' would wait for the signal 'go', which had not come"]
        ),
        (
            "n: \"${ steps.a.output.n }\"", "n: \"${ steps.a.output.m }\"",
            [
                "'b' would end as FAILED (EXPRESSION_ERROR), and had ended as SUCCESS",
                "'c' would end as CANCELLED, and had ended as SUCCESS",
                "the execution would end as FAILED (EXPRESSION_ERROR), and had ended as SUCCESS",
            ]
        ),
    ])
    func whatDiffers(_ old: String, _ new: String, _ expected: [String]) throws {
        #expect(try messages(try record(Self.base, Self.luck), Self.base.replacing(old, with: new)) == expected)
    }

    @Test func stepsThatAreGone() throws {
        let changed = """
            workflow: w
            steps:
              a: { agent: work, with: { x: "${ input.x }" } }
              c: { needs: [a], set: "${ steps.a.output.n + 1 }" }
            output: "${ steps.c.output }"
            """
        #expect(
            try messages(try record(Self.base, Self.luck), changed)
                == ["'b' would not be there, and had ended as SUCCESS"])
        #expect(try messages(try record(Self.base, [("a", .success(["n": 1]))]), changed) == nil, "it was skipped")
    }

    @Test func otherRetries() throws {
        let failed = try record(Self.base, [("a", .failure(Self.flaky)), ("a", .failure(Self.flaky))])
        #expect(
            try messages(failed, Self.base.replacing("max_attempts: 2", with: "max_attempts: 3"))
                == ["'a', attempt 3, would call the agent 'work', and there is no recorded answer"])
        let again = try record(Self.base, [("a", .failure(Self.flaky))] + Self.luck)
        #expect(
            try messages(again, Self.base.replacing(", retry: { max_attempts: 2, delay: 1s }", with: ""))?.first
                == "'a' would end as FAILED (FLAKY), and had ended as SUCCESS")
        // Another delay is no other way.
        #expect(try messages(again, Self.base.replacing("delay: 1s", with: "delay: 1h")) == nil)
        let handled = Self.base.replacing("retry: {", with: "on_error: continue, retry: {")
            .replacing("steps.a.output.n > 1", with: "steps.a.status == 'FAILED'")
        #expect(
            try messages(failed, handled)?.first
                == "'b' would end as FAILED (EXPRESSION_ERROR), and had ended as CANCELLED")
    }

    @Test func otherTimeLimits() throws {
        func limited(_ run: String) -> String {
            Self.base.replacing("retry: {", with: "timeout: { run: \(run) }, retry: {")
        }
        let slow = try record(Self.base, []) { run in
            let later = noon.advanced(byMicroseconds: 60_000_000)
            try run.succeed("a", ["n": 1], now: later)
        }
        #expect(try messages(slow, limited("5m")) == nil)
        #expect(
            try messages(slow, limited("30s"))?.first
                == "'a', attempt 2, would call the agent 'work', and there is no recorded answer")
        // It may have waited for a worker for most of that time, as the definition shows that it ran.
        #expect(try messages(slow, limited("30s"), original: limited("30s")) == nil)
        let late = WorkflowError(code: .timeout, message: "The attempt took longer than 30s.")
        let ended = try record(limited("30s"), []) { run in
            for attempt in 1...2 {
                let time = noon.advanced(byMicroseconds: Int64(attempt) * 40_000_000)
                if attempt == 2 { run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: time) }
                try run.fail("a", late, now: time.advanced(byMicroseconds: 30_100_000))
            }
        }
        #expect(ended.error?.code == .timeout)
        #expect(try messages(ended, limited("30s"), original: limited("30s")) == nil)
        #expect(try messages(ended, limited("20s"), original: limited("30s")) == nil)
        #expect(
            try messages(ended, limited("40s"), original: limited("30s"))
                == ["'a' had failed with TIMEOUT and would have more time, and there is no recorded answer"])
        let whole = try record(Self.base, Self.luck)
        #expect(try messages(whole, Self.base + "\ntimeout: 1h") == nil)
        #expect(
            try messages(
                try record(Self.base, []) { run in
                    try run.succeed("a", ["n": 1], now: noon.advanced(byMicroseconds: 7_200_000_000))
                }, Self.base + "\ntimeout: 1h")?.last
                == "the execution would end as FAILED (EXECUTION_TIMEOUT), and had ended as SUCCESS")
    }

    private static let approval = """
        workflow: w
        steps:
          go: { signal: { name: approved, timeout: 1h, on_timeout: continue } }
          pause: { needs: [go], wait: 10m }
          end: { needs: [pause], agent: work, with: { by: "${ steps.go.output.payload }" } }
        """

    @Test func signalsAndWaits() throws {
        func recorded(after microseconds: Int64?) throws -> ExecutionRecord {
            try record(Self.approval, []) { run in
                var now = noon.advanced(byMicroseconds: microseconds ?? 3_600_000_000)
                run.handle(
                    microseconds == nil
                        ? .timerFired(.wait(step: 0)) : .signalReceived(name: "approved", payload: "ann"),
                    now: now)
                now = now.advanced(byMicroseconds: 600_000_000)
                run.handle(.timerFired(.wait(step: 1)), now: now)
                try run.succeed("end", now: now.advanced(byMicroseconds: 5))
            }
        }
        let (early, never) = (try recorded(after: 60_000_000), try recorded(after: nil))
        for record in [early, never] {
            #expect(try messages(record, Self.approval, original: Self.approval) == nil)
            // A wait may take another time and nothing else be different.
            #expect(try messages(record, Self.approval.replacing("10m", with: "2h"), original: Self.approval) == nil)
        }
        #expect(
            try messages(early, Self.approval.replacing("timeout: 1h", with: "timeout: 30s"), original: Self.approval)
                == [
                    "'go' would give something else, the first difference at 'payload'",
                    "'end' would get other arguments, the first at 'by'",
                    "the execution would give something else, the first difference at 'go.payload'",
                ])
        #expect(
            try messages(
                early, Self.approval.replacing(", timeout: 1h, on_timeout: continue", with: ""), original: Self.approval
            )
                == nil)
        #expect(
            try messages(
                never, Self.approval.replacing(", timeout: 1h, on_timeout: continue", with: ""), original: Self.approval
            )
                == ["'go' would wait for the signal 'approved', which had not come"])
        #expect(
            try messages(
                early, Self.approval.replacing("name: approved", with: "name: agreed"), original: Self.approval)?.first
                == "'go' would give something else, the first difference at 'payload'")
    }

    @Test func itemsAndCompensations() throws {
        let saga = """
            workflow: w
            steps:
              each:
                foreach: { in: "${ input.list }" }
                agent: work
                with: { x: "${ item }" }
                compensate: { agent: work, with: { x: "${ item }" } }
              last: { needs: [each], agent: work }
            """
        let good = try record(
            saga, input: ["list": [1, 2, 3]], (0..<3).map { ("each[\($0)]", .success("o")) } + [("last", .success(1))])
        #expect(try messages(good, saga, original: saga) == nil)
        #expect(
            try messages(good, saga.replacing("input.list }", with: "input.list.filter(i, i > 1) }"), original: saga)?
                .first
                == "'each' would have another list")
        #expect(
            try messages(
                good, saga.replacing("with: { x: \"${ item }\" }\n", with: "with: { x: \"${ item + 1 }\" }\n"),
                original: saga)
                == Array(repeating: "'each' would get other arguments, the first at 'x'", count: 3))
        let undone = try record(
            saga, input: ["list": [1]],
            [("each[0]", .success("o")), ("last", .failure(Self.flaky)), ("each[0].compensate", .success(1))])
        #expect(undone.status == .failed && undone.steps.contains { $0.status == .compensated })
        #expect(try messages(undone, saga, original: saga) == nil)
        let onFailure = saga + "\non_failure: { agent: work }"
        #expect(
            try messages(undone, onFailure, original: saga)?.first
                == "'workflow.on_failure' would call the agent 'work', and there is no recorded answer")
        #expect(
            try messages(
                undone, saga.replacing("    compensate: { agent: work, with: { x: \"${ item }\" } }\n", with: ""),
                original: saga)?
                .contains("'each.compensate' would not be there, and had ended as SUCCESS") == true)
    }

    /// Whether there is a slot depends on others, so it starts when it did.
    @Test func turnsAreAsTheyWere() throws {
        let limited = "concurrency: { key: \"${ string(input.x) }\", limit: 1 }\n" + Self.base
        var run = try Run(limited, input: ["x": 1])
        run.handle(.queued(key: "1"))
        let turn = noon.advanced(byMicroseconds: 3_600_000_000)
        run.handle(.slotGranted, now: turn)
        try run.succeed("a", ["n": 5], now: turn.advanced(byMicroseconds: 1_000_000))
        try run.succeed("b", "fine", now: turn.advanced(byMicroseconds: 2_000_000))
        let record = ExecutionRecord(run.state, events: run.events)
        #expect(record.status == .success && record.events.first?.type == .executionQueued)
        for yaml in [limited, Self.base, limited + "\ntimeout: 1m"] {
            #expect(try messages(record, yaml, original: limited) == nil)
        }
        #expect(
            try messages(record, limited.replacing("n + 1", with: "n + 2"), original: limited)?.first
                == "'c' would give something else")
        var refused = try Run(limited, input: ["x": 1])
        refused.handle(.slotRefused)
        #expect(
            try verdict(ExecutionRecord(refused.state, events: refused.events), Self.base)
                == .incomparable("it ended before it had started"))
    }

    @Test func inputsThatWouldBeRejected() throws {
        let found = try messages(
            try record(Self.base, Self.luck),
            "input: { properties: { x: { type: string } } }\n"
                + Self.base.replacing("${ input.x }", with: "${ input.x + '' }"))
        #expect(
            found?.count == 1 && found?[0].hasPrefix("the request would be rejected: The field 'input/x'") == true,
            "\(String(describing: found))")
    }

    @Test func whatCannotBeCompared() throws {
        let whole = try record(Self.base, Self.luck)
        func with(_ events: [JournalEvent], _ status: ExecutionStatus = .success) -> ExecutionRecord {
            ExecutionRecord(
                id: whole.id, workflow: whole.workflow, status: status, input: whole.input, createdAt: whole.createdAt,
                completedAt: whole.completedAt, output: whole.output, error: nil, steps: whole.steps, events: events)
        }
        let gone = HistoryVerdict.incomparable("its events are not kept any more")
        #expect(try verdict(with([]), Self.base) == gone)
        #expect(try verdict(with(Array(whole.events.dropFirst())), Self.base) == gone)
        let unstarted = try record(Self.base, []) { $0.handle(.cancelRequested(reason: nil)) }
        #expect(try verdict(unstarted, Self.base) == .same)
        let ended = JournalEvent(sequence: 1, type: .executionCancelled, timestamp: noon, payload: Array("{}".utf8))
        #expect(try verdict(with([ended], .cancelled), Self.base) == .incomparable("it ended before it had started"))
        #expect(try verdict(with(Array(whole.events.dropLast())), Self.base) == gone)
        #expect(try verdict(with(whole.events.filter { $0.sequence != 4 }), Self.base) == gone)
        #expect(try verdict(with(whole.events, .running), Self.base) == .incomparable("it has not ended"))
        let lost = try record(Self.base, []) { run in
            for _ in 0...Limits.interruptionsPerStep { run.handle(.takenOver(interrupted: true)) }
        }
        #expect(
            try messages(lost, Self.base)
                == ["incomparable: 'a' lost its coordinator too often, and what its agent gave is not known"])
    }
}
