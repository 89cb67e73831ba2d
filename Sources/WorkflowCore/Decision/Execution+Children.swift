import PerdureJSON

/// Steps that run another workflow as an execution of its own, and executions that such a step has started.
extension Execution {
    /// The child that a step or an instance runs; nil for a step whose items do.
    func childWork(of step: Int) -> ChildWork? { attemptedWork(of: step)?.child }

    private func childID(of step: Int) -> ExecutionID {
        .child(of: state.id, step: step, attempt: state.steps[step].attempt)
    }

    /// Whether an attempt is at work and has a child, or is about to have one.
    public func awaitsChild(step: Int, attempt: Int) -> Bool {
        state.steps.indices.contains(step) && state.steps[step].status == .running
            && state.steps[step].attempt == attempt && childWork(of: step) != nil
    }

    // MARK: - Start

    mutating func begin(_ work: ChildWork, as step: Int, now: Timestamp, _ decision: inout Decision) {
        let depth = (state.parent?.depth ?? 0) + 1
        guard depth <= Limits.childDepth else {
            let error = WorkflowError(
                code: .childTooDeep,
                message: "The child '\(work.workflowID)' would be the \(depth)th execution in a row that another one "
                    + "starts, and the limit is \(Limits.childDepth); look for workflows that start one another.")
            failToStart(step: step, error, now: now, &decision)
            return
        }
        switch compute(
            work.input, work.reads, bindings(of: step), tooLarge: .expressionError, "The input of the child")
        {
        case .success(let input):
            state.steps[step].status = .running
            state.steps[step].input = input
            markStarted(step: step, now: now, &decision, fields: [("input", input)])
            requestChild(of: step, &decision)
        case .failure(let error):
            failToStart(step: step, error, now: now, &decision)
        }
    }

    /// Asks for the child of an attempt.
    func requestChild(of step: Int, _ decision: inout Decision) {
        guard let work = childWork(of: step) else { return }
        let parent = ParentStep(
            executionID: state.id, step: step, stepName: state.steps[step].name, attempt: state.steps[step].attempt,
            depth: (state.parent?.depth ?? 0) + 1)
        decision.children.append(
            ChildRequest(
                id: childID(of: step), parent: parent, workflowID: work.workflowID, version: work.version,
                input: state.steps[step].input ?? .object([:]), metadata: state.metadata,
                traceparent: state.traceparent, priority: state.priority))
    }

    /// Takes note of the child that starts with this commit.
    mutating func noteChild(
        of step: Int, _ reference: WorkflowReference, now: Timestamp, _ decision: inout Decision
    ) {
        decision.changedSteps.insert(step)
        record(
            .childStarted, step: step, now: now, &decision,
            fields: [
                ("child_execution_id", .string(childID(of: step).description)),
                ("child_workflow_id", .string(reference.id)), ("child_version", .int(Int64(reference.version))),
            ])
        let run = childWork(of: step)?.timeouts.runMicroseconds
        let limits = [run.map { state.lastEventAt.advanced(byMicroseconds: $0) }, totalDeadline(step: step)]
        state.steps[step].dueAt = limits.compactMap { $0 }.min()
        waitForChild(of: step, &decision)
    }

    /// Waits for the end of the time that a child has, if it has a limit.
    func waitForChild(of step: Int, _ decision: inout Decision) {
        guard let due = state.steps[step].dueAt else { return }
        decision.timers.append(
            ExecutionTimer(
                executionID: state.id, purpose: .childTimeout(step: step, attempt: state.steps[step].attempt), due: due)
        )
    }

    // MARK: - End

    /// Goes on with what a child gave, or without it.
    mutating func take(_ result: ExecutionResult, of step: Int, now: Timestamp, _ decision: inout Decision) {
        let id = childID(of: step)
        let name = ("child_execution_id", JSONValue.string(id.description))
        decision.changedSteps.insert(step)
        switch result {
        case .success(id, let output):
            record(.childCompleted, step: step, now: now, &decision, fields: [name])
            let bytes = output.jsonBytes.count
            guard bytes <= Limits.stepOutputBytes else {
                let error = WorkflowError(
                    code: .outputTooLarge,
                    message: "The output of the child \(id) has \(bytes) bytes and the limit is "
                        + "\(Limits.stepOutputBytes); let its 'output' give less.")
                failAttempt(of: step, error, now: now, &decision)
                return
            }
            succeed(step: step, output, now: now, &decision)
            goOn(after: step, now: now, &decision)
        case .failure(id, let status, let error):
            record(
                status == .cancelled ? .childCancelled : .childFailed, step: step, now: now, &decision,
                fields: [name, ("error", error.json)])
            let message = "\(error.message)\(error.message.hasSuffix(".") ? "" : ".") This is of the child \(id)."
            let code = status == .cancelled ? .childCancelled : error.code
            failAttempt(of: step, WorkflowError(code: code, message: message), now: now, &decision)
        case .success, .failure, .rejected:
            // Not of this attempt's child.
            break
        }
    }

    /// Gives up a child that has taken too long.
    mutating func endChildWait(of step: Int, now: Timestamp, _ decision: inout Decision) {
        let due = state.steps[step].dueAt ?? now
        guard now >= due else {
            // The clock has been set back since.
            waitForChild(of: step, &decision)
            return
        }
        record(.timerFired, step: step, now: now, &decision, fields: [("due", .string(due.rfc3339))])
        cancelChild(of: step, &decision)
        let timeouts = childWork(of: step)?.timeouts ?? StepTimeouts()
        let error: WorkflowError
        if let total = totalDeadline(step: step), now >= total {
            error = WorkflowError(
                code: .totalTimeout,
                message: "The step with all its attempts took longer than "
                    + "\(DurationText.text(timeouts.totalMicroseconds ?? 0)).")
        } else {
            error = WorkflowError(
                code: .timeout,
                message: "The child \(childID(of: step)) took longer than "
                    + "\(DurationText.text(timeouts.runMicroseconds ?? 0)).")
        }
        failAttempt(of: step, error, now: now, &decision)
    }

    /// Ends the child of a step that is at work, since nobody waits for it any more.
    func cancelChild(of step: Int, _ decision: inout Decision) {
        let id = childID(of: step)
        let reason =
            "The step '\(state.steps[step].name)' of the execution \(state.id), which had started it, no longer waits for it."
        decision.sends.append(InternalControl(key: "cancel/\(id)", to: id, action: .cancel(reason: reason)))
    }

    /// Tells the step that has started this execution of its end.
    func tellParent(_ decision: inout Decision) {
        guard let parent = state.parent else { return }
        decision.sends.append(
            InternalControl(
                key: "end/\(state.id)", to: parent.executionID,
                action: .childEnded(
                    state.id, step: parent.step, attempt: parent.attempt,
                    byteCount: state.output?.approximateByteCount ?? 0)))
    }
}
