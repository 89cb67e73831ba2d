import CEL
import PerdureJSON

/// The state machine of one execution: arrivals in, decisions out; no IO, no clock, no randomness.
///
/// | status  | arrival                 | events                                                            | next    |
/// |---------|-------------------------|-------------------------------------------------------------------|---------|
/// | pending | accepted                | EXECUTION_STARTED, then *start* each step without needs           | running |
/// | running | answered, success       | AGENT_RESPONSE, STEP_COMPLETED, then *start* what became ready    | running |
/// |         |   …of the last step     | …, EXECUTION_COMPLETED                                            | success |
/// | running | answered, failure       | AGENT_RESPONSE, STEP_RETRY_SCHEDULED and a timer; the step waits  | running |
/// |         |   …for the last time    | AGENT_RESPONSE, STEP_FAILED, *abandon* the rest, EXECUTION_FAILED | failed  |
/// | running | retry is due            | AGENT_INVOKED, the next attempt                                   | running |
/// | running | execution timeout       | *abandon* the steps, EXECUTION_FAILED                             | failed  |
/// | running | taken over              | none: running attempts are called again under the same number,    | running |
/// |         |                         | and what waits goes on waiting                                    |         |
/// |         |   …once too often       | STEP_FAILED, *abandon* the rest, EXECUTION_FAILED                 | failed  |
/// |         |   …past its timeout     | *abandon* the steps, EXECUTION_FAILED                             | failed  |
/// | running | cancel requested        | *abandon* the steps, EXECUTION_CANCELLED                          | cancelled |
/// | running | signal received         | SIGNAL_RECEIVED; the signal is kept                               | running |
/// |         |   …past the limits      | none; refused                                                     | running |
/// | ended   | cancel or signal        | none; refused                                                     | same    |
/// | any     | answer not waited for   | none                                                              | same    |
///
/// *start*: STEP_STARTED, AGENT_INVOKED, and the invocation; or STEP_FAILED when the arguments cannot be computed.
/// *abandon*: STEP_CANCELLED for each running step; pending steps become cancelled without an event.
public struct Execution: Sendable {
    /// The definition it runs.
    public let definition: WorkflowDefinition
    /// Where it stands.
    public internal(set) var state: ExecutionState

    /// An execution at a state that came from `definition`.
    public init(definition: WorkflowDefinition, state: ExecutionState) {
        self.definition = definition
        self.state = state
    }

    /// Takes an arrival in and says what follows from it.
    ///
    /// - Parameters:
    ///   - arrival: What happened.
    ///   - now: The time; events are stamped with it, or later where that is needed to keep them apart.
    public mutating func handle(_ arrival: Arrival, now: Timestamp) -> Decision {
        var decision = Decision()
        switch (state.status, arrival) {
        case (.pending, .accepted):
            start(now: now, &decision)
        case (.running, .answered(let step, let attempt, let answer)):
            guard state.steps.indices.contains(step), state.steps[step].status == .running,
                state.steps[step].attempt == attempt
            else { break }
            take(answer, of: step, now: now, &decision)
        case (.running, .timerFired(.retry(let step, let attempt))):
            guard awaits(.retry(step: step, attempt: attempt)) else { break }
            retry(step: step, now: now, &decision)
        case (.running, .timerFired(.executionTimeout)):
            if !endIfTimedOut(now: now, &decision) { waitForDeadline(&decision) }
        case (.running, .takenOver(let interrupted)):
            resume(interrupted: interrupted, now: now, &decision)
        case (let status, .cancelRequested) where status.isTerminal,
            (let status, .signalReceived) where status.isTerminal:
            decision.refusal = .ended(state.id, as: status)
        case (_, .cancelRequested(let reason)):
            cancel(reason: reason, now: now, &decision)
        case (_, .signalReceived(let name, let payload)):
            receive(WaitingSignals.Signal(name: name, payload: payload), now: now, &decision)
        default:
            break
        }
        decision.changesState = decision.changesState || !decision.events.isEmpty
        return decision
    }

    // MARK: - The rows of the table

    private mutating func start(now: Timestamp, _ decision: inout Decision) {
        state.status = .running
        record(
            .executionStarted, now: now, &decision,
            fields: [
                ("version", .int(Int64(state.workflow.version))),
                ("input", state.input),
                ("metadata", state.metadata),
            ])
        state.startedAt = state.lastEventAt
        waitForDeadline(&decision)
        for step in definition.steps.indices where definition.steps[step].needs.isEmpty {
            guard state.status == .running else { return }
            start(step: step, now: now, &decision)
        }
    }

    private mutating func take(_ answer: AgentAnswer, of step: Int, now: Timestamp, _ decision: inout Decision) {
        state.steps[step].interruptions = 0
        decision.changedSteps.insert(step)
        switch answer {
        case .success(let output):
            record(.agentResponse, step: step, now: now, &decision, fields: [("status", "SUCCESS")])
            state.steps[step].output = output
            finish(step: step, as: .success)
            record(.stepCompleted, step: step, now: now, &decision, fields: [("output", output)])
            state.steps[step].completedAt = state.lastEventAt
            advance(from: step, now: now, &decision)
        case .failure(let error):
            let located = WorkflowError(code: error.code, message: error.message, step: state.steps[step].name)
            let pause = error.retryAfterMicroseconds
            record(
                .agentResponse, step: step, now: now, &decision,
                fields: [("status", "ERROR"), ("error", located.json)]
                    + (pause > 0 ? [("retry_after_ms", .int(pause / 1000))] : []))
            if !scheduleRetry(of: step, after: located, noSoonerThan: pause, now: now, &decision) {
                fail(step: step, located, now: now, &decision)
            }
        }
    }

    private mutating func resume(interrupted: Bool, now: Timestamp, _ decision: inout Decision) {
        if endIfTimedOut(now: now, &decision) { return }
        waitForDeadline(&decision)
        for step in state.steps.indices where state.steps[step].status == .waiting { wait(step: step, &decision) }
        for step in state.steps.indices where state.steps[step].status == .running {
            if interrupted {
                state.steps[step].interruptions += 1
                decision.changedSteps.insert(step)
                decision.changesState = true
            }
            guard state.steps[step].interruptions <= Limits.interruptionsPerStep else {
                let error = WorkflowError(
                    code: .interruptedTooOften,
                    message: "The coordinator died \(state.steps[step].interruptions) times while this step ran; "
                        + "look for a crash in its agent, then submit the request again under a new key.",
                    step: state.steps[step].name
                )
                fail(step: step, error, now: now, &decision)
                return
            }
            invoke(step: step, now: now, &decision)
        }
    }

    // MARK: - What the rows are made of

    private mutating func start(step: Int, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        let arguments: JSONValue
        let (template, reads) = (definition.steps[step].arguments, definition.steps[step].reads)
        switch compute(template, reads, tooLarge: .expressionError, "The arguments") {
        case .success(let value): arguments = value
        case .failure(let error):
            state.steps[step].startedAt = state.lastEventAt
            let failure = WorkflowError(code: error.code, message: error.message, step: state.steps[step].name)
            fail(step: step, failure, now: now, &decision)
            return
        }
        state.steps[step].status = .running
        state.steps[step].attempt = 1
        state.steps[step].input = arguments
        record(.stepStarted, step: step, now: now, &decision, fields: [("input", arguments)])
        state.steps[step].startedAt = state.lastEventAt
        record(
            .agentInvoked, step: step, now: now, &decision, fields: [("agent", .string(definition.steps[step].agent))])
        invoke(step: step, now: now, &decision)
    }

    func invoke(step: Int, now: Timestamp, _ decision: inout Decision) {
        var timeouts = definition.steps[step].timeouts
        if let deadline = totalDeadline(step: step) {
            timeouts.totalMicroseconds = max(1, deadline.microsecondsSinceEpoch - now.microsecondsSinceEpoch)
        }
        decision.invocations.append(
            Invocation(
                executionID: state.id, workflowID: state.workflow.id, step: step, stepName: state.steps[step].name,
                agent: definition.steps[step].agent, isPure: definition.steps[step].isPure,
                attempt: state.steps[step].attempt,
                arguments: state.steps[step].input ?? .object([:]), traceparent: state.traceparent,
                timeouts: timeouts, deadline: deadline(of: step),
                priority: state.priority ?? ExecutionRequest.standardPriority
            )
        )
    }

    private mutating func advance(from step: Int, now: Timestamp, _ decision: inout Decision) {
        for dependant in definition.dependants[step] where state.status == .running {
            let isReady = definition.steps[dependant].needs.allSatisfy { state.steps[$0].status == .success }
            if isReady && state.steps[dependant].status == .pending { start(step: dependant, now: now, &decision) }
        }
        if state.status == .running && state.steps.allSatisfy({ $0.status == .success }) {
            complete(now: now, &decision)
        }
    }

    private mutating func complete(now: Timestamp, _ decision: inout Decision) {
        let byStep = state.steps.map { (key: $0.name, value: Template.literal($0.output ?? .null)) }
        let output: JSONValue
        switch compute(
            definition.output ?? .object(byStep), definition.outputReads, tooLarge: .outputTooLarge, "The output")
        {
        case .success(let value): output = value
        case .failure(let error):
            end(with: error, now: now, &decision)
            return
        }
        state.status = .success
        state.output = output
        record(.executionCompleted, now: now, &decision, fields: [("status", "SUCCESS"), ("output", output)])
        state.completedAt = state.lastEventAt
    }

    /// Fills a template in and makes sure that the journal can hold the result.
    private func compute(
        _ template: Template, _ reads: ExpressionReads, tooLarge: WorkflowError.Code, _ what: String
    ) -> Result<JSONValue, WorkflowError> {
        let value: JSONValue
        do {
            value = try template.evaluate(ExecutionVariables(reads, of: state))
        } catch {
            return .failure(
                WorkflowError(code: .expressionError, message: "\(what) could not be computed: \(error.message)"))
        }
        guard let problem = value.storageProblem else { return .success(value) }
        return .failure(WorkflowError(code: tooLarge, message: "\(what) cannot be kept: it \(problem)."))
    }

    private mutating func fail(step: Int, _ error: WorkflowError, now: Timestamp, _ decision: inout Decision) {
        state.steps[step].error = error
        finish(step: step, as: .failed)
        record(.stepFailed, step: step, now: now, &decision, fields: [("error", error.json)])
        state.steps[step].completedAt = state.lastEventAt
        decision.changedSteps.insert(step)
        end(with: error, now: now, &decision)
    }

    /// Ends the execution without an output.
    ///
    /// - Parameter status: `.failed` or `.cancelled`.
    mutating func end(
        as status: ExecutionStatus = .failed, with error: WorkflowError, now: Timestamp, _ decision: inout Decision
    ) {
        for step in state.steps.indices where !state.steps[step].status.isTerminal {
            let wasRunning = state.steps[step].status != .pending
            state.steps[step].status = .cancelled
            state.steps[step].retryAt = nil
            decision.changedSteps.insert(step)
            guard wasRunning else { continue }
            record(.stepCancelled, step: step, now: now, &decision, fields: [])
            state.steps[step].completedAt = state.lastEventAt
            decision.abandonedSteps.append(step)
        }
        // What was decided for this arrival before it failed is not to be called any more.
        decision.invocations.removeAll { $0.executionID == state.id }
        decision.timers.removeAll { $0.executionID == state.id }
        state.status = status
        state.error = error
        record(
            status == .cancelled ? .executionCancelled : .executionFailed, now: now, &decision,
            fields: [("status", .string(status.rawValue)), ("error", error.json)])
        state.completedAt = state.lastEventAt
    }

    private mutating func finish(step: Int, as status: StepStatus) {
        state.steps[step].status = status
        state.currentStep = step + 1
    }

    /// Adds an event: the next number, a time later than the last one's, the payload encoded.
    mutating func record(
        _ type: EventType, step: Int? = nil, now: Timestamp, _ decision: inout Decision,
        fields: [(key: String, value: JSONValue)]
    ) {
        state.sequence += 1
        state.lastEventAt = max(now, state.lastEventAt.advanced(byMicroseconds: 1))
        let payload = EventPayload.encode(
            type: type, state: state, step: step.map { state.steps[$0] }, fields: fields
        )
        decision.events.append(
            JournalEvent(sequence: state.sequence, type: type, timestamp: state.lastEventAt, payload: payload)
        )
    }
}
