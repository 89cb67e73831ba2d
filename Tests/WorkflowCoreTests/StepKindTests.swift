import PerdureJSON
import Testing

@testable import WorkflowCore

/// Steps that compute, are skipped, or wait.
@Suite struct StepKindTests {
    private static func later(_ seconds: Int64) -> Timestamp { noon.advanced(byMicroseconds: seconds * 1_000_000) }

    // MARK: - set

    @Test func aValueIsComputedWithoutAnAgent() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { set: { sum: "${ input.x + 1 }", fixed: [1, two] } }
              b: { agent: work, needs: [a], with: { x: "${ steps.a.output.sum }" } }
              c: { set: "${ steps.b.output }", needs: [b] }
            """, input: ["x": 4])
        let decision = run.handle(.accepted)
        #expect(
            decision.lines == [
                "EXECUTION_STARTED", "STEP_STARTED a", "STEP_COMPLETED a", "STEP_STARTED b", "AGENT_INVOKED b",
            ])
        #expect(try run.step("a").output == ["sum": 5, "fixed": [1, "two"]])
        #expect(try run.step("a").status == .success && run.step("a").attempt == 1 && run.step("a").retryCount == 0)
        #expect(decision.invocations.map(\.arguments) == [["x": 5]] && decision.changedSteps == [0, 1])
        #expect(try decision.events[2].json["output"] == ["sum": 5, "fixed": [1, "two"]])
        #expect(run.state.currentStep == 1)
        #expect(
            try run.succeed("b", 7).lines == [
                "AGENT_RESPONSE b", "STEP_COMPLETED b", "STEP_STARTED c", "STEP_COMPLETED c", "EXECUTION_COMPLETED",
            ])
        #expect(run.state.output == ["a": ["sum": 5, "fixed": [1, "two"]], "b": 7, "c": 7])
    }

    @Test func aWorkflowThatOnlyComputesIsOverAtOnce() throws {
        var run = try Run("workflow: w\nsteps: { a: { set: 1 }, b: { set: '${ steps.a.output + 1 }', needs: [a] } }")
        let decision = run.handle(.accepted)
        #expect(decision.lines.last == "EXECUTION_COMPLETED" && run.state.output == ["a": 1, "b": 2])
        #expect(decision.invocations.isEmpty)
    }

    @Test func aChainOfAThousandValuesIsNoRecursion() throws {
        var yaml = "workflow: w\nsteps:\n  s0: { set: 1 }\n"
        for step in 1..<Limits.stepsPerWorkflow {
            yaml += "  s\(step): { set: '${ steps.s\(step - 1).output + 1 }', needs: [s\(step - 1)] }\n"
        }
        var run = try Run(yaml)
        run.handle(.accepted)
        #expect(run.state.status == .success && run.state.steps.last?.output == 1000)
    }

    @Test func aValueThatCannotBeComputedFailsItsStep() throws {
        var run = try Run("workflow: w\nsteps: { a: { set: '${ 1 / int(input.x) }' } }", input: ["x": 0])
        #expect(run.handle(.accepted).lines == ["EXECUTION_STARTED", "STEP_FAILED a", "EXECUTION_FAILED"])
        #expect(run.state.error?.code == .expressionError && run.state.error?.step == "a")
        #expect(run.state.error?.message.hasPrefix("The value of 'set' could not be computed: ") == true)
    }

    // MARK: - when

    private static let conditional = """
        workflow: w
        steps:
          a: { agent: work }
          b: { agent: work, needs: [a], when: "${ steps.a.output.go }" }
          c: { agent: work, needs: [b] }
          d: { agent: work, needs: [b], when: "${ steps.b.status == 'SKIPPED' && steps.b.output == null }" }
          e: { agent: work, needs: [c, d] }
        """

    @Test func aStepWhoseConditionDoesNotHoldIsSkippedAndSoAreItsDependants() throws {
        var run = try Run(Self.conditional)
        run.handle(.accepted)
        let decision = try run.succeed("a", ["go": false])
        #expect(
            decision.lines == [
                "AGENT_RESPONSE a", "STEP_COMPLETED a", "STEP_SKIPPED b", "STEP_SKIPPED c", "STEP_STARTED d",
                "AGENT_INVOKED d",
            ])
        #expect(try decision.events[2].json["reason"] == "the condition does not hold")
        #expect(try decision.events[3].json["reason"] == "'b' was skipped")
        #expect(decision.changedSteps == [0, 1, 2, 3])
        let skipped = try run.step("b")
        #expect(skipped.status == .skipped && skipped.attempt == 0 && skipped.startedAt == nil)
        #expect(skipped.completedAt == decision.events[2].timestamp && skipped.output == nil)
        // One of the needs of the last step was skipped, and it has no condition of its own.
        #expect(
            try run.succeed("d", "x").lines == [
                "AGENT_RESPONSE d", "STEP_COMPLETED d", "STEP_SKIPPED e", "EXECUTION_COMPLETED",
            ])
        #expect(run.state.output == ["a": ["go": false], "b": nil, "c": nil, "d": "x", "e": nil])
    }

    @Test func aStepWhoseConditionHoldsRuns() throws {
        var run = try Run(Self.conditional)
        run.handle(.accepted)
        #expect(try run.succeed("a", ["go": true]).called == ["b"])
        #expect(try run.succeed("b").lines.suffix(3) == ["STEP_STARTED c", "AGENT_INVOKED c", "STEP_SKIPPED d"])
        #expect(try run.succeed("c").lines.suffix(2) == ["STEP_SKIPPED e", "EXECUTION_COMPLETED"])
    }

    @Test func aConditionMustGiveTrueOrFalse() throws {
        var run = try Run("workflow: w\nsteps: { a: { agent: work, when: '${ input.x }' } }", input: ["x": "yes"])
        #expect(run.handle(.accepted).lines == ["EXECUTION_STARTED", "STEP_FAILED a", "EXECUTION_FAILED"])
        #expect(run.state.error?.message == "The condition 'when' must give true or false; it gave \"yes\".")
    }

    @Test(arguments: [true, false]) func aConditionMayBeFixed(value: Bool) throws {
        var run = try Run("workflow: w\nsteps: { a: { agent: work, when: \(value) } }")
        #expect(run.handle(.accepted).lines.last == (value ? "AGENT_INVOKED a" : "EXECUTION_COMPLETED"))
    }

    // MARK: - wait

    @Test(
        arguments: [
            ("5m", 300), ("{ for: 90s }", 90), ("'${ input.span }'", 120), ("'${ input.minutes }m'", 7 * 60),
            ("{ for: \"${ duration('1.5s') + duration('500ms') }\" }", 2),
            ("{ until: 2026-11-22T16:00:30Z }", 30), ("{ until: '2026-11-22T17:01:00+01:00' }", 60),
            ("{ until: '${ input.at }' }", 45), ("{ until: '${ timestamp(input.at) + duration(\"5s\") }' }", 50),
        ])
    func aWaitIsOverAtItsTime(wait: String, seconds: Int64) throws {
        var run = try Run(
            "workflow: w\nsteps: { a: { wait: \(wait) }, b: { agent: work, needs: [a] } }",
            input: ["span": "2m", "minutes": 7, "at": "2026-11-22T16:00:45Z"])
        let decision = run.handle(.accepted)
        let due = Self.later(seconds)
        #expect(decision.lines == ["EXECUTION_STARTED", "STEP_STARTED a"])
        #expect(try decision.events[1].json["until"] == .string(due.rfc3339))
        #expect(decision.timers == [ExecutionTimer(executionID: someID, purpose: .wait(step: 0), due: due)])
        #expect(decision.invocations.isEmpty && run.execution.awaits(.wait(step: 0)))
        #expect(try run.step("a").status == .waiting && run.step("a").dueAt == due)

        // Early, because a clock went back: the wait goes on.
        let early = run.handle(.timerFired(.wait(step: 0)), now: due.advanced(byMicroseconds: -1))
        #expect(early.timers == decision.timers && !early.changesState)

        let over = run.handle(.timerFired(.wait(step: 0)), now: due)
        #expect(over.lines == ["TIMER_FIRED a", "STEP_COMPLETED a", "STEP_STARTED b", "AGENT_INVOKED b"])
        #expect(over.events[0].type.cloudEventType == "perdure.timer.fired")
        #expect(try over.events[0].json["due"] == .string(due.rfc3339))
        #expect(try run.step("a").output == .null && run.step("a").dueAt == nil)
        #expect(run.handle(.timerFired(.wait(step: 0)), now: due) == Decision())
    }

    @Test(arguments: ["{ until: 2020-01-01T00:00:00Z }", "\"${ duration('-5s') }\"", "\"${ '0s' }\""])
    func aWaitWhoseTimeHasPassedIsOverAtOnce(wait: String) throws {
        var run = try Run("workflow: w\nsteps: { a: { wait: \(wait) } }")
        let decision = run.handle(.accepted)
        #expect(
            decision.lines == [
                "EXECUTION_STARTED", "STEP_STARTED a", "TIMER_FIRED a", "STEP_COMPLETED a", "EXECUTION_COMPLETED",
            ])
        #expect(decision.timers.isEmpty)
    }

    /// What is no duration in a definition is none in an input.
    @Test(arguments: ["1.5h", "1h1h", "1m1h", "+5m", "-5m", "5", "5 m", "1µs", "", "4000d"])
    func aDurationThatIsComputedIsWrittenAsAnyOther(text: String) throws {
        #expect(!errors(in: "workflow: w\nsteps: { a: { wait: '\(text)' } }").isEmpty)
        for wait in ["${ input.d }", "${ input.d }${ '' }"] {
            var run = try Run("workflow: w\nsteps: { a: { wait: \"\(wait)\" } }", input: ["d": .string(text)])
            #expect(run.handle(.accepted).lines == ["EXECUTION_STARTED", "STEP_FAILED a", "EXECUTION_FAILED"])
            let message = try #require(run.state.error?.message)
            #expect(message.hasPrefix("'wait' needs a duration of ten years at most"), "\(message)")
        }
    }

    @Test(arguments: ["duration('1.5h')", "duration('+5400s')", "duration('1h') + duration('1800000000us')"])
    func aDurationOfCELIsOneWhateverItsText(expression: String) throws {
        var run = try Run("workflow: w\nsteps: { a: { wait: \"${ \(expression) }\" } }")
        run.handle(.accepted)
        #expect(try run.step("a").dueAt == Self.later(5400))
    }

    @Test(arguments: [
        ("'${ input.x }'", "a duration of ten years at most"), ("\"${ '4000d' }\"", "a duration of ten years at most"),
        ("\"${ duration('90000h') }\"", "a duration of ten years at most"),
        ("{ until: '${ input.x }' }", "a time with a zone"), ("{ until: \"${ 'tomorrow' }\" }", "a time with a zone"),
    ]) func aWaitForNothingOfTheKindFails(wait: String, message: String) throws {
        var run = try Run("workflow: w\nsteps: { a: { wait: \(wait) } }", input: ["x": 5])
        #expect(run.handle(.accepted).lines == ["EXECUTION_STARTED", "STEP_FAILED a", "EXECUTION_FAILED"])
        #expect(run.state.error?.code == .expressionError && run.state.error?.message.contains(message) == true)
    }

    @Test(arguments: [true, false]) func anHeirGoesOnWaiting(interrupted: Bool) throws {
        var run = try Run("workflow: w\nsteps: { a: { wait: 1h } }")
        let accepted = run.handle(.accepted)
        try run.reload()
        let resumed = run.handle(.takenOver(interrupted: interrupted), now: Self.later(60))
        #expect(resumed.timers == accepted.timers && resumed.invocations.isEmpty && !resumed.changesState)
        #expect(run.handle(.timerFired(.wait(step: 0)), now: Self.later(3600)).lines.last == "EXECUTION_COMPLETED")
    }

    @Test func anExecutionThatOnlyWaitsShowsIt() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { agent: work }
              b: { wait: 1m }
              c: { agent: work, needs: [b] }
            """)
        let accepted = run.handle(.accepted)
        #expect(run.state.status == .running && !accepted.changesStatus)
        let waiting = try run.succeed("a")
        #expect(run.state.status == .waiting && waiting.changesStatus)
        try run.reload()
        #expect(!run.handle(.takenOver(interrupted: true)).changesStatus && run.state.status == .waiting)
        let goesOn = run.handle(.timerFired(.wait(step: 1)), now: Self.later(60))
        #expect(run.state.status == .running && goesOn.changesStatus)
        #expect(try !run.succeed("c").changesStatus && run.state.status == .success)

        var fromTheStart = try Run("workflow: w\nsteps: { a: { wait: 1m } }")
        // Its row is new, and says so from the beginning.
        #expect(!fromTheStart.handle(.accepted).changesStatus && fromTheStart.state.status == .waiting)

        var retrying = try Run("workflow: w\nsteps: { a: { agent: work, retry: {} } }")
        retrying.handle(.accepted)
        #expect(try !retrying.fail("a").changesStatus && retrying.state.status == .running)
    }

    // MARK: - signal

    private static let approval = """
        workflow: w
        steps:
          ask: { agent: work }
          answer: { signal: { name: approval, timeout: 3d, on_timeout: continue }, needs: [ask] }
          done: { agent: work, needs: [answer], with: { answer: "${ steps.answer.output }" } }
        """

    @Test func aSignalEndsTheWaitForIt() throws {
        var run = try Run(Self.approval)
        run.handle(.accepted)
        let waiting = try run.succeed("ask")
        #expect(waiting.lines.last == "STEP_STARTED answer" && run.state.status == .waiting)
        #expect(try waiting.events.last?.json["signal"] == "approval")
        #expect(waiting.timers.map(\.due) == [Self.later(3 * 86_400)])
        // Of another name: kept, and nothing more.
        #expect(run.handle(.signalReceived(name: "other", payload: 1)).lines == ["SIGNAL_RECEIVED"])
        let came = run.handle(.signalReceived(name: "approval", payload: ["by": "ann"]))
        #expect(
            came.lines == ["SIGNAL_RECEIVED", "STEP_COMPLETED answer", "STEP_STARTED done", "AGENT_INVOKED done"])
        #expect(came.invocations[0].arguments == ["answer": ["payload": ["by": "ann"], "timed_out": false]])
        #expect(run.state.signals.all.map(\.name) == ["other"])
        #expect(!run.execution.awaits(.wait(step: 1)))
    }

    @Test func signalsThatCameBeforeAreTakenInTheirOrder() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { agent: work }
              b: { signal: s, needs: [a] }
              c: { signal: s, needs: [b] }
            """)
        run.handle(.accepted)
        for number in 1...3 { run.handle(.signalReceived(name: "s", payload: .int(Int64(number)))) }
        try run.reload()
        #expect(
            try run.succeed("a").lines == [
                "AGENT_RESPONSE a", "STEP_COMPLETED a", "STEP_STARTED b", "STEP_COMPLETED b", "STEP_STARTED c",
                "STEP_COMPLETED c", "EXECUTION_COMPLETED",
            ])
        #expect(try run.step("b").output?["payload"] == 1 && run.step("c").output?["payload"] == 2)
    }

    @Test func ofTwoStepsThatWaitTheOneThatWaitedLongerGetsTheSignal() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              late: { signal: s, needs: [a] }
              a: { agent: work }
              early: { signal: s }
            """)
        run.handle(.accepted)
        try run.succeed("a")
        #expect(run.handle(.signalReceived(name: "s", payload: 1)).lines.last == "STEP_COMPLETED early")
        #expect(run.handle(.signalReceived(name: "s", payload: 2)).lines.last == "EXECUTION_COMPLETED")
        #expect(try run.step("late").output?["payload"] == 2)
    }

    @Test func aSignalThatDoesNotComeLetsTheStepGoOnOrFail() throws {
        var run = try Run(Self.approval)
        run.handle(.accepted)
        try run.succeed("ask")
        let late = run.handle(.timerFired(.wait(step: 1)), now: Self.later(3 * 86_400))
        #expect(late.lines.prefix(2) == ["TIMER_FIRED answer", "STEP_COMPLETED answer"])
        #expect(late.invocations[0].arguments == ["answer": ["payload": nil, "timed_out": true]])

        var strict = try Run("workflow: w\nsteps: { a: { signal: { name: s, timeout: 1m } } }")
        strict.handle(.accepted)
        let failed = strict.handle(.timerFired(.wait(step: 0)), now: Self.later(60))
        #expect(failed.lines == ["TIMER_FIRED a", "STEP_FAILED a", "EXECUTION_FAILED"])
        #expect(strict.state.error?.code == .signalTimeout)
        #expect(strict.state.error?.message == "The signal 's' did not come within 1m.")
    }

    @Test func aSignalWithoutALimitIsWaitedForAsLongAsItTakes() throws {
        var run = try Run("workflow: w\nsteps: { a: { signal: s } }")
        #expect(run.handle(.accepted).timers.isEmpty && run.state.status == .waiting)
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: true)) == Decision())
        #expect(run.handle(.signalReceived(name: "s", payload: .null)).lines.last == "EXECUTION_COMPLETED")
    }

    @Test func cancellingEndsWhatWaits() throws {
        var run = try Run("workflow: w\nsteps: { a: { signal: s }, b: { wait: 1m }, c: { agent: work, needs: [a] } }")
        run.handle(.accepted)
        let decision = run.handle(.cancelRequested(reason: nil))
        #expect(decision.lines == ["STEP_CANCELLED a", "STEP_CANCELLED b", "EXECUTION_CANCELLED"])
        #expect(run.state.steps.allSatisfy { $0.status == .cancelled && $0.dueAt == nil })
    }

    // MARK: - Priority

    @Test(arguments: [(nil, 7), (2, 2)] as [(Int?, Int)]) func theWorkflowSaysThePriority(
        asked: Int?, expected: Int
    ) throws {
        let definition = try load("workflow: w\npriority: 7\nsteps: { a: { agent: work } }")
        let state = ExecutionState(
            id: someID, workflow: definition.reference, stepNames: ["a"], input: [:], priority: asked, createdAt: noon)
        var execution = Execution(definition: definition, state: state)
        #expect(execution.handle(.accepted, now: noon).invocations.map(\.priority) == [expected])
    }
}
