import FoundationEssentials
import PerdureJSON
import TestSupport
import Testing
import WorkflowCore

/// The examples of the workflow reference, run by the state machine: what the page says of them is what happens.
@Suite struct LanguageExampleTests {
    /// One execution, with agents that a test answers for.
    private struct Example {
        private(set) var execution: Execution
        private(set) var lines: [String] = []
        private(set) var calls: [Invocation] = []
        private(set) var children: [ChildRequest] = []
        var now = Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000)

        /// - Parameter name: The name of an example in `docs/workflows.md`.
        init(_ name: String, input: JSONValue) throws {
            let yaml = try #require(try Page("docs/workflows.md").snippets[name], "there is no example \(name)")
            let definition = try WorkflowDefinition(
                yaml: yaml, file: name, agents: Page.agents, zones: .system)
            let state = ExecutionState(
                id: ExecutionID(UUID()), workflow: definition.reference, stepNames: definition.steps.map(\.name),
                input: input, createdAt: now)
            execution = Execution(definition: definition, state: state)
            take(.accepted)
        }

        var state: ExecutionState { execution.state }

        mutating func take(_ arrival: Arrival) {
            let decision = execution.handle(arrival, now: now)
            calls += decision.invocations
            children += decision.children
            for event in decision.events {
                let step = try? JSONValue(parsing: event.payload)["step_name"]?.stringValue
                lines.append(event.type.rawValue + (step.map { " \($0)" } ?? ""))
            }
        }

        mutating func end(_ child: ChildRequest, _ result: ExecutionResult) {
            take(.childEnded(step: child.parent.step, attempt: child.parent.attempt, result))
        }

        mutating func answer(_ name: String, _ answer: AgentAnswer) throws {
            let call = try #require(calls.last { $0.stepName == name }, "\(name) is not called")
            take(.answered(step: call.step, attempt: call.attempt, answer))
        }

        mutating func succeed(_ name: String, _ output: JSONValue) throws { try answer(name, .success(output)) }

        mutating func fail(_ name: String, code: String = "AGENT_ERROR") throws {
            let code = WorkflowError.Code(rawValue: code)
            try answer(name, .failure(WorkflowError(code: code, message: "It did not work.")))
        }

        /// Lets the time come that a step waits for.
        mutating func waitFor(_ name: String) throws {
            let step = try #require(state.steps.firstIndex { $0.name == name })
            now = try #require(state.steps[step].dueAt)
            take(.timerFired(.wait(step: step)))
        }
    }

    @Test func conditions() throws {
        let short = "Ada met Charles."
        var skipping = try Example("conditions.yaml", input: ["text": .string(short)])
        #expect(skipping.lines.contains("STEP_SKIPPED shorten"))
        #expect(skipping.calls.map(\.arguments) == [["text": .string(short)]])
        try skipping.succeed("facts", ["counts": ["person": 2]])
        #expect(skipping.state.output == ["person": 2])

        var running = try Example("conditions.yaml", input: ["text": .string(String(repeating: "x", count: 501))])
        try running.succeed("shorten", ["summary": "xs"])
        #expect(running.calls.last?.arguments == ["text": "xs"])
    }

    @Test func failures() throws {
        var example = try Example("failures.yaml", input: ["text": "One. Two."])
        try example.fail("summary", code: "TIMEOUT")
        #expect(example.lines.contains("STEP_COMPLETED beginning"))
        #expect(example.state.steps.first { $0.name == "beginning" }?.output?["because"] == "TIMEOUT")
        try example.fail("facts")
        #expect(example.state.output == ["summary": "One", "facts": "unknown"] && example.state.status == .success)

        var fine = try Example("failures.yaml", input: ["text": "One. Two."])
        try fine.succeed("summary", ["summary": "S"])
        try fine.fail("facts")
        #expect(fine.lines.contains("STEP_SKIPPED beginning") && fine.state.output?["summary"] == "S")
    }

    @Test func items() throws {
        let documents = (0..<10).map { JSONValue.object(["text": .string("document \($0)")]) }
        var example = try Example("fan_out.yaml", input: ["documents": .array(documents)])
        #expect(example.calls.count == 8)
        for item in [3, 1, 0, 2, 4, 5, 6, 7, 9] {
            try example.succeed("each[\(item)]", ["summary": .string("s\(item)")])
        }
        try example.fail("each[8]", code: "INVALID_ARGUMENTS")
        #expect(example.calls.last?.arguments == ["text": "s0 s1 s2 s3 s4 s5 s6 s7 s9"])
        try example.succeed("all", ["summary": "everything"])
        #expect(example.state.output == ["summary": "everything", "documents": 10])
    }

    @Test func children() throws {
        var example = try Example("children.yaml", input: ["texts": ["a", "b", "c", "d", "e", "f"]])
        #expect(example.children.map(\.workflowID) == Array(repeating: "document_analysis", count: 6))
        #expect(example.children[1].input == ["text": "b"])
        for child in example.children.dropLast() {
            example.end(child, .success(child.id, output: ["summarize": ["summary": child.input["text"] ?? .null]]))
        }
        let last = example.children[5]
        let error = WorkflowError(code: .invalidArguments, message: "No.")
        example.end(last, .failure(last.id, status: .failed, error))
        #expect(example.state.output == ["a", "b", "c", "d", "e"] && example.state.status == .success)
        #expect(example.lines.contains("CHILD_FAILED analyses[5]"))
    }

    @Test func waits() throws {
        var example = try Example("waits.yaml", input: ["text": "a text", "at": "2026-11-23T09:00:00Z"])
        #expect(example.state.status == .waiting && example.calls.isEmpty)
        try example.waitFor("until")
        #expect(example.now.rfc3339 == "2026-11-23T08:00:00.000000Z" && example.state.status == .running)
        try example.succeed("summary", ["summary": "s"])
        try example.waitFor("pause")
        #expect(example.state.status == .success)
        #expect(example.lines.suffix(3) == ["TIMER_FIRED pause", "STEP_COMPLETED pause", "EXECUTION_COMPLETED"])
    }

    @Test func approval() throws {
        var approved = try Example("approval.yaml", input: ["text": "a text"])
        try approved.succeed("summary", ["summary": "s"])
        approved.take(.signalReceived(name: "approved", payload: ["by": "ann"]))
        #expect(approved.state.output == ["summary": "s", "answer": ["by": "ann"]])
        #expect(approved.lines.contains("STEP_SKIPPED escalated"))

        var late = try Example("approval.yaml", input: ["text": "a text"])
        try late.succeed("summary", ["summary": "s"])
        try late.waitFor("answer")
        late.take(.signalReceived(name: "decided", payload: "no"))
        #expect(late.state.output == ["summary": "s", "answer": "no"])
    }

    @Test func schedules() throws {
        let yaml = try #require(try Page("docs/workflows.md").snippets["nightly.yaml"])
        let definition = try WorkflowDefinition(yaml: yaml, file: "nightly", agents: Page.agents, zones: .system)
        let schedule = try #require(definition.schedule)
        let friday = try #require(Timestamp(rfc3339: "2026-11-20T12:00:00Z"))
        let tick = try #require(schedule.nextTick(after: friday))
        #expect(WorkflowSchedule.text(of: tick) == "2026-11-23T01:30:00Z")
        let request = try schedule.request(for: "nightly", tick: tick)
        #expect(request.input["day"] == "2026-11-22")
        #expect(request.idempotencyKey == "perdure:schedule/nightly/2026-11-23T01:30:00Z")
        #expect(request.metadata["schedule"]?["tick"] == "2026-11-23T01:30:00Z")
    }

    @Test func cases() throws {
        let snippets = try Page("docs/workflows.md").snippets
        let cases = try WorkflowCases(
            yaml: try #require(snippets["approval.test.yaml"]), file: "approval.test.yaml")
        let definition = try WorkflowDefinition(
            yaml: try #require(snippets["approval.yaml"]), file: "approval.yaml", agents: Page.agents)
        let reports = try cases.run(definition)
        #expect(reports.count == 3)
        for report in reports { #expect(report.hasPassed, "\(report)") }
    }

    @Test func saga() throws {
        var example = try Example("saga.yaml", input: ["card": "1234", "nights": ["Friday", "Saturday"]])
        try example.succeed("nights[1]", ["id": "n1"])
        try example.succeed("flight", ["id": "f"])
        try example.succeed("nights[0]", ["id": "n0"])
        try example.fail("charge", code: "DECLINED")
        #expect(example.calls.last?.arguments == ["text": "The trip failed in charge: It did not work."])
        try example.succeed("workflow.on_failure", .null)
        #expect(example.calls.last?.arguments == ["night": "Friday", "because": "DECLINED"])
        try example.succeed("nights[0].compensate", .null)
        #expect(example.calls.last?.arguments == ["id": "f"] && example.state.status == .running)
        try example.succeed("flight.compensate", .null)
        try example.succeed("nights[1].compensate", .null)
        #expect(example.state.status == .failed && example.state.error?.code.rawValue == "DECLINED")
        #expect(
            example.state.steps.prefix(3).map(\.status) == [.compensated, .compensated, .failed])
        #expect(example.lines.contains("EXECUTION_ENDING"))
    }
}
