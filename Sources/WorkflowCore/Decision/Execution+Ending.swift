import PerdureJSON

/// How an execution ends without an output, and what is done before that.
extension Execution {
    /// Ends the execution, or begins to: what is at work is given up, and there may be something to do and to undo.
    ///
    /// - Parameter status: `failed` or `cancelled`.
    mutating func end(
        as status: ExecutionStatus = .failed, with error: WorkflowError, now: Timestamp, _ decision: inout Decision
    ) {
        for step in state.steps.indices where !state.steps[step].status.isTerminal {
            cancel(step: step, now: now, &decision)
        }
        // What was decided for this arrival before it failed is not to be called any more.
        decision.invocations.removeAll { $0.executionID == state.id }
        decision.timers.removeAll { $0.executionID == state.id }
        decision.children.removeAll { $0.parent.executionID == state.id }
        loops = [:]
        state.ending = ExecutionState.Ending(status: status, error: error)
        if definition.hasAftermath && state.startedAt != nil {
            listUndoable()
            if !undoable.isEmpty || (status == .failed && definition.failureHandler != nil) {
                record(
                    .executionEnding, now: now, &decision,
                    fields: [("status", .string(status.rawValue)), ("error", error.json)])
            }
        }
        goOnEnding(now: now, &decision)
    }

    /// Gives a step up.
    mutating func cancel(step: Int, now: Timestamp, _ decision: inout Decision) {
        let hasStarted = state.steps[step].status != .pending
        if state.steps[step].status == .running, childWork(of: step) != nil { cancelChild(of: step, &decision) }
        state.steps[step].status = .cancelled
        state.steps[step].dueAt = nil
        decision.changedSteps.insert(step)
        guard hasStarted else { return }
        record(.stepCancelled, step: step, now: now, &decision, fields: [])
        state.steps[step].completedAt = state.lastEventAt
        if agentWork(of: step) != nil { decision.abandonedSteps.append(step) }
    }

    /// Does what is left to do before the end, one thing after another, and then ends.
    mutating func goOnEnding(now: Timestamp, _ decision: inout Decision) {
        guard let ending = state.ending else { return }
        if let last = state.steps.indices.last, case .compensation(let undone) = state.steps[last].origin,
            state.steps[last].status == .success
        {
            markCompensated(undone, now: now, &decision)
            if case .item(let step, _) = state.steps[undone].origin { markCompensatedLoop(step, now: now, &decision) }
        }
        while let instance = nextOfAftermath(ending) {
            let step = state.steps.count
            state.steps.append(instance)
            begin(step: step, now: now, &decision)
            // One that could not even start is noted, and the others have their turn.
            guard state.steps[step].status.isTerminal else { return }
        }
        finishEnding(ending, now: now, &decision)
    }

    /// What is to be done next, if anything is.
    private mutating func nextOfAftermath(_ ending: ExecutionState.Ending) -> StepState? {
        guard definition.hasAftermath, state.startedAt != nil else { return nil }
        if ending.status == .failed, definition.failureHandler != nil, !hasRunFailureHandler {
            return StepState(name: "workflow.on_failure", origin: .failureHandler)
        }
        guard let step = undoable.popLast() else { return nil }
        return StepState(name: "\(state.steps[step].name).compensate", origin: .compensation(of: step))
    }

    /// What is done on failure comes before all compensations, so the last instance tells.
    private var hasRunFailureHandler: Bool {
        guard let last = state.steps.instanceIndices.last else { return false }
        if case .item = state.steps[last].origin { return false }
        return true
    }

    /// Lists the steps and items whose effects are to be undone, the last to have succeeded at the end.
    mutating func listUndoable() {
        var tried: Set<Int> = []
        for index in state.steps.instanceIndices {
            if case .compensation(let undone) = state.steps[index].origin { tried.insert(undone) }
        }
        undoable = state.steps.indices.filter { step in
            guard state.steps[step].status == .success, !tried.contains(step) else { return false }
            switch state.steps[step].origin {
            case .definition: return definition.steps[step].compensation != nil && definition.steps[step].loop == nil
            case .item(let parent, _): return definition.steps[parent].compensation != nil
            case .compensation, .failureHandler: return false
            }
        }
        undoable.sort {
            (state.steps[$0].completedAt ?? state.createdAt, $0) < (state.steps[$1].completedAt ?? state.createdAt, $1)
        }
    }

    private mutating func markCompensated(_ step: Int, now: Timestamp, _ decision: inout Decision) {
        guard state.steps[step].status == .success else { return }
        decision.changedSteps.insert(step)
        state.steps[step].status = .compensated
        record(.stepCompensated, step: step, now: now, &decision, fields: [])
    }

    private mutating func finishEnding(
        _ ending: ExecutionState.Ending, now: Timestamp, _ decision: inout Decision
    ) {
        if definition.hasAftermath { markCompensatedLoops(now: now, &decision) }
        let error = definition.hasAftermath ? named(ending.error) : ending.error
        state.ending = nil
        state.status = ending.status
        state.error = error
        record(
            ending.status == .cancelled ? .executionCancelled : .executionFailed, now: now, &decision,
            fields: [("status", .string(ending.status.rawValue)), ("error", error.json)])
        state.completedAt = state.lastEventAt
        tellParent(&decision)
    }

    /// A step with items is compensated when all of them are that had succeeded, so with the last of these.
    private mutating func markCompensatedLoop(_ step: Int, now: Timestamp, _ decision: inout Decision) {
        // What is left to undo is asked first, from its end, where an item of the same step mostly is: of ten thousand items
        // only the last one makes all be looked at.
        guard undoable.last(where: { isItem($0, of: step) }) == nil,
            !state.steps.instanceIndices.contains(where: {
                isItem($0, of: step) && state.steps[$0].status == .success
            })
        else { return }
        markCompensated(step, now: now, &decision)
    }

    /// Marks the steps with items that a program before this one would have marked now: it did so at the end of the execution,
    /// which may have begun to end under it.
    private mutating func markCompensatedLoops(now: Timestamp, _ decision: inout Decision) {
        for step in definition.steps.indices
        where definition.steps[step].loop != nil && state.steps[step].status == .success {
            let isUndone = state.steps.instanceIndices.contains {
                isItem($0, of: step) && state.steps[$0].status == .compensated
            }
            if isUndone { markCompensatedLoop(step, now: now, &decision) }
        }
    }

    private func isItem(_ index: Int, of step: Int) -> Bool {
        if case .item(step, _) = state.steps[index].origin { true } else { false }
    }

    /// The error with what else went wrong before the end.
    private func named(_ error: WorkflowError) -> WorkflowError {
        var message = error.message
        for index in state.steps.instanceIndices where state.steps[index].status == .failed {
            guard let failure = state.steps[index].error else { continue }
            let what: String
            switch state.steps[index].origin {
            case .compensation(let undone): what = "'\(state.steps[undone].name)' could not be undone"
            case .failureHandler: what = "What the workflow does on failure failed too"
            case .definition, .item: continue
            }
            message += "\(message.hasSuffix(".") ? "" : ".") \(what): \(failure.code.rawValue): \(failure.message)"
        }
        return WorkflowError(code: error.code, message: message, step: error.step)
    }
}
