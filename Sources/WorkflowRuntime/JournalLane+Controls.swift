import WorkflowCore

extension JournalLane {
    /// Control messages that share a commit at most.
    private static let controlsPerBatch = 200

    /// Whether there may be more than these: a portion of the inbox has so many messages, or outputs of so many bytes.
    private static func isFull(_ controls: [StoredControl]) -> Bool {
        controls.count == controlsPerBatch
            || controls.reduce(0) { $0 + ($1.action?.approximateByteCount ?? 0) } >= batchBytes
    }

    /// Settles the control messages that wait for executions, each with a transition of its execution, or with a refusal
    /// under its token.
    ///
    /// What waits is read here and not brought along: whatever earlier commits of the lane have settled is not found
    /// any more, however often somebody said that there is something.
    func settleControls(of executions: [ExecutionID], in batch: inout LaneBatch) async throws(JournalError) {
        // A lane without a writer owns nothing; whoever takes its executions over finds the same.
        guard let writer else { return }
        let controls = try await journal.openControls(
            of: executions, limit: Self.controlsPerBatch, byteLimit: Self.batchBytes, for: writer)
        if Self.isFull(controls) { mailbox.post(.controls(executions)) }
        var isLate = false
        for control in controls {
            // What a newer version sends within the runtime waits for an owner of that version.
            if control.isInternal && control.arrival == nil { continue }
            guard let entry = held[control.executionID] else {
                // It has ended, or is somebody else's now, who is told by the next tick at the latest.
                isLate = true
                continue
            }
            let (decision, outcome) = entry.execution.settle(control, now: environment.now())
            if !outcome.isRefusal {
                held.add(bytes: control.action?.approximateByteCount ?? 0, to: control.executionID)
            }
            batch.add(
                decision, to: entry.execution, fencingToken: entry.fencingToken,
                control: SettledControl(control: control, outcome: outcome))
            try await start(decision.children, in: &batch)
        }
        if isLate { answers.look() }
    }
}

extension Execution {
    /// Does what a control message asks, or says why not.
    fileprivate mutating func settle(
        _ control: StoredControl, now: Timestamp
    ) -> (decision: Decision, outcome: ControlOutcome) {
        guard let action = control.action, let arrival = control.arrival else {
            let refusal = RequestRejection(
                .invalidRequest,
                "The coordinator that owns the execution does not know the action '\(control.actionName)'; "
                    + "send it again once all coordinators are of the newer version.")
            return (Decision(), ControlOutcome(refusal))
        }
        let decision = handle(arrival, now: now)
        if let refusal = decision.refusal { return (decision, ControlOutcome(refusal)) }
        if control.isInternal && decision.events.isEmpty {
            return (decision, .refused(code: "NOT_AWAITED", message: "The execution does not wait for it any more."))
        }
        return (decision, .applied(state.id, action: action.name, sequence: state.sequence))
    }
}
