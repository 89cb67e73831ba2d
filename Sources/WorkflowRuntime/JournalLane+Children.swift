import WorkflowCore

extension JournalLane {
    /// Starts the children that decisions ask for, in the batch that has the decisions, and those that these ask for; a step whose
    /// child cannot be started is told why.
    ///
    /// A list and not a recursion: each of the ten thousand items of a `foreach` may ask for a child that is refused.
    func start(_ children: [ChildRequest], in batch: inout LaneBatch) async throws(JournalError) {
        var children = children
        var next = 0
        while next < children.count {
            let child = children[next]
            let (step, attempt) = (child.parent.step, child.parent.attempt)
            next += 1
            // A refusal before this one may have ended the step, or all of the execution.
            guard let parent = held[child.parent.executionID],
                parent.execution.awaitsChild(step: step, attempt: attempt)
            else { continue }
            let now = environment.now()
            switch try await definition(of: child) {
            case .success(let definition):
                let state = child.state(definition, createdAt: now)
                let slot: SlotClaim?
                do throws(RequestRejection) {
                    slot = try Self.claimSlot(definition, state)
                } catch {
                    children += refuse(child, Self.error(of: child, error), now: now, in: &batch)
                    continue
                }
                let noted = parent.execution.handle(
                    .childStarted(step: step, attempt: attempt, definition.reference), now: now)
                batch.add(noted, to: parent.execution, fencingToken: parent.fencingToken)
                children += accept(child, Execution(definition: definition, state: state), slot, now: now, in: &batch)
            case .failure(let error):
                children += refuse(child, error, now: now, in: &batch)
            }
        }
    }

    private func definition(
        of child: ChildRequest
    ) async throws(JournalError) -> Result<WorkflowDefinition, WorkflowError> {
        guard held.count < Limits.executionsWithChildren else {
            return .failure(
                WorkflowError(
                    code: .tooManyChildren,
                    message: "\(held.count) executions are under way where the child was to be started, and the "
                        + "limit is \(Limits.executionsWithChildren); let fewer items be at work at a time."))
        }
        return try await definitions.definition(for: child.request, journal: journal).mapError { rejection in
            Self.error(of: child, rejection)
        }
    }

    private static func error(of child: ChildRequest, _ rejection: RequestRejection) -> WorkflowError {
        WorkflowError(
            code: .init(rawValue: rejection.code.rawValue),
            message: "The child '\(child.workflowID)' cannot be started. \(rejection.message)")
    }

    /// What a child asks of a workflow that limits how many run at a time. It always waits for its turn first, which may come at
    /// once: nothing else of the batch is to be refused for it.
    private static func claimSlot(
        _ definition: WorkflowDefinition, _ state: ExecutionState
    ) throws(RequestRejection) -> SlotClaim? {
        guard let rule = definition.concurrency else { return nil }
        let line = SlotClaim.Line(workflowID: definition.reference.id, key: try rule.key(of: state))
        return SlotClaim(line: line, limit: rule.limit, policy: rule.onLimit, hasStarted: false)
    }

    /// Tells a step that its child cannot be started.
    ///
    /// - Returns: The children that are to be started instead.
    private func refuse(
        _ child: ChildRequest, _ error: WorkflowError, now: Timestamp, in batch: inout LaneBatch
    ) -> [ChildRequest] {
        guard let parent = held[child.parent.executionID] else { return [] }
        let decision = parent.execution.handle(
            .childRefused(step: child.parent.step, attempt: child.parent.attempt, error), now: now)
        batch.add(decision, to: parent.execution, fencingToken: parent.fencingToken)
        return decision.children
    }

    /// Makes an execution of a request.
    ///
    /// - Returns: The children that it asks for itself.
    private func accept(
        _ child: ChildRequest, _ execution: Execution, _ slot: SlotClaim?, now: Timestamp, in batch: inout LaneBatch
    ) -> [ChildRequest] {
        let entry = HeldExecution(
            execution: execution, fencingToken: 1, replyAddress: nil, lease: newLease(), byteCount: child.byteCount)
        let decision = entry.execution.handle(slot.map { .queued(key: $0.line.key) } ?? .accepted, now: now)
        held[child.id] = entry
        batch.add(
            decision, to: entry.execution, fencingToken: 1,
            acceptance: Acceptance(
                idempotencyKey: child.idempotencyKey, priority: child.priority, replyAddress: nil), slot: slot)
        return decision.children
    }
}
