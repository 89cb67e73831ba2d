import PerdureJSON
import Testing

@testable import WorkflowCore

/// Steps that do their work for each item of a list.
@Suite struct ForeachTests {
    private static func workflow(_ loop: String, _ more: String = "") -> String {
        """
        workflow: w
        steps:
          fetch:
            foreach: { in: "${ input.urls }", as: url\(loop) }
            agent: work
            with: { url: "${ url }", n: "${ index }" }
            \(more)
          after: { agent: work, needs: [fetch], with: { all: "${ steps.fetch.output }" } }
        """
    }

    private static func urls(_ count: Int) -> JSONValue {
        ["urls": .array((0..<count).map { .string("u\($0)") })]
    }

    @Test func eachItemIsAnInstanceAndResultsComeInTheOrderOfTheList() throws {
        var run = try Run(Self.workflow(", max_concurrency: 2"), input: Self.urls(3))
        let started = run.handle(.accepted)
        #expect(
            started.lines == [
                "EXECUTION_STARTED", "STEP_STARTED fetch", "STEP_STARTED fetch[0]", "AGENT_INVOKED fetch[0]",
                "STEP_STARTED fetch[1]", "AGENT_INVOKED fetch[1]",
            ])
        #expect(try started.events[1].json["items"] == 3)
        #expect(started.invocations.map(\.arguments) == [["url": "u0", "n": 0], ["url": "u1", "n": 1]])
        #expect(started.invocations.map(\.step) == [2, 3] && started.changedSteps == [0, 2, 3])
        #expect(started.invocations.map(\.idempotencyKey) == ["\(someID)/fetch[0]", "\(someID)/fetch[1]"])
        #expect(run.state.steps.definedCount == 2 && run.state.steps.count == 4 && run.state.currentStep == 0)

        let second = try run.succeed("fetch[1]", "b")
        #expect(
            second.lines == [
                "AGENT_RESPONSE fetch[1]", "STEP_COMPLETED fetch[1]", "STEP_STARTED fetch[2]", "AGENT_INVOKED fetch[2]",
            ])
        // The row of the step itself is not written again.
        #expect(second.changedSteps == [3, 4] && run.state.currentStep == 0)
        try run.succeed("fetch[2]", "c")
        let last = try run.succeed("fetch[0]", "a")
        #expect(
            last.lines == [
                "AGENT_RESPONSE fetch[0]", "STEP_COMPLETED fetch[0]", "STEP_COMPLETED fetch", "STEP_STARTED after",
                "AGENT_INVOKED after",
            ])
        #expect(last.invocations[0].arguments == ["all": ["a", "b", "c"]] && run.state.currentStep == 1)
        #expect(try run.step("fetch").input == ["u0", "u1", "u2"])
        try run.succeed("after")
        #expect(run.state.status == .success && run.state.output?["fetch"] == ["a", "b", "c"])
    }

    @Test func anEmptyListIsDoneAtOnce() throws {
        var run = try Run(Self.workflow(""), input: Self.urls(0))
        let decision = run.handle(.accepted)
        #expect(decision.lines.prefix(3) == ["EXECUTION_STARTED", "STEP_STARTED fetch", "STEP_COMPLETED fetch"])
        #expect(decision.invocations.map(\.arguments) == [["all": []]] && !run.state.steps.hasInstances)
    }

    @Test(arguments: [
        (["a": 1] as JSONValue, "a map; write `MAP.map(key, …)` to make a list of it."), ("text", "\"text\"."),
        (nil, "null."),
    ])
    func whatIsNoListFailsTheStep(value: JSONValue, message: String) throws {
        var run = try Run(Self.workflow(""), input: ["urls": value])
        #expect(run.handle(.accepted).lines == ["EXECUTION_STARTED", "STEP_FAILED fetch", "EXECUTION_FAILED"])
        #expect(run.state.error?.message == "'foreach.in' must give a list; it gave \(message)")
    }

    @Test func aListThatIsTooLongFailsTheStep() throws {
        var run = try Run(Self.workflow(""), input: Self.urls(Limits.itemsPerLoop + 1))
        run.handle(.accepted)
        #expect(run.state.error?.message.contains("one of 10001 items, and the limit is 10000") == true)
    }

    @Test func theFirstFailureFailsTheStepAndGivesTheRestUp() throws {
        var run = try Run(Self.workflow(", max_concurrency: 3"), input: Self.urls(5))
        run.handle(.accepted)
        try run.succeed("fetch[0]", "a")
        let decision = try run.fail("fetch[2]")
        #expect(
            decision.lines == [
                "AGENT_RESPONSE fetch[2]", "STEP_FAILED fetch[2]", "STEP_CANCELLED fetch[1]", "STEP_CANCELLED fetch[3]",
                "STEP_FAILED fetch", "EXECUTION_FAILED",
            ])
        #expect(decision.abandonedSteps.sorted() == [3, 5] && decision.invocations.isEmpty)
        #expect(run.state.error?.json == ["code": "AGENT_ERROR", "message": "fetch[2]: no luck", "step": "fetch"])
        // The fifth never started, so there is nothing of it.
        #expect(run.state.steps.count == 6)
    }

    @Test(arguments: [("1", 1), ("40%", 2), ("39%", 1), ("0", 0), ("100%", 5)])
    func someFailuresMayBeTolerated(tolerate: String, tolerated: Int) throws {
        var run = try Run(Self.workflow(", tolerate: \(tolerate)"), input: Self.urls(5))
        run.handle(.accepted)
        for item in 0..<tolerated {
            #expect(try run.fail("fetch[\(item)]").lines.contains("EXECUTION_FAILED") == false)
        }
        if tolerated < 5 {
            var other = run
            #expect(try other.fail("fetch[\(tolerated)]").lines.last == "EXECUTION_FAILED")
            #expect(other.state.error?.code == (tolerated == 0 ? .agentError : .itemsFailed))
            if tolerated == 2 {
                #expect(
                    other.state.error?.message
                        == "3 of 5 items have failed and 2 may; the last was fetch[2]: AGENT_ERROR: no luck")
            }
        }
        for item in tolerated..<5 { try run.succeed("fetch[\(item)]", .int(Int64(item))) }
        let expected = (0..<5).map { $0 < tolerated ? JSONValue.null : .int(Int64($0)) }
        #expect(try run.step("fetch").output == .array(expected) && run.step("after").status == .running)
    }

    @Test func enoughSuccessesEndTheStepEarly() throws {
        var run = try Run(Self.workflow(", max_concurrency: 4, min_success: 2"), input: Self.urls(10))
        run.handle(.accepted)
        // Without `tolerate`, as many may fail as leave enough.
        try run.fail("fetch[0]")
        try run.succeed("fetch[3]", "d")
        let decision = try run.succeed("fetch[1]", "b")
        #expect(
            decision.lines.suffix(6) == [
                "STEP_CANCELLED fetch[2]", "STEP_CANCELLED fetch[4]", "STEP_CANCELLED fetch[5]", "STEP_COMPLETED fetch",
                "STEP_STARTED after", "AGENT_INVOKED after",
            ])
        #expect(try run.step("fetch").output == [nil, "b", nil, "d", nil, nil, nil, nil, nil, nil])
        #expect(decision.called == ["after"])
        #expect(try run.succeed("fetch[2]").events.isEmpty)
    }

    @Test func aListShorterThanTheSuccessesAskedForNeedsAllOfIt() throws {
        var run = try Run(Self.workflow(", min_success: 5"), input: Self.urls(2))
        run.handle(.accepted)
        #expect(try run.succeed("fetch[0]").called.isEmpty)
        var other = run
        #expect(try other.fail("fetch[1]").lines.last == "EXECUTION_FAILED")
        #expect(try run.succeed("fetch[1]").called == ["after"])
    }

    @Test func failuresThatLeaveTooFewEndTheStep() throws {
        var run = try Run(Self.workflow(", min_success: 3, tolerate: 4"), input: Self.urls(4))
        run.handle(.accepted)
        try run.fail("fetch[0]")
        #expect(try run.fail("fetch[1]").lines.last == "EXECUTION_FAILED")
        #expect(run.state.error?.message.hasPrefix("2 of 4 items have failed and 1 may; ") == true)
    }

    @Test func itemsAreTriedAgainEachByItself() throws {
        var run = try Run(
            Self.workflow("", "retry: { max_attempts: 2, delay: 1s, jitter: none }"), input: Self.urls(2))
        run.handle(.accepted)
        let failed = try run.fail("fetch[1]")
        let due = noon.advanced(byMicroseconds: 1_000_000)
        #expect(failed.timers == [ExecutionTimer(executionID: someID, purpose: .retry(step: 3, attempt: 1), due: due)])
        #expect(try run.step("fetch[1]").status == .waiting && run.step("fetch").status == .running)
        try run.reload()
        #expect(run.handle(.takenOver(interrupted: false)).timers == failed.timers)
        let again = run.handle(.timerFired(.retry(step: 3, attempt: 1)), now: due)
        #expect(again.lines == ["AGENT_INVOKED fetch[1]"] && again.invocations[0].arguments["url"] == "u1")
        try run.succeed("fetch[1]", 1, now: due)
        #expect(try run.succeed("fetch[0]", 0, now: due).called == ["after"])
    }

    @Test func anHeirCallsTheItemsAtWorkAgain() throws {
        var run = try Run(Self.workflow(", max_concurrency: 2"), input: Self.urls(4))
        run.handle(.accepted)
        try run.succeed("fetch[0]", "a")
        try run.reload()
        let resumed = run.handle(.takenOver(interrupted: true))
        #expect(resumed.called == ["fetch[1]", "fetch[2]"] && resumed.changedSteps == [3, 4])
        #expect(try run.step("fetch").interruptions == 0 && run.step("fetch[1]").interruptions == 1)
        for item in 1..<4 { try run.succeed("fetch[\(item)]", "x") }
        #expect(try run.step("fetch").output == ["a", "x", "x", "x"])
    }

    @Test func itemsOfValuesAndWaits() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              doubled: { foreach: { in: [1, 2, "${ input.x }"], as: n }, set: "${ n * 2 }" }
              pauses: { foreach: { in: "${ steps.doubled.output }" }, needs: [doubled], wait: "${ string(item) }s" }
            """, input: ["x": 5])
        let decision = run.handle(.accepted)
        #expect(try run.step("doubled").output == [2, 4, 10])
        #expect(decision.timers.map(\.purpose) == [.wait(step: 5), .wait(step: 6), .wait(step: 7)])
        for (item, seconds) in [(5, 2), (6, 4), (7, 10)] as [(Int, Int64)] {
            run.handle(
                .timerFired(.wait(step: item)), now: noon.advanced(byMicroseconds: seconds * 1_000_000))
        }
        #expect(run.state.status == .success)
    }

    @Test func aConditionIsAskedOnceForTheWholeStep() throws {
        var run = try Run(Self.workflow("", "when: '${ size(input.urls) > 2 }'"), input: Self.urls(2))
        #expect(
            run.handle(.accepted).lines == [
                "EXECUTION_STARTED", "STEP_SKIPPED fetch", "STEP_SKIPPED after", "EXECUTION_COMPLETED",
            ])
    }

    @Test func aFailedStepWithItemsMayBeContinued() throws {
        var run = try Run(Self.workflow("", "on_error: continue"), input: Self.urls(2))
        run.handle(.accepted)
        let decision = try run.fail("fetch[0]")
        #expect(decision.lines.suffix(3) == ["STEP_FAILED fetch", "STEP_STARTED after", "AGENT_INVOKED after"])
        #expect(decision.called == ["after"] && decision.invocations[0].arguments == ["all": nil])
    }

    /// Costs what its items cost, and not their square: a transition writes what changed.
    @Test func tenThousandItems() throws {
        var run = try Run(Self.workflow(", max_concurrency: 50"), input: Self.urls(10_000))
        var open = run.handle(.accepted).invocations
        let clock = ContinuousClock()
        var kept: [ExecutionState] = []
        let time = clock.measure {
            while let call = open.popLast(), call.stepName != "after" {
                let decision = run.handle(
                    .answered(step: call.step, attempt: 1, .success(call.arguments["n"] ?? .null)))
                #expect(decision.changedSteps.count <= 3)
                open += decision.invocations
                // As a lane does it: a batch keeps the state while the next answers come.
                kept = [run.state]
            }
        }
        #expect(kept.count == 1 && time < .seconds(120))
        #expect(try run.step("fetch").output == .array((0..<10_000).map { .int(Int64($0)) }))
    }
}
