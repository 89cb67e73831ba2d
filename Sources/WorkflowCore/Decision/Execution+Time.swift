import PerdureJSON

/// Attempts that are made later, and executions whose time is up.
extension Execution {
    /// Lets a step wait for its next attempt, if it has one.
    ///
    /// - Parameter pause: The delay in microseconds that the agent asked for; the policy's own when that is longer.
    mutating func scheduleRetry(
        of step: Int, after error: WorkflowError, noSoonerThan pause: Int64, now: Timestamp,
        _ decision: inout Decision
    ) -> Bool {
        guard let policy = attemptedWork(of: step)?.retry else { return false }
        let attempt = state.steps[step].attempt
        guard attempt < policy.maxAttempts, policy.retries(error.code) else { return false }
        let bits = chance(step: step, attempt: attempt)
        let delay = max(pause, policy.delayMicroseconds(afterAttempt: attempt, randomBits: bits))
        let due = now.advanced(byMicroseconds: delay)
        // An attempt that nobody would wait for is not waited for either.
        if let deadline = deadline(of: step), due >= deadline { return false }
        state.steps[step].status = .waiting
        state.steps[step].dueAt = due
        state.steps[step].error = error
        record(
            .stepRetryScheduled, step: step, now: now, &decision,
            fields: [
                ("error", error.json), ("next_attempt", .int(Int64(attempt + 1))), ("delay_ms", .int(delay / 1000)),
                ("retry_at", .string(due.rfc3339)),
            ])
        wait(step: step, &decision)
        return true
    }

    /// Waits for what a step waits for, as far as it has a time.
    func wait(step: Int, _ decision: inout Decision) {
        guard let due = state.steps[step].dueAt else { return }
        let purpose: ExecutionTimer.Purpose =
            attemptedWork(of: step) == nil ? .wait(step: step) : .retry(step: step, attempt: state.steps[step].attempt)
        decision.timers.append(ExecutionTimer(executionID: state.id, purpose: purpose, due: due))
    }

    /// Makes the next attempt of a step that waits.
    mutating func retry(step: Int, now: Timestamp, _ decision: inout Decision) {
        guard let work = attemptedWork(of: step) else { return }
        decision.changedSteps.insert(step)
        state.steps[step].status = .running
        state.steps[step].attempt += 1
        state.steps[step].dueAt = nil
        state.steps[step].error = nil
        guard let agent = work.agent?.agent else {
            // The event of the child tells of the attempt.
            requestChild(of: step, &decision)
            return
        }
        record(.agentInvoked, step: step, now: now, &decision, fields: [("agent", .string(agent))])
        invoke(step: step, now: now, &decision)
    }

    /// When the execution's time is up, if its workflow has a limit. Both parts of it are durable, so every owner
    /// comes to the same time.
    private var executionDeadline: Timestamp? {
        definition.timeoutMicroseconds.map { (state.startedAt ?? state.createdAt).advanced(byMicroseconds: $0) }
    }

    /// When the step's time is up, if it has a limit in all.
    func totalDeadline(step: Int) -> Timestamp? {
        guard let total = attemptedWork(of: step)?.timeouts?.totalMicroseconds else { return nil }
        return (state.steps[step].startedAt ?? state.lastEventAt).advanced(byMicroseconds: total)
    }

    /// When nobody waits for the step any more: its own time is up, or that of the execution, which is no limit for what is
    /// done after that has failed.
    func deadline(of step: Int) -> Timestamp? {
        [totalDeadline(step: step), state.ending == nil ? executionDeadline : nil].compactMap { $0 }.min()
    }

    /// Whether the execution still waits for a time.
    public func awaits(_ purpose: ExecutionTimer.Purpose) -> Bool {
        switch purpose {
        case .retry(let step, let attempt):
            isWaiting(step) && state.steps[step].attempt == attempt && attemptedWork(of: step) != nil
        case .wait(let step): isWaiting(step) && attemptedWork(of: step) == nil
        case .childTimeout(let step, let attempt): awaitsChild(step: step, attempt: attempt)
        case .executionTimeout: (state.status == .running || state.status == .waiting) && state.ending == nil
        }
    }

    private func isWaiting(_ step: Int) -> Bool {
        state.steps.indices.contains(step) && state.steps[step].status == .waiting
    }

    /// Waits for the end of the execution's time, if it has one.
    func waitForDeadline(_ decision: inout Decision) {
        guard state.ending == nil, let due = executionDeadline else { return }
        decision.timers.append(ExecutionTimer(executionID: state.id, purpose: .executionTimeout, due: due))
    }

    /// Ends an execution whose time is up.
    ///
    /// - Returns: false when it has time left, or no limit.
    mutating func endIfTimedOut(now: Timestamp, _ decision: inout Decision) -> Bool {
        guard state.ending == nil, let deadline = executionDeadline, now >= deadline else { return false }
        let limit = DurationText.text(definition.timeoutMicroseconds ?? 0)
        let error = WorkflowError(
            code: .executionTimeout,
            message: "The execution took longer than the \(limit) of its workflow's 'timeout'; look at which step was "
                + "at work, then give it more time or submit the request again under a new key.")
        end(with: error, now: now, &decision)
        return true
    }

    /// Bits for the jitter: they look random, and are the same whoever decides.
    private func chance(step: Int, attempt: Int) -> UInt64 {
        // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014) over the execution's own id.
        var mixed = state.id.lowBits
        mixed &+= 0x9E37_79B9_7F4A_7C15 &* UInt64(truncatingIfNeeded: step << 32 | attempt)
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension WorkflowError {
    /// The delay before the next attempt that is asked for, in microseconds and within its limit; 0 when none is.
    var retryAfterMicroseconds: Int64 {
        guard let retryAfter, retryAfter > .zero else { return 0 }
        let (seconds, attoseconds) = min(retryAfter, .seconds(Limits.retryAfterSeconds)).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
