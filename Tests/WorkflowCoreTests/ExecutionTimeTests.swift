import PerdureJSON
import Testing

@testable import WorkflowCore

/// Delays that agents ask for, and executions that may take only so long.
@Suite struct ExecutionTimeTests {
    private static func later(_ seconds: Int64) -> Timestamp { noon.advanced(byMicroseconds: seconds * 1_000_000) }

    /// So long after the start, which is a microsecond after the request was accepted.
    private static func sinceStart(_ seconds: Int64) -> Timestamp { later(seconds).advanced(byMicroseconds: 1) }

    private static func failure(retryAfter: Duration?) -> WorkflowError {
        WorkflowError(code: .agentError, message: "busy", retryAfter: retryAfter)
    }

    // MARK: - Retry after

    @Test(
        arguments: [
            (nil, 10), (.seconds(3), 10), (.seconds(30), 30), (.milliseconds(10_500), 10.5), (.seconds(-5), 10),
            // A day at most, so that a slip of a service does not put a step off for years.
            (.seconds(Int64.max), 86_400), (.seconds(90_000), 86_400),
        ] as [(Duration?, Double)])
    func theLongerDelayHolds(asked: Duration?, seconds: Double) throws {
        var run = try Run(
            "workflow: w\nsteps: { a: { agent: work, retry: { delay: 10s, max_delay: 20s, jitter: none } } }")
        run.handle(.accepted)
        let failed = try run.fail("a", Self.failure(retryAfter: asked))
        #expect(failed.timers.map(\.due) == [noon.advanced(byMicroseconds: Int64(seconds * 1_000_000))])
        #expect(try failed.events[1].json["delay_ms"] == .int(Int64(seconds * 1000)))
        let isAsked = asked.map { $0 > .zero } ?? false
        #expect(try (failed.events[0].json["retry_after_ms"] != nil) == isAsked)
        // What is stored is the same in every owner's memory.
        #expect(try run.step("a").error?.retryAfter == nil && run.state == run.state.reloaded())
    }

    @Test(arguments: [
        "workflow: w\nsteps: { a: { agent: work } }",
        "workflow: w\nsteps: { a: { agent: work, retry: { except: [AGENT_ERROR] } } }",
        "workflow: w\nsteps: { a: { agent: work, retry: {}, timeout: { total: 1m } } }",
        "workflow: w\ntimeout: 1m\nsteps: { a: { agent: work, retry: {} } }",
    ])
    func anAgentCannotAskForAnAttemptThatThePolicyDoesNotGive(definition: String) throws {
        var run = try Run(definition)
        run.handle(.accepted)
        #expect(try run.fail("a", Self.failure(retryAfter: .seconds(61))).lines.last == "EXECUTION_FAILED")
        #expect(run.state.error?.code == .agentError)
    }

    // MARK: - The timeout of an execution

    private static let limited = """
        workflow: w
        timeout: 10m
        steps:
          a: { agent: work, retry: { delay: 1m, jitter: none } }
          b: { agent: work }
          c: { agent: work, needs: [a] }
        """

    @Test func theWholeExecutionHasADeadline() throws {
        var run = try Run(Self.limited)
        let accepted = run.handle(.accepted)
        let timer = ExecutionTimer(executionID: someID, purpose: .executionTimeout, due: Self.sinceStart(600))
        #expect(accepted.timers == [timer] && run.execution.awaits(.executionTimeout))
        #expect(accepted.invocations.map(\.deadline) == [timer.due, timer.due])
        try run.fail("a", Self.failure(retryAfter: nil))

        // Early, because a clock went back: the wait goes on.
        let early = run.handle(.timerFired(.executionTimeout), now: Self.later(599))
        #expect(early.timers == [timer] && !early.changesState)

        let over = run.handle(.timerFired(.executionTimeout), now: Self.sinceStart(600))
        #expect(over.lines == ["STEP_CANCELLED a", "STEP_CANCELLED b", "EXECUTION_FAILED"])
        #expect(over.abandonedSteps == [0, 1] && over.timers.isEmpty && over.changedSteps == [0, 1, 2])
        #expect(run.state.status == .failed && run.state.error?.code == .executionTimeout)
        #expect(run.state.error?.message.contains("longer than the 10m of its workflow's 'timeout'") == true)
        #expect(run.state.error?.step == nil && run.state.steps.allSatisfy { $0.status == .cancelled })
        #expect(!run.execution.awaits(.executionTimeout))
        #expect(run.handle(.timerFired(.executionTimeout), now: Self.later(601)) == Decision())
        #expect(run.handle(.answered(step: 1, attempt: 1, .success(1)), now: Self.later(601)) == Decision())
    }

    @Test func theDeadlineIsThatOfTheStepWhenItIsEarlier() throws {
        var run = try Run(
            """
            workflow: w
            timeout: 10m
            steps:
              a: { agent: work, timeout: { total: 1m } }
              b: { agent: work, needs: [a], timeout: { total: 1h } }
            """)
        let first = run.handle(.accepted).invocations
        #expect(first.map(\.deadline) == [try run.step("a").startedAt?.advanced(byMicroseconds: 60_000_000)])
        #expect(try run.succeed("a", 1, now: Self.later(30)).invocations.map(\.deadline) == [Self.sinceStart(600)])
    }

    @Test(arguments: [true, false])
    func theHeirHasTheSameDeadline(interrupted: Bool) throws {
        var run = try Run(Self.limited)
        let accepted = run.handle(.accepted)
        try run.fail("a", Self.failure(retryAfter: nil))
        try run.reload()
        let resumed = run.handle(.takenOver(interrupted: interrupted), now: Self.later(20))
        #expect(resumed.timers.first == accepted.timers[0] && resumed.timers.count == 2)
        #expect(resumed.invocations.map(\.deadline) == [Self.sinceStart(600)])
    }

    @Test func anHeirThatComesTooLateCallsNobody() throws {
        var run = try Run(Self.limited)
        run.handle(.accepted)
        try run.reload()
        let resumed = run.handle(.takenOver(interrupted: true), now: Self.later(601))
        #expect(resumed.lines == ["STEP_CANCELLED a", "STEP_CANCELLED b", "EXECUTION_FAILED"])
        #expect(resumed.invocations.isEmpty && resumed.timers.isEmpty)
        #expect(run.state.error?.code == .executionTimeout)
        // That a coordinator died meanwhile says nothing about the steps.
        #expect(run.state.steps.allSatisfy { $0.interruptions == 0 })
    }

    @Test func anExecutionThatEndsBeforeWaitsForNothing() throws {
        var run = try Run("workflow: w\ntimeout: 1s\nsteps: { a: { agent: work } }")
        run.handle(.accepted)
        #expect(try run.succeed("a", 1).lines.last == "EXECUTION_COMPLETED")
        #expect(!run.execution.awaits(.executionTimeout))
        #expect(run.handle(.timerFired(.executionTimeout), now: Self.later(2)) == Decision())
    }

    @Test(arguments: [
        (
            "30",
            "test.yaml:2:10: timeout: A duration is a number with a unit, e.g. 500ms, 30s, 10m, 2h, 1d or 1h30m; found 30."
        ),
        ("0s", "test.yaml:2:10: timeout: A duration must be above zero; found \"0s\"."),
        ("{ run: 1s }", "test.yaml:2:10: timeout: A duration is a number with a unit"),
    ])
    func mistakesAreNamed(timeout: String, message: String) {
        let found = summaries("workflow: w\ntimeout: \(timeout)\nsteps: { a: { agent: work } }")
        #expect(found.count == 1 && found[0].hasPrefix(message), "\(found)")
    }

    // MARK: - Priority

    @Test(arguments: [(nil, 4), (0, 0), (9, 9)] as [(Int?, Int)])
    func callsHaveThePriorityOfTheirRequest(asked: Int?, expected: Int) throws {
        let definition = try load("workflow: w\nsteps: { a: { agent: work } }")
        let state = ExecutionState(
            id: someID, workflow: definition.reference, stepNames: ["a"], input: [:], priority: asked, createdAt: noon)
        var execution = Execution(definition: definition, state: state)
        #expect(execution.handle(.accepted, now: noon).invocations.map(\.priority) == [expected])
        execution = Execution(definition: definition, state: try execution.state.reloaded())
        #expect(execution.handle(.takenOver(interrupted: false), now: noon).invocations.map(\.priority) == [expected])
    }
}
