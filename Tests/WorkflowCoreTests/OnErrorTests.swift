import PerdureJSON
import Testing

@testable import WorkflowCore

/// Steps whose failure is not the end.
@Suite struct OnErrorTests {
    private static let tolerant = """
        workflow: w
        steps:
          a: { agent: work, on_error: continue, retry: { max_attempts: 2, delay: 1s, jitter: none } }
          b: { agent: work, needs: [a], with: { status: "${ steps.a.status }", error: "${ steps.a.error }" } }
        """

    @Test func aFailureThatIsContinuedIsSeenByTheDependants() throws {
        var run = try Run(Self.tolerant)
        run.handle(.accepted)
        #expect(try run.fail("a").lines.last == "STEP_RETRY_SCHEDULED a")
        run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: noon.advanced(byMicroseconds: 1_000_000))
        let decision = try run.fail("a")
        #expect(decision.lines == ["AGENT_RESPONSE a", "STEP_FAILED a", "STEP_STARTED b", "AGENT_INVOKED b"])
        let error: JSONValue = ["code": "AGENT_ERROR", "message": "no luck", "step": "a"]
        #expect(decision.invocations[0].arguments == ["status": "FAILED", "error": error])
        #expect(try run.step("a").status == .failed && run.step("a").error?.json == error)
        #expect(decision.changedSteps == [0, 1] && run.state.status == .running)
        #expect(try run.succeed("b", 1).lines.last == "EXECUTION_COMPLETED")
        #expect(run.state.output == ["a": nil, "b": 1] && run.state.error == nil)
    }

    @Test func aSuccessHasNoError() throws {
        var run = try Run(Self.tolerant)
        run.handle(.accepted)
        #expect(try run.succeed("a").invocations[0].arguments == ["status": "SUCCESS", "error": nil])
    }

    @Test func aStepThatCannotStartIsContinuedToo() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { set: "${ 1 / int(input.zero) }", on_error: continue }
              b: { agent: work, needs: [a], when: "${ steps.a.status == 'FAILED' }" }
            """, input: ["zero": 0])
        #expect(
            run.handle(.accepted).lines == [
                "EXECUTION_STARTED", "STEP_FAILED a", "STEP_STARTED b", "AGENT_INVOKED b",
            ])
    }

    @Test func aStepThatLosesItsCoordinatorTooOftenIsContinuedToo() throws {
        var run = try Run(
            "workflow: w\nsteps: { a: { agent: work, on_error: continue }, b: { agent: work, needs: [a] }, c: { agent: work } }"
        )
        run.handle(.accepted)
        for _ in 0..<Limits.interruptionsPerStep {
            try run.reload()
            run.handle(.takenOver(interrupted: true))
        }
        try run.succeed("c")
        try run.reload()
        let decision = run.handle(.takenOver(interrupted: true))
        #expect(decision.lines == ["STEP_FAILED a", "STEP_STARTED b", "AGENT_INVOKED b"])
        // What starts now was not at work when the coordinator died, and is called once.
        #expect(try decision.called == ["b"] && run.step("b").interruptions == 0)
    }

    private static let handled = """
        workflow: w
        steps:
          charge: { agent: work, on_error: { handler: invoice } }
          invoice: { agent: work, with: { why: "${ steps.charge.error.code }" } }
          ship: { agent: work, needs: [charge], with: { paid: "${ steps.charge.status == 'SUCCESS' }" } }
          tell: { agent: work, needs: [charge, invoice], with: { number: "${ steps.invoice.output }" } }
        """

    @Test func aHandlerRunsWhenItsStepHasFailedAndTheDependantsWaitForIt() throws {
        var run = try Run(Self.handled)
        #expect(run.handle(.accepted).called == ["charge"])
        let failed = try run.fail("charge")
        #expect(
            failed.lines == [
                "AGENT_RESPONSE charge", "STEP_FAILED charge", "STEP_STARTED invoice", "AGENT_INVOKED invoice",
            ])
        #expect(failed.invocations[0].arguments == ["why": "AGENT_ERROR"])
        let handled = try run.succeed("invoice", 5)
        #expect(handled.called == ["ship", "tell"])
        #expect(handled.invocations.map(\.arguments) == [["paid": false], ["number": 5]])
        try run.succeed("ship")
        #expect(try run.succeed("tell").lines.last == "EXECUTION_COMPLETED")
    }

    @Test func aHandlerIsSkippedWhenItsStepSucceedsAndNobodyWithIt() throws {
        var run = try Run(Self.handled)
        run.handle(.accepted)
        let decision = try run.succeed("charge")
        #expect(
            decision.lines == [
                "AGENT_RESPONSE charge", "STEP_COMPLETED charge", "STEP_SKIPPED invoice", "STEP_STARTED ship",
                "AGENT_INVOKED ship", "STEP_STARTED tell", "AGENT_INVOKED tell",
            ])
        #expect(try decision.events[2].json["reason"] == "'charge' has not failed")
        #expect(decision.invocations.map(\.arguments) == [["paid": true], ["number": nil]])
    }

    @Test func aHandlerThatFailsEndsTheExecution() throws {
        var run = try Run(Self.handled)
        run.handle(.accepted)
        try run.fail("charge")
        let decision = try run.fail("invoice", WorkflowError(code: .timeout, message: "slow"))
        #expect(decision.lines == ["AGENT_RESPONSE invoice", "STEP_FAILED invoice", "EXECUTION_FAILED"])
        #expect(run.state.error?.step == "invoice" && run.state.error?.code == .timeout)
    }

    @Test func aHandlerMayHaveOneOfItsOwn() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { agent: work, on_error: { handler: b } }
              b: { agent: work, on_error: { handler: c } }
              c: { agent: work, on_error: continue }
              d: { agent: work, needs: [a] }
            """)
        run.handle(.accepted)
        try run.fail("a")
        #expect(try run.fail("b").called == ["c"])
        #expect(try run.fail("c").called == ["d"])
    }
}
