import PerdureJSON
import Testing

@testable import WorkflowCore

/// What is done and undone when an execution ends without an output.
@Suite struct CompensationTests {
    private static let saga = """
        workflow: trip
        steps:
          flight:
            agent: work
            compensate: { agent: work, with: { undo: "${ steps.flight.output.id }", why: "${ error.code }" } }
          hotel:
            agent: work
            needs: [flight]
            compensate: { agent: work, with: { undo: "${ steps.hotel.output.id }" }, retry: { max_attempts: 2, delay: 1s, jitter: none } }
          car: { agent: work, needs: [hotel] }
        """

    private func booked() throws -> Run {
        var run = try Run(Self.saga)
        run.handle(.accepted)
        try run.succeed("flight", ["id": "f"])
        try run.succeed("hotel", ["id": "h"])
        return run
    }

    @Test func whatSucceededIsUndoneTheLastFirst() throws {
        var run = try booked()
        let failed = try run.fail("car")
        #expect(
            failed.lines == [
                "AGENT_RESPONSE car", "STEP_FAILED car", "EXECUTION_ENDING", "STEP_STARTED hotel.compensate",
                "AGENT_INVOKED hotel.compensate",
            ])
        let error: JSONValue = ["code": "AGENT_ERROR", "message": "no luck", "step": "car"]
        #expect(try failed.events[2].json["error"] == error && failed.events[2].json["status"] == "FAILED")
        #expect(failed.invocations.map(\.arguments) == [["undo": "h"]] && failed.changedSteps == [2, 3])
        #expect(run.state.status == .running && run.state.error == nil && run.state.ending?.status == .failed)
        let second = try run.succeed("hotel.compensate")
        #expect(
            second.lines == [
                "AGENT_RESPONSE hotel.compensate", "STEP_COMPLETED hotel.compensate", "STEP_COMPENSATED hotel",
                "STEP_STARTED flight.compensate", "AGENT_INVOKED flight.compensate",
            ])
        #expect(second.invocations.map(\.arguments) == [["undo": "f", "why": "AGENT_ERROR"]])
        #expect(second.changedSteps == [1, 3, 4])
        #expect(try run.step("hotel").status == .compensated && run.step("hotel").output == ["id": "h"])
        let last = try run.succeed("flight.compensate")
        #expect(last.lines.suffix(2) == ["STEP_COMPENSATED flight", "EXECUTION_FAILED"])
        #expect(run.state.status == .failed && run.state.ending == nil)
        #expect(run.state.error?.json == error)
        #expect(run.state.steps.map(\.status) == [.compensated, .compensated, .failed, .success, .success])
    }

    @Test func aCancelledExecutionIsUndoneToo() throws {
        var run = try booked()
        let decision = run.handle(.cancelRequested(reason: "changed our mind"))
        #expect(
            decision.lines == [
                "STEP_CANCELLED car", "EXECUTION_ENDING", "STEP_STARTED hotel.compensate",
                "AGENT_INVOKED hotel.compensate",
            ])
        #expect(decision.abandonedSteps == [2])
        // It is on its way already.
        #expect(run.handle(.cancelRequested(reason: nil)).refusal?.code == .executionEnded)
        #expect(run.handle(.signalReceived(name: "s", payload: 1)).refusal?.message.contains("CANCELLED") == true)
        try run.succeed("hotel.compensate")
        #expect(try run.succeed("flight.compensate").lines.last == "EXECUTION_CANCELLED")
        #expect(run.state.status == .cancelled && run.state.error?.message == "changed our mind")
    }

    @Test func aCompensationIsTriedAgainAndThenNamedInTheError() throws {
        var run = try booked()
        try run.fail("car")
        #expect(try run.fail("hotel.compensate").lines.last == "STEP_RETRY_SCHEDULED hotel.compensate")
        let due = noon.advanced(byMicroseconds: 1_000_000)
        run.handle(.timerFired(.retry(step: 3, attempt: 1)), now: due)
        let failed = try run.fail("hotel.compensate", WorkflowError(code: .timeout, message: "slow"), now: due)
        #expect(
            failed.lines == [
                "AGENT_RESPONSE hotel.compensate", "STEP_FAILED hotel.compensate", "STEP_STARTED flight.compensate",
                "AGENT_INVOKED flight.compensate",
            ])
        #expect(try run.succeed("flight.compensate").lines.last == "EXECUTION_FAILED")
        #expect(try run.step("hotel").status == .success && run.step("flight").status == .compensated)
        #expect(run.state.error?.code == .agentError)
        #expect(run.state.error?.message == "no luck. 'hotel' could not be undone: TIMEOUT: slow")
    }

    @Test func aCompensationThatCannotStartHoldsUpNoOther() throws {
        var run = try Run(Self.saga)
        run.handle(.accepted)
        try run.succeed("flight", ["id": "f"])
        try run.succeed("hotel", ["no_id": "h"])
        let failed = try run.fail("car")
        #expect(
            failed.lines.suffix(3) == [
                "STEP_FAILED hotel.compensate", "STEP_STARTED flight.compensate", "AGENT_INVOKED flight.compensate",
            ])
        try run.succeed("flight.compensate")
        #expect(run.state.error?.message.contains("'hotel' could not be undone: EXPRESSION_ERROR: ") == true)
    }

    @Test(arguments: [true, false]) func anHeirGoesOnUndoing(interrupted: Bool) throws {
        var run = try booked()
        let failed = try run.fail("car")
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: interrupted)).invocations == failed.invocations)
        try run.succeed("hotel.compensate")
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: interrupted)).called == ["flight.compensate"])
        #expect(try run.succeed("flight.compensate").lines.last == "EXECUTION_FAILED")
    }

    @Test func onlyWhatSucceededIsUndone() throws {
        var run = try Run(Self.saga)
        run.handle(.accepted)
        #expect(try run.fail("flight").lines == ["AGENT_RESPONSE flight", "STEP_FAILED flight", "EXECUTION_FAILED"])
    }

    @Test func theTimeOfTheExecutionDoesNotEndItsCompensations() throws {
        var run = try Run("timeout: 10m\n" + Self.saga)
        run.handle(.accepted)
        try run.succeed("flight", ["id": "f"])
        let late = noon.advanced(byMicroseconds: 601_000_000)
        let over = run.handle(.timerFired(.executionTimeout), now: late)
        #expect(over.called == ["flight.compensate"] && over.invocations[0].deadline == nil)
        #expect(run.handle(.timerFired(.executionTimeout), now: late) == Decision())
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: true), now: late).called == ["flight.compensate"])
        try run.succeed("flight.compensate", now: late)
        #expect(run.state.error?.code == .executionTimeout)
    }

    @Test func itemsAreUndoneOneByOne() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              book:
                foreach: { in: "${ input.seats }", as: seat }
                agent: work
                compensate: { agent: work, with: { seat: "${ seat }", n: "${ index }" } }
              pay: { agent: work, needs: [book] }
            """, input: ["seats": ["a", "b"]])
        run.handle(.accepted)
        try run.succeed("book[1]", 1)
        try run.succeed("book[0]", 0)
        #expect(try run.fail("pay").invocations.map(\.arguments) == [["seat": "a", "n": 0]])
        let next = try run.succeed("book[0].compensate")
        #expect(next.lines[2] == "STEP_COMPENSATED book[0]" && next.invocations[0].arguments == ["seat": "b", "n": 1])
        try run.reload()
        run.handle(.takenOver(interrupted: false))
        let last = try run.succeed("book[1].compensate")
        #expect(
            last.lines.suffix(3) == ["STEP_COMPENSATED book[1]", "STEP_COMPENSATED book", "EXECUTION_FAILED"])
        #expect(try run.step("book").status == .compensated)
    }

    private static let twice = """
        workflow: w
        steps:
          a: { agent: work, compensate: { agent: work } }
          b: { needs: [a], foreach: { in: [1, 2] }, agent: work, compensate: { agent: work } }
          c: { needs: [b], signal: go }
        """

    private func cancelledAfterItems() throws -> Run {
        var run = try Run(Self.twice)
        run.handle(.accepted)
        for name in ["a", "b[0]", "b[1]"] { try run.succeed(name) }
        run.handle(.cancelRequested(reason: nil))
        return run
    }

    @Test(arguments: [false, true]) func aStepIsCompensatedWithTheLastOfItsItems(reloads: Bool) throws {
        var run = try cancelledAfterItems()
        for name in ["b[1]", "b[0]", "a"] {
            if reloads { try run.reload() }
            try run.succeed("\(name).compensate")
        }
        #expect(
            run.events.map(\.line).filter { $0.hasPrefix("STEP_COMPENSATED") || $0.hasPrefix("EXECUTION_C") } == [
                "STEP_COMPENSATED b[1]", "STEP_COMPENSATED b[0]", "STEP_COMPENSATED b", "STEP_COMPENSATED a",
                "EXECUTION_CANCELLED",
            ])
    }

    @Test func aStepWithAnItemThatCouldNotBeUndoneIsNotCompensated() throws {
        var run = try cancelledAfterItems()
        try run.fail("b[1].compensate")
        #expect(try run.succeed("b[0].compensate").called == ["a.compensate"])
        try run.succeed("a.compensate")
        #expect(try run.step("b").status == .success && run.step("b[0]").status == .compensated)
        #expect(!run.events.map(\.line).contains("STEP_COMPENSATED b"))
    }

    /// As a program left it that marked such steps at the end of the execution.
    @Test func aStepWhoseItemsWereCompensatedBeforeAnUpgradeIsMarkedAtTheEnd() throws {
        var run = try cancelledAfterItems()
        try run.succeed("b[1].compensate")
        try run.succeed("b[0].compensate")
        var state = run.state
        state.steps[try run.index(of: "b")].status = .success
        var execution = Execution(definition: run.execution.definition, state: try state.reloaded())
        let undoing = try run.index(of: "a.compensate")
        let last = execution.handle(.answered(step: undoing, attempt: 1, .success([:])), now: noon)
        #expect(last.lines.suffix(3) == ["STEP_COMPENSATED a", "STEP_COMPENSATED b", "EXECUTION_CANCELLED"])
    }

    @Test func itemsOfAStepThatFailedAreUndoneToo() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              book: { foreach: { in: [1, 2] }, agent: work, compensate: { agent: work, with: { n: "${ item }" } } }
            """)
        run.handle(.accepted)
        try run.succeed("book[1]")
        #expect(try run.fail("book[0]").invocations.map(\.arguments) == [["n": 2]])
        try run.succeed("book[1].compensate")
        #expect(try run.state.status == .failed && run.step("book").status == .failed)
    }

    // MARK: - on_failure

    private static let guarded = """
        workflow: w
        on_failure:
          agent: work
          with: { code: "${ error.code }", step: "${ error.step }", was: "${ steps.a.status }" }
        steps:
          a: { agent: work, compensate: { agent: work } }
          b: { agent: work, needs: [a] }
        """

    @Test func somethingIsDoneOnFailureBeforeAnythingIsUndone() throws {
        var run = try Run(Self.guarded)
        run.handle(.accepted)
        try run.succeed("a")
        let failed = try run.fail("b")
        #expect(
            failed.lines.suffix(2) == ["STEP_STARTED workflow.on_failure", "AGENT_INVOKED workflow.on_failure"])
        #expect(failed.invocations[0].arguments == ["code": "AGENT_ERROR", "step": "b", "was": "SUCCESS"])
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: true)).called == ["workflow.on_failure"])
        #expect(try run.succeed("workflow.on_failure").called == ["a.compensate"])
        #expect(try run.succeed("a.compensate").lines.last == "EXECUTION_FAILED")
    }

    @Test func whatIsDoneOnFailureMayFailToo() throws {
        var run = try Run(Self.guarded)
        run.handle(.accepted)
        try run.succeed("a")
        try run.fail("b")
        #expect(try run.fail("workflow.on_failure").called == ["a.compensate"])
        try run.succeed("a.compensate")
        #expect(
            run.state.error?.message
                == "no luck. What the workflow does on failure failed too: AGENT_ERROR: no luck")
    }

    @Test func cancellingIsNoFailure() throws {
        var run = try Run(Self.guarded)
        run.handle(.accepted)
        try run.succeed("a")
        #expect(run.handle(.cancelRequested(reason: nil)).called == ["a.compensate"])
        try run.succeed("a.compensate")
        #expect(run.state.status == .cancelled)
    }

    @Test func anOutputThatCannotBeComputedIsAFailure() throws {
        var run = try Run(Self.saga + "\noutput: '${ 1 / steps.car.output.zero }'")
        run.handle(.accepted)
        try run.succeed("flight", ["id": "f"])
        try run.succeed("hotel", ["id": "h"])
        #expect(try run.succeed("car", ["zero": 0]).called == ["hotel.compensate"])
    }
}
