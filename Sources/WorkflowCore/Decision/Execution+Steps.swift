import CEL
import PerdureJSON

/// How steps start and end.
extension Execution {
    // MARK: - What a step or an instance is

    /// The step of the definition that a step or an instance belongs to; nil for what belongs to the whole workflow.
    func definitionIndex(of step: Int) -> Int? {
        switch state.steps[step].origin {
        case .definition: step
        case .item(let parent, _): parent
        case .compensation(let undone): definitionIndex(of: undone)
        case .failureHandler: nil
        }
    }

    /// What a step or an instance does.
    func work(of step: Int) -> StepWork? {
        switch state.steps[step].origin {
        case .definition: definition.steps[step].work
        case .item(let parent, _): definition.steps[parent].work
        case .compensation(let undone):
            definitionIndex(of: undone).flatMap { definition.steps[$0].compensation }.map { .agent($0) }
        case .failureHandler: definition.failureHandler.map { .agent($0) }
        }
    }

    /// The call that a step or an instance is; nil for a step whose items make the calls.
    func agentWork(of step: Int) -> AgentWork? {
        if step < definition.steps.count && definition.steps[step].loop != nil { return nil }
        return work(of: step)?.agent
    }

    /// What a step or an instance does in attempts, the call of an agent or a child; nil for a step whose items do, and for what
    /// is not attempted.
    func attemptedWork(of step: Int) -> StepWork? {
        if step < definition.steps.count && definition.steps[step].loop != nil { return nil }
        guard let work = work(of: step), work.retry != nil else { return nil }
        return work
    }

    // MARK: - Start

    /// Starts a step of the definition, or skips it.
    mutating func start(step: Int, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        switch gate(of: step) {
        case .success(nil): break
        case .success(let reason?):
            skip(step: step, because: reason, now: now, &decision)
            return
        case .failure(let error):
            failToStart(step: step, error, now: now, &decision)
            return
        }
        if let loop = definition.steps[step].loop {
            start(loop, of: step, now: now, &decision)
        } else {
            begin(step: step, now: now, &decision)
        }
    }

    /// Why a step is skipped; nil when it is not.
    private func gate(of step: Int) -> Result<String?, WorkflowError> {
        if let handled = definition.steps[step].handledStep, state.steps[handled].status != .failed {
            return .success("'\(definition.steps[handled].name)' has not failed")
        }
        guard let condition = definition.steps[step].condition else {
            return .success(skippedNeed(of: step).map { "'\(definition.steps[$0].name)' was skipped" })
        }
        let value = compute(condition.template, condition.reads, [], tooLarge: .expressionError, "The condition 'when'")
        switch value {
        case .success(.bool(let holds)): return .success(holds ? nil : "the condition does not hold")
        case .success(let other):
            let found = other.jsonText.storable(maximum: 64)
            return .failure(
                WorkflowError(
                    code: .expressionError, message: "The condition 'when' must give true or false; it gave \(found)."))
        case .failure(let error): return .failure(error)
        }
    }

    /// The need that makes a step be skipped too. The handler of another need is none: it is skipped when all is well.
    private func skippedNeed(of step: Int) -> Int? {
        let needs = definition.steps[step].needs
        return needs.first { need in
            state.steps[need].status == .skipped
                && definition.steps[need].handledStep.map { needs.contains($0) } != true
        }
    }

    private mutating func skip(step: Int, because reason: String, now: Timestamp, _ decision: inout Decision) {
        close(step: step, as: .skipped)
        record(.stepSkipped, step: step, now: now, &decision, fields: [("reason", .string(reason))])
        state.steps[step].completedAt = state.lastEventAt
    }

    /// Starts the work of a step, or of an instance of one.
    mutating func begin(step: Int, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        switch work(of: step) {
        case .agent(let work):
            begin(work, as: step, now: now, &decision)
        case .set(let template, let reads):
            switch compute(template, reads, bindings(of: step), tooLarge: .outputTooLarge, "The value of 'set'") {
            case .success(let value):
                markStarted(step: step, now: now, &decision, fields: [])
                succeed(step: step, value, now: now, &decision)
            case .failure(let error): failToStart(step: step, error, now: now, &decision)
            }
        case .wait(let time):
            begin(time, as: step, now: now, &decision)
        case .signal(let signal):
            begin(signal, as: step, now: now, &decision)
        case .child(let child):
            begin(child, as: step, now: now, &decision)
        case nil:
            break
        }
    }

    private mutating func begin(_ work: AgentWork, as step: Int, now: Timestamp, _ decision: inout Decision) {
        let arguments: JSONValue
        switch compute(
            work.arguments, work.reads, bindings(of: step), tooLarge: .expressionError, "The arguments")
        {
        case .success(let value): arguments = value
        case .failure(let error):
            failToStart(step: step, error, now: now, &decision)
            return
        }
        state.steps[step].status = .running
        state.steps[step].input = arguments
        markStarted(step: step, now: now, &decision, fields: [("input", arguments)])
        record(.agentInvoked, step: step, now: now, &decision, fields: [("agent", .string(work.agent))])
        invoke(step: step, now: now, &decision)
    }

    /// Records that a step has started, with its first attempt.
    mutating func markStarted(
        step: Int, now: Timestamp, _ decision: inout Decision, fields: [(key: String, value: JSONValue)]
    ) {
        state.steps[step].attempt = 1
        record(.stepStarted, step: step, now: now, &decision, fields: fields)
        state.steps[step].startedAt = state.lastEventAt
    }

    /// Ends a step that could not start.
    mutating func failToStart(step: Int, _ error: WorkflowError, now: Timestamp, _ decision: inout Decision) {
        state.steps[step].startedAt = state.lastEventAt
        let failure = WorkflowError(code: error.code, message: error.message, step: state.steps[step].name)
        fail(step: step, failure, now: now, &decision)
    }

    /// Asks for a call of a step's agent.
    func invoke(step: Int, now: Timestamp, _ decision: inout Decision) {
        guard let work = agentWork(of: step) else { return }
        var timeouts = work.timeouts
        if let deadline = totalDeadline(step: step) {
            timeouts.totalMicroseconds = max(1, deadline.microsecondsSinceEpoch - now.microsecondsSinceEpoch)
        }
        decision.invocations.append(
            Invocation(
                executionID: state.id, workflowID: state.workflow.id, step: step, stepName: state.steps[step].name,
                agent: work.agent, isPure: work.isPure, attempt: state.steps[step].attempt,
                arguments: state.steps[step].input ?? .object([:]), traceparent: state.traceparent,
                timeouts: timeouts, deadline: deadline(of: step),
                priority: state.priority ?? definition.priority ?? ExecutionRequest.standardPriority
            )
        )
    }

    // MARK: - End

    /// Ends a step with its output.
    mutating func succeed(step: Int, _ output: JSONValue, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        state.steps[step].output = output
        close(step: step, as: .success)
        record(.stepCompleted, step: step, now: now, &decision, fields: [("output", output)])
        state.steps[step].completedAt = state.lastEventAt
    }

    /// Ends a step with an error, and the execution too unless its `on_error` says otherwise.
    mutating func fail(step: Int, _ error: WorkflowError, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        state.steps[step].error = error
        close(step: step, as: .failed)
        record(.stepFailed, step: step, now: now, &decision, fields: [("error", error.json)])
        state.steps[step].completedAt = state.lastEventAt
        guard state.steps[step].origin == .definition, definition.steps[step].onError == .fail else { return }
        end(with: error, now: now, &decision)
    }

    private mutating func close(step: Int, as status: StepStatus) {
        state.steps[step].status = status
        state.steps[step].dueAt = nil
        if state.steps[step].origin == .definition { state.currentStep = step + 1 }
    }

    /// Lets everything go on that depends on a step or an instance that is over.
    mutating func goOn(after step: Int, now: Timestamp, _ decision: inout Decision) {
        switch state.steps[step].origin {
        case .definition:
            advance(from: step, now: now, &decision)
        case .item(let parent, _):
            count(step, of: parent)
            goOn(withItemsOf: parent, now: now, &decision)
            if state.steps[parent].status.isTerminal { advance(from: parent, now: now, &decision) }
        case .compensation, .failureHandler:
            goOnEnding(now: now, &decision)
        }
    }

    private mutating func advance(from step: Int, now: Timestamp, _ decision: inout Decision) {
        guard isUnderWay else { return }
        var ended: [Int] = []
        startDependants(of: step, &ended, now: now, &decision)
        settle(ended, now: now, &decision)
    }

    /// Starts what waited for steps that ended as soon as they were started, and so on; a list and not a recursion, since
    /// there may be a thousand of them in a row. Then the execution is complete when every step is over.
    mutating func settle(_ steps: [Int], now: Timestamp, _ decision: inout Decision) {
        var ended = steps
        var next = 0
        while isUnderWay && next < ended.count {
            startDependants(of: ended[next], &ended, now: now, &decision)
            next += 1
        }
        guard isUnderWay, definition.steps.indices.allSatisfy({ state.steps[$0].status.isTerminal }) else { return }
        complete(now: now, &decision)
    }

    private mutating func startDependants(
        of step: Int, _ ended: inout [Int], now: Timestamp, _ decision: inout Decision
    ) {
        for dependant in definition.dependants[step] where isUnderWay {
            guard state.steps[dependant].status == .pending,
                definition.steps[dependant].predecessors.allSatisfy({ state.steps[$0].status.isTerminal })
            else { continue }
            start(step: dependant, now: now, &decision)
            if state.steps[dependant].status.isTerminal { ended.append(dependant) }
        }
    }

    private mutating func complete(now: Timestamp, _ decision: inout Decision) {
        let template =
            definition.output
            ?? .object(
                definition.steps.indices.map {
                    (key: state.steps[$0].name, value: .literal(state.steps[$0].output ?? .null))
                })
        let output: JSONValue
        switch compute(template, definition.outputReads, [], tooLarge: .outputTooLarge, "The output") {
        case .success(let value): output = value
        case .failure(let error):
            end(with: error, now: now, &decision)
            return
        }
        state.status = .success
        state.output = output
        record(.executionCompleted, now: now, &decision, fields: [("status", "SUCCESS"), ("output", output)])
        state.completedAt = state.lastEventAt
        tellParent(&decision)
    }
}
