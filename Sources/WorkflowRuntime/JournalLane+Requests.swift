import Logging
import WorkflowCore

extension JournalLane {
    /// For how many batches every request is looked up after one has turned out to be a copy: they seldom come alone.
    static let copyVigilance = 100

    /// Makes executions of requests, and answers those that came before.
    ///
    /// A request that nothing is known against is taken for new without asking, which spares a round trip before the
    /// commit. The keys of the tables refuse the commit if it is a copy after all; it comes back then and is looked up.
    func accept(_ requests: [AdmittedRequest], in batch: inout LaneBatch) async throws(JournalError) {
        guard let writer else { return }
        // One whose connection is gone is delivered again; taking it here too could make two executions of it.
        let requests = requests.filter { intake.isOpen($0.receipt) }
        let isWary = batchesToLookUp > 0
        if isWary { batchesToLookUp -= 1 }
        let doubtful = requests.filter { isWary || isDoubtful($0) }
        let known =
            doubtful.isEmpty
            ? []
            : try await journal.findAccepted(
                keys: doubtful.compactMap(\.request.idempotencyKey), ids: doubtful.map(\.executionID), for: writer)
        let byKey = Dictionary(known.map { ($0.idempotencyKey, $0) }) { first, _ in first }
        let byID = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        var copies: [AdmittedRequest] = []
        for admitted in requests {
            let request = admitted.request
            if let record = request.idempotencyKey.flatMap({ byKey[$0] }) ?? byID[admitted.executionID] {
                try await answerCopy(admitted, of: record)
                continue
            }
            let id = admitted.executionID
            let key = request.idempotencyKey ?? id.description
            if batch.contains(id) || batch.acceptedKeys.contains(key) {
                copies.append(admitted)
                continue
            }
            switch admitted.definition {
            case .success(let definition):
                let children: [ChildRequest]
                do throws(RequestRejection) {
                    children = try start(admitted, definition, key: key, in: &batch)
                } catch {
                    await intake.reject(admitted.receipt, error)
                    continue
                }
                try await start(children, in: &batch)
            case .failure(let rejection): await intake.reject(admitted.receipt, rejection)
            }
        }
        // A copy that came together with its original finds it in the tables on the next round.
        if !copies.isEmpty { mailbox.putBack(copies) }
    }

    /// Whether a request may have been accepted before, or is to be refused, which only a new one may be.
    private func isDoubtful(_ admitted: AdmittedRequest) -> Bool {
        if admitted.mayBeKnown || held[admitted.executionID] != nil { return true }
        if case .failure = admitted.definition { return true }
        return false
    }

    /// - Returns: The children that its first steps ask for.
    private func start(
        _ admitted: AdmittedRequest, _ definition: WorkflowDefinition, key: String, in batch: inout LaneBatch
    ) throws(RequestRejection) -> [ChildRequest] {
        let request = admitted.request
        let id = admitted.executionID
        let now = environment.now()
        let state = ExecutionState(
            id: id, workflow: definition.reference, stepNames: definition.steps.map(\.name),
            input: request.input, metadata: request.metadata, traceparent: request.traceparent,
            priority: request.priority, createdAt: now
        )
        let slot = try claimSlot(for: admitted, definition, state)
        let entry = HeldExecution(
            execution: Execution(definition: definition, state: state), fencingToken: 1,
            replyAddress: request.replyAddress, lease: newLease(), byteCount: admitted.byteCount
        )
        let arrival = slot.map { $0.hasStarted ? .accepted : .queued(key: $0.line.key) } ?? Arrival.accepted
        let decision = entry.execution.handle(arrival, now: now)
        held[id] = entry
        batch.add(
            decision, to: entry.execution, fencingToken: 1, request: admitted,
            acceptance: Acceptance(
                idempotencyKey: key, priority: request.priority, replyAddress: request.replyAddress
            ), slot: slot
        )
        return decision.children
    }

    /// What a new execution asks of a workflow that limits how many run at a time; nil when it does not.
    ///
    /// - Throws: `RequestRejection` when the request has no key, or there was no slot for it and it cannot wait.
    private func claimSlot(
        for admitted: AdmittedRequest, _ definition: WorkflowDefinition, _ state: ExecutionState
    ) throws(RequestRejection) -> SlotClaim? {
        guard let rule = definition.concurrency else { return nil }
        let line = SlotClaim.Line(workflowID: definition.reference.id, key: try rule.key(of: state))
        let mayStart: Bool
        if rule.onLimit == .reject {
            guard !admitted.foundNoSlot else { throw .concurrencyLimit(rule, line) }
            mayStart = true
        } else {
            mayStart = !admitted.foundNoSlot && slots.admits(line, limit: rule.limit)
        }
        return SlotClaim(line: line, limit: rule.limit, policy: rule.onLimit, hasStarted: mayStart)
    }

    /// A request seen before: the same answer, now or when there is one; other content under the same key is refused.
    private func answerCopy(_ admitted: AdmittedRequest, of record: AcceptedExecution) async throws(JournalError) {
        let request = admitted.request
        guard record.workflowID == request.workflowID, record.input == request.input else {
            let rejection = RequestRejection(
                .idempotencyConflict,
                "The property 'message_id' or the field 'execution_id' was used before, with another workflow or input, by "
                    + "execution \(record.id); send a new one."
            )
            await intake.reject(admitted.receipt, rejection)
            return
        }
        if request.isRedelivered, request.replyAddress == record.replyAddress {
            // The message itself once more: its acknowledgement was lost. Its caller is answered already or will be.
            intake.acknowledge([admitted.receipt])
            return
        }
        var result = record.result
        if result == nil, let caller = request.replyAddress {
            result = try await journal.attach(caller, to: record.id)
        }
        guard let result, let caller = request.replyAddress else {
            intake.acknowledge([admitted.receipt])
            return
        }
        outbox.enqueue(
            Outbox.Item(replies: [ResultReply(address: caller, result: result)], receipts: [admitted.receipt])
        )
    }
}
