import CEL
import PerdureJSON

/// One case under way: an execution, the clock, and what is going to happen.
struct CaseRun {
    private let workflowCase: WorkflowCase
    private let shared: [AgentStub]
    private var execution: Execution
    private var agenda = CaseAgenda()
    private var now: Timestamp
    private var lines: [String] = []
    private var problems: [CaseReport.Problem] = []

    /// Arrivals of one case. Only a definition that goes on for years without an end gets near it.
    private static let arrivalLimit = 200_000

    /// Runs a case to its end and compares.
    static func report(
        of workflowCase: WorkflowCase, _ definition: WorkflowDefinition, shared: [AgentStub]
    ) -> CaseReport {
        var outcome = CaseOutcome()
        var problems: [CaseReport.Problem] = []
        do {
            let request = try admit(workflowCase, definition)
            var run = CaseRun(workflowCase, definition, request, shared: shared)
            // It is alone, so that it always has its turn.
            let key = try definition.concurrency?.key(of: run.execution.state)
            run.run()
            outcome = run.outcome
            outcome.concurrencyKey = key
            problems = run.problems
        } catch {
            outcome.status = CaseExpectation.rejected
            outcome.error = WorkflowError(code: .init(rawValue: error.code.rawValue), message: error.message)
        }
        problems += workflowCase.expectation.problems(with: outcome)
        if !problems.isEmpty, let end = workflowCase.expectation.unexpectedEnd(outcome) {
            // It is the reason for much of the rest, so it comes before that.
            problems.insert(end, at: problems.firstIndex { $0.what == "status" }.map { $0 + 1 } ?? 0)
        }
        return CaseReport(name: workflowCase.name, line: workflowCase.line, problems: problems)
    }

    /// Reads and checks the request as a coordinator does.
    private static func admit(
        _ workflowCase: WorkflowCase, _ definition: WorkflowDefinition
    ) throws(RequestRejection) -> ExecutionRequest {
        var body = workflowCase.request
        body["workflow_id"] = .string(definition.reference.id)
        if let tick = workflowCase.tick, let schedule = definition.schedule {
            let due = try schedule.request(for: definition.reference.id, tick: tick.time)
            body["input"] = due.input
            if body["metadata"] == nil { body["metadata"] = due.metadata }
        }
        let envelope = ExecutionRequest.Envelope(
            messageID: nil, replyTo: nil, correlationID: nil, traceparent: nil)
        let request = try ExecutionRequest(body: JSONValue.object(body).jsonBytes, envelope: envelope)
        _ = try DefinitionCatalog([definition]).definition(for: request)
        return request
    }

    private init(
        _ workflowCase: WorkflowCase, _ definition: WorkflowDefinition, _ request: ExecutionRequest,
        shared: [AgentStub]
    ) {
        self.workflowCase = workflowCase
        self.shared = shared
        now = workflowCase.start
        // The same id each time, so that what is drawn from it is the same.
        let state = ExecutionState(
            id: ExecutionID(now: now, randomBits: 0, 0), workflow: definition.reference,
            stepNames: definition.steps.map(\.name), input: request.input, metadata: request.metadata,
            priority: request.priority, createdAt: now)
        execution = Execution(definition: definition, state: state)
    }

    private var outcome: CaseOutcome {
        CaseOutcome(
            status: execution.state.status.rawValue, state: execution.state, error: execution.state.error,
            events: lines, durationMicroseconds: now.microsecondsSinceEpoch - workflowCase.start.microsecondsSinceEpoch)
    }

    private mutating func run() {
        let start = workflowCase.start
        for signal in workflowCase.signals {
            agenda.add(
                .signalReceived(name: signal.signal.name, payload: signal.signal.payload),
                at: start.advanced(byMicroseconds: signal.offsetMicroseconds), refusal: signal.refusal)
        }
        if let cancel = workflowCase.cancelMicroseconds {
            agenda.add(.cancelRequested(reason: nil), at: start.advanced(byMicroseconds: cancel))
        }
        let end = workflowCase.limitMicroseconds.map { start.advanced(byMicroseconds: $0) }
        take(.accepted)
        var arrivals = 1
        while !execution.state.status.isTerminal, problems.isEmpty, let due = agenda.nextDue {
            if let end, due > end {
                now = end
                break
            }
            guard arrivals < Self.arrivalLimit, let next = agenda.removeNext() else {
                problems.append(.init("More than \(Self.arrivalLimit) things happened; set 'until' to look at a part."))
                return
            }
            arrivals += 1
            now = max(now, next.due)
            take(next.arrival, expecting: next.refusal)
        }
        if problems.isEmpty { explainEnd() }
    }

    /// - Parameter expected: The code with which it is to be refused.
    private mutating func take(_ arrival: Arrival, expecting expected: String? = nil) {
        let decision = execution.handle(arrival, now: now)
        for event in decision.events {
            let step = try? JSONValue(parsing: event.payload)["step_name"]?.stringValue
            lines.append(event.type.rawValue + (step.map { " \($0)" } ?? ""))
        }
        let time = Self.time(since: workflowCase.start, now)
        switch (decision.refusal, expected) {
        case (let refusal?, let expected) where refusal.code.rawValue != expected:
            problems.append(
                .init("What came \(time) was refused with \(refusal.code.rawValue): \(refusal.message)"))
        case (nil, let expected?):
            problems.append(.init("What came \(time) was taken, and was to be refused with \(expected)."))
        default: break
        }
        for timer in decision.timers { agenda.add(.timerFired(timer.purpose), at: timer.due) }
        for call in decision.invocations { answer(call) }
        for child in decision.children { run(child) }
    }

    /// What stands in for an agent or a workflow, for one attempt; nil, and a problem, when nothing does.
    private mutating func stubbed(
        _ step: String, attempt: Int, _ kind: String, _ name: String, _ arguments: JSONValue
    ) -> (answer: AgentAnswer, times: AgentStub.Answer)? {
        let stub =
            workflowCase.stubs.stub(forStep: step, agent: name) ?? shared.stub(forStep: step, agent: name)
        guard let answer = stub?.answer(forAttempt: attempt) else {
            let own = step.withoutItemNumber
            problems.append(
                .init(
                    "The step '\(step)' \(kind == "agent" ? "calls" : "runs") the \(kind) '\(name)', and nothing stands in for "
                        + "it; add '\(name)'\(own == name ? "" : " or '\(own)'") under 'agents'."))
            return nil
        }
        switch answer.content {
        case .error(let error): return (.failure(error), answer)
        case .output(let template):
            do {
                let output = try output(template, step: step, attempt: attempt, arguments)
                return (.success(output), answer)
            } catch {
                problems.append(
                    .init("The stubbed output of '\(step)' could not be computed: \(error.message)."))
                return nil
            }
        }
    }

    /// Starts a child, and notes when what stands in for its workflow ends, and how.
    private mutating func run(_ child: ChildRequest) {
        let (step, attempt) = (child.parent.step, child.parent.attempt)
        guard execution.awaitsChild(step: step, attempt: attempt) else { return }
        let stub = stubbed(
            child.parent.stepName, attempt: attempt, "workflow", child.workflowID, child.input)
        guard let stub else { return }
        take(
            .childStarted(
                step: step, attempt: attempt,
                WorkflowReference(id: child.workflowID, version: child.version ?? 1, contentHash: "")))
        let result: ExecutionResult =
            switch stub.answer {
            case .success(let output): .success(child.id, output: output)
            case .failure(let error): .failure(child.id, status: error.code == .cancelled ? .cancelled : .failed, error)
            }
        agenda.add(
            .childEnded(step: step, attempt: attempt, result),
            at: now.advanced(byMicroseconds: stub.times.beginMicroseconds + stub.times.delayMicroseconds))
    }

    /// Notes when the stub of a call answers, and what.
    private mutating func answer(_ call: Invocation) {
        guard let stub = stubbed(call.stepName, attempt: call.attempt, "agent", call.agent, call.arguments) else {
            return
        }
        var result = stub.answer
        var delay = stub.times.beginMicroseconds + stub.times.delayMicroseconds
        if let limit = stub.times.firstLimit(of: call.timeouts), limit.microseconds < delay {
            delay = max(0, limit.microseconds)
            result = .failure(limit.error)
        }
        agenda.add(
            .answered(step: call.step, attempt: call.attempt, result), at: now.advanced(byMicroseconds: delay))
    }

    private func output(
        _ template: Template, step: String, attempt: Int, _ arguments: JSONValue
    ) throws(CELError) -> JSONValue {
        if case .literal(let value) = template { return value }
        return try template.evaluate(
            CELDictionaryActivation([
                "arguments": CELValue(arguments), "attempt": .int(Int64(attempt)), "step": .string(step),
            ]))
    }

    /// Says what is left over at the end, and why there was no end.
    private mutating func explainEnd() {
        guard !execution.state.status.isTerminal else {
            let ended = RequestRejection.Code.executionEnded.rawValue
            for control in agenda.controls where control.refusal != ended {
                let what =
                    if case .signalReceived(let name, _) = control.arrival { "The signal '\(name)'" } else {
                        "'cancel_at'"
                    }
                problems.append(
                    .init(
                        "\(what) is due \(Self.time(since: workflowCase.start, control.due)), and the execution had ended "
                            + "\(Self.time(since: workflowCase.start, now))."))
            }
            return
        }
        guard workflowCase.expectation.status != execution.state.status.rawValue else { return }
        if let limit = workflowCase.limitMicroseconds, agenda.nextDue != nil {
            problems.append(
                .init("The execution had not ended when the case did, after \(CaseOutcome.text(limit)) ('until')."))
            return
        }
        let waiting = execution.state.steps.indices.compactMap { step -> String? in
            guard execution.state.steps[step].status == .waiting, execution.definition.steps.indices.contains(step),
                case .signal(let signal) = execution.definition.steps[step].work
            else { return nil }
            return "'\(execution.state.steps[step].name)' waits for the signal '\(signal.name)'"
        }
        problems.append(
            .init(
                "The execution does not end: \(waiting.joined(separator: ", ")), and nothing more happens. Send it under "
                    + "'signals', or expect the status \(execution.state.status.rawValue)."))
    }

    private static func time(since start: Timestamp, _ time: Timestamp) -> String {
        "\(CaseOutcome.text(time.microsecondsSinceEpoch - start.microsecondsSinceEpoch)) after the start"
    }
}
