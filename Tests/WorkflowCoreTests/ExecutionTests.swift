import PerdureJSON
import Testing

@testable import WorkflowCore

/// The rows of the transition table, one by one, with their exact events.
@Suite struct ExecutionTests {
    private static let one = """
        workflow: w
        steps:
          a: { agent: work, with: { x: "${ input.x }" } }
        """
    private static let chain = """
        workflow: w
        steps:
          a: { agent: work, with: { x: 1 } }
          b: { agent: work, needs: [a], with: { x: "${ steps.a.output.y }" } }
        """
    private static let diamond = """
        workflow: w
        steps:
          a: { agent: work }
          b: { agent: work, needs: [a] }
          c: { agent: work, needs: [a] }
          d: { agent: work, needs: [b, c] }
        """

    @Test func acceptedStartsTheStepsWithoutNeeds() throws {
        var run = try Run(Self.one, input: ["x": 7], metadata: ["tenant": "t"])
        let decision = run.handle(.accepted)
        #expect(decision.lines == ["EXECUTION_STARTED", "STEP_STARTED a", "AGENT_INVOKED a"])
        #expect(
            try decision.events.map { try $0.json } == [
                [
                    "event_type": "EXECUTION_STARTED", "execution_id": .string(someID.description), "workflow_id": "w",
                    "sequence": 1, "version": 1, "input": ["x": 7], "metadata": ["tenant": "t"],
                ],
                [
                    "event_type": "STEP_STARTED", "execution_id": .string(someID.description), "workflow_id": "w",
                    "sequence": 2, "step_name": "a", "attempt": 1, "input": ["x": 7],
                ],
                [
                    "event_type": "AGENT_INVOKED", "execution_id": .string(someID.description), "workflow_id": "w",
                    "sequence": 3, "step_name": "a", "attempt": 1, "agent": "work",
                ],
            ])
        #expect(
            decision.invocations == [
                Invocation(
                    executionID: someID, workflowID: "w", step: 0, stepName: "a", agent: "work", isPure: false,
                    attempt: 1, arguments: ["x": 7], traceparent: nil, timeouts: StepTimeouts(), deadline: nil,
                    priority: 4)
            ])
        #expect(decision.invocations[0].idempotencyKey == "\(someID)/a")
        #expect(decision.changedSteps == [0] && decision.changesState && decision.abandonedSteps.isEmpty)
        #expect(run.state.status == .running && run.state.currentStep == 0 && run.state.sequence == 3)
        #expect(run.state.startedAt == decision.events[0].timestamp)
        let step = try run.step("a")
        #expect(step.status == .running && step.attempt == 1 && step.input == ["x": 7] && step.retryCount == 0)
        #expect(step.startedAt == decision.events[1].timestamp && step.completedAt == nil)
    }

    @Test func anAnswerStartsWhatBecameReady() throws {
        var run = try Run(Self.chain)
        run.handle(.accepted)
        let decision = try run.succeed("a", ["y": "z"])
        #expect(decision.lines == ["AGENT_RESPONSE a", "STEP_COMPLETED a", "STEP_STARTED b", "AGENT_INVOKED b"])
        #expect(try decision.events[0].json["status"] == "SUCCESS")
        #expect(try decision.events[1].json["output"] == ["y": "z"])
        #expect(decision.invocations.map(\.arguments) == [["x": "z"]])
        #expect(decision.changedSteps == [0, 1])
        #expect(run.state.currentStep == 1 && run.state.status == .running)
        #expect(try run.step("a").completedAt == decision.events[1].timestamp)
    }

    @Test func theLastAnswerCompletesTheExecution() throws {
        var run = try Run(Self.chain)
        run.handle(.accepted)
        try run.succeed("a", ["y": 1])
        let decision = try run.succeed("b", "done")
        #expect(decision.lines == ["AGENT_RESPONSE b", "STEP_COMPLETED b", "EXECUTION_COMPLETED"])
        #expect(decision.invocations.isEmpty)
        #expect(run.state.status == .success && run.state.currentStep == 2 && run.state.error == nil)
        // Without `output` in the definition, every step's output by its name.
        #expect(run.state.output == ["a": ["y": 1], "b": "done"])
        let last = try #require(decision.events.last)
        #expect(last.type.endsExecution && run.state.completedAt == last.timestamp)
        #expect(try last.json["status"] == "SUCCESS" && last.json["output"] == ["a": ["y": 1], "b": "done"])
    }

    @Test func aFailureEndsTheExecution() throws {
        var run = try Run(Self.chain)
        run.handle(.accepted)
        let decision = try run.fail("a", WorkflowError(code: .init(rawValue: "OWN_CODE"), message: "It broke."))
        #expect(decision.lines == ["AGENT_RESPONSE a", "STEP_FAILED a", "EXECUTION_FAILED"])
        let error: JSONValue = ["code": "OWN_CODE", "message": "It broke.", "step": "a"]
        #expect(try decision.events[0].json["status"] == "ERROR")
        #expect(try decision.events.allSatisfy { try $0.json["error"] == error })
        #expect(decision.invocations.isEmpty && decision.abandonedSteps.isEmpty)
        #expect(decision.changedSteps == [0, 1])
        #expect(run.state.status == .failed && run.state.error?.json == error && run.state.output == nil)
        #expect(try run.step("a").status == .failed && run.step("a").error?.json == error)
        // A step that never started ends without an event.
        #expect(try run.step("b").status == .cancelled && run.step("b").startedAt == nil)
        #expect(run.state.currentStep == 1)
    }

    @Test func parallelStepsStartTogether() throws {
        var run = try Run(Self.diamond)
        #expect(run.handle(.accepted).called == ["a"])
        let fork = try run.succeed("a")
        #expect(
            fork.lines == [
                "AGENT_RESPONSE a", "STEP_COMPLETED a", "STEP_STARTED b", "AGENT_INVOKED b", "STEP_STARTED c",
                "AGENT_INVOKED c",
            ])
        #expect(fork.called == ["b", "c"])
        #expect(try run.succeed("c").lines == ["AGENT_RESPONSE c", "STEP_COMPLETED c"])
        #expect(run.state.currentStep == 3)
        #expect(try run.succeed("b").called == ["d"])
        #expect(try run.succeed("d").lines.last == "EXECUTION_COMPLETED")
    }

    @Test func aFailureAbandonsTheSiblings() throws {
        var run = try Run(Self.diamond)
        run.handle(.accepted)
        try run.succeed("a")
        let decision = try run.fail("c", WorkflowError(code: .agentError, message: "no"))
        #expect(decision.lines == ["AGENT_RESPONSE c", "STEP_FAILED c", "STEP_CANCELLED b", "EXECUTION_FAILED"])
        #expect(decision.abandonedSteps == [1] && decision.changedSteps == [1, 2, 3])
        #expect(try run.step("b").status == .cancelled && run.step("b").completedAt == decision.events[2].timestamp)
        let late = try run.succeed("b")
        #expect(late == Decision())
    }

    @Test func answersThatNobodyWaitsForChangeNothing() throws {
        var run = try Run(Self.chain)
        #expect(run.handle(.answered(step: 0, attempt: 0, .success([:]))) == Decision())
        run.handle(.accepted)
        for arrival: Arrival in [
            .answered(step: 0, attempt: 2, .success([:])), .answered(step: 0, attempt: 0, .success([:])),
            .answered(step: 1, attempt: 0, .success([:])), .answered(step: 2, attempt: 1, .success([:])),
            .answered(step: -1, attempt: 1, .success([:])), .accepted,
        ] {
            let before = run.state
            #expect(run.handle(arrival) == Decision(), "\(arrival)")
            #expect(run.state == before)
        }
        try run.succeed("a", ["y": 1])
        let before = run.state
        #expect(run.handle(.answered(step: 0, attempt: 1, .success(["y": 2]))) == Decision())
        #expect(
            run.handle(.answered(step: 0, attempt: 1, .failure(WorkflowError(code: .agentError, message: ""))))
                == Decision())
        #expect(run.state == before)
    }

    @Test(arguments: ExecutionStatus.allCases.filter { $0 != .running && $0 != .waiting })
    func onlyARunningExecutionTakesAnswersAndTakeovers(_ status: ExecutionStatus) throws {
        var base = try Run(Self.one, input: ["x": 1])
        base.handle(.accepted)
        var state = base.state
        state.status = status
        for arrival: Arrival in [
            .answered(step: 0, attempt: 1, .success([:])), .takenOver(interrupted: true),
            .takenOver(interrupted: false),
        ] {
            var execution = Execution(definition: base.execution.definition, state: state)
            #expect(execution.handle(arrival, now: noon) == Decision())
            #expect(execution.state == state)
        }
    }

    @Test func aTakeoverCallsTheRunningAttemptsAgain() throws {
        var run = try Run(Self.diamond)
        run.handle(.accepted)
        let first = try run.succeed("a")
        try run.reload()
        let decision = run.handle(.takenOver(interrupted: true))
        #expect(decision.events.isEmpty && decision.changesState && decision.changedSteps == [1, 2])
        #expect(decision.invocations == first.invocations)
        #expect(run.state.steps.map(\.interruptions) == [0, 1, 1, 0])
        #expect(run.state.steps.map(\.attempt) == [1, 1, 1, 0])
        try run.succeed("b")
        #expect(run.state.steps.map(\.interruptions) == [0, 0, 1, 0])
    }

    @Test func aHandoverCountsNoInterruption() throws {
        var run = try Run(Self.one, input: ["x": 1])
        let first = run.handle(.accepted)
        for _ in 0..<Limits.interruptionsPerStep * 3 {
            try run.reload()
            let before = run.state
            let decision = run.handle(.takenOver(interrupted: false))
            #expect(decision.invocations == first.invocations)
            #expect(!decision.changesState && decision.events.isEmpty && decision.changedSteps.isEmpty)
            #expect(run.state == before)
        }
    }

    @Test func aStepThatKillsItsCoordinatorsFailsInTheEnd() throws {
        var run = try Run(Self.diamond)
        run.handle(.accepted)
        try run.succeed("a")
        for count in 1...Limits.interruptionsPerStep {
            try run.reload()
            let decision = run.handle(.takenOver(interrupted: true))
            #expect(decision.called == ["b", "c"] && decision.events.isEmpty)
            #expect(try run.step("b").interruptions == count)
        }
        try run.reload()
        let decision = run.handle(.takenOver(interrupted: true))
        #expect(decision.lines == ["STEP_FAILED b", "STEP_CANCELLED c", "EXECUTION_FAILED"])
        #expect(decision.invocations.isEmpty && decision.abandonedSteps == [2])
        #expect(run.state.status == .failed && run.state.error?.code == .interruptedTooOften)
        #expect(run.state.error?.step == "b")
        #expect(run.state.error?.message.contains("\(Limits.interruptionsPerStep + 1) times") == true)
    }

    @Test func argumentsThatCannotBeComputedFailTheStep() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { agent: work }
              b: { agent: work, with: { x: "${ 1 / int(input.zero) }" } }
              c: { agent: work }
            """, input: ["zero": 0])
        let decision = run.handle(.accepted)
        #expect(
            decision.lines == [
                "EXECUTION_STARTED", "STEP_STARTED a", "AGENT_INVOKED a", "STEP_FAILED b", "STEP_CANCELLED a",
                "EXECUTION_FAILED",
            ])
        // What the same decision had started is not to be called any more.
        #expect(decision.invocations.isEmpty && decision.abandonedSteps == [0])
        #expect(run.state.error?.code == .expressionError && run.state.error?.step == "b")
        #expect(run.state.error?.message.hasPrefix("The arguments could not be computed: ") == true)
        #expect(try run.step("b").attempt == 0 && run.step("b").retryCount == 0 && run.step("c").status == .cancelled)
    }

    @Test(arguments: ["3", "3.0", "3e0"]) func aWholeNumberBySchemaIsAnInt(_ number: String) throws {
        let input = try JSONValue(parsing: #"{"n":\#(number),"l":[{"m":\#(number)}],"x":2.0}"#)
        var run = try Run(
            """
            workflow: w
            input:
              type: object
              properties:
                n: { type: integer }
                l: { type: array, items: { type: object, properties: { m: { type: integer } } } }
                x: { type: number }
            steps:
              a: { set: { n: "${ input.n + 1 }", m: "${ input.l[0].m + 1 }", all: "${ input.l }", x: "${ input.x * 1.5 }" } }
            """, input: input)
        run.handle(.accepted)
        #expect(run.state.status == .success, "\(String(describing: run.state.error))")
        #expect(run.state.output == ["a": ["n": 4, "m": 4, "all": [["m": 3]], "x": 3.0]])
    }

    @Test func argumentsThatFailLaterFailTheExecution() throws {
        var run = try Run(Self.chain)
        run.handle(.accepted)
        let decision = try run.succeed("a", ["not_y": 1])
        #expect(decision.lines == ["AGENT_RESPONSE a", "STEP_COMPLETED a", "STEP_FAILED b", "EXECUTION_FAILED"])
        #expect(run.state.currentStep == 2)
    }

    @Test func anOutputThatCannotBeComputedFailsTheExecution() throws {
        var run = try Run(Self.one + "\noutput: \"${ steps.a.output.y }\"", input: ["x": 1])
        run.handle(.accepted)
        let decision = try run.succeed("a", ["z": 1])
        #expect(decision.lines == ["AGENT_RESPONSE a", "STEP_COMPLETED a", "EXECUTION_FAILED"])
        #expect(try run.step("a").status == .success)
        #expect(run.state.error?.code == .expressionError && run.state.error?.step == nil)
        #expect(run.state.error?.message.hasPrefix("The output could not be computed: ") == true)
    }

    @Test func theOutputIsWhatTheDefinitionSays() throws {
        let output = """

            output:
              text: "${ steps.a.output.y } for ${ metadata.tenant }"
              id: "${ execution.id }/${ execution.workflow_id }/${ execution.version }"
              status: "${ steps.a.status }"
              raw: [1, "${ input.x + 1 }", null]
            """
        var run = try Run(Self.one + output, input: ["x": 4], metadata: ["tenant": "me"])
        run.handle(.accepted)
        try run.succeed("a", ["y": true])
        #expect(
            run.state.output == [
                "text": "true for me", "id": .string("\(someID)/w/1"), "status": "SUCCESS", "raw": [1, 5, nil],
            ])
    }

    @Test func expressionsCannotBuildWhatTheDatabaseRefuses() throws {
        var run = try Run(#"{workflow: w, steps: {a: {agent: work, with: {x: '${ "a\u0000" }'}}}}"#)
        #expect(run.handle(.accepted).lines.last == "EXECUTION_FAILED")
        #expect(run.state.error?.code == .expressionError && run.state.error?.message.contains("U+0000") == true)
        var key = try Run(#"{workflow: w, steps: {a: {agent: work}}, output: '${ {"\u0000": 1} }'}"#)
        key.handle(.accepted)
        #expect(try key.succeed("a").lines.last == "EXECUTION_FAILED")
    }

    @Test func anOutputTooLargeForAMessageFailsTheExecution() throws {
        var run = try Run("{workflow: w, steps: {a: {agent: work}, b: {agent: work}}}")
        run.handle(.accepted)
        let half = JSONValue.string(String(repeating: "x", count: Limits.computedBytes / 2))
        try run.succeed("a", half)
        try run.succeed("b", half)
        #expect(run.state.status == .failed && run.state.error?.code == .outputTooLarge)
        #expect(run.state.error?.message.contains("\(Limits.computedBytes + 15) bytes") == true)
    }

    @Test func aTextThatGrowsTooLongFailsTheStep() throws {
        let parts = String(repeating: "${ input.t }", count: 20)
        var run = try Run(
            "{workflow: w, steps: {a: {agent: work, with: {x: '\(parts)'}}}}",
            input: ["t": .string(String(repeating: "x", count: 1024 * 1024))])
        run.handle(.accepted)
        #expect(run.state.error?.code == .expressionError)
        #expect(run.state.error?.message.contains("longer than \(Limits.computedBytes) bytes") == true)
    }

    @Test func anOutputOfExactlyTheLimitIsKept() throws {
        var run = try Run("{workflow: w, steps: {a: {agent: work}}}")
        run.handle(.accepted)
        try run.succeed("a", .string(String(repeating: "\n", count: (Limits.computedBytes - 8) / 2)))
        #expect(run.state.status == .success)
    }

    @Test func largeValuesAreLeftOutOfEvents() throws {
        let large = JSONValue.string(String(repeating: "x", count: Limits.eventValueBytes - 1))
        let fits = JSONValue.string(String(repeating: "x", count: Limits.eventValueBytes - 2))
        var run = try Run(Self.chain, input: large)
        let started = try run.handle(.accepted).events[0].json
        #expect(started["input"] == nil && started["input_omitted_bytes"] == .int(Int64(Limits.eventValueBytes) + 1))
        #expect(run.state.input == large)
        let completed = try run.succeed("a", ["y": fits]).events
        #expect(try completed[1].json["output_omitted_bytes"] != nil)
        #expect(try run.succeed("b", fits).events[1].json["output"] == fits)
    }
}
