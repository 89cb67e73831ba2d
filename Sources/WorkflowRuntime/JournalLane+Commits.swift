import Logging
import WorkflowCore

extension JournalLane {
    /// Published events after which a commit takes the cursor along. Between them a heartbeat does, if they come slowly;
    /// what lies between is published twice after a crash.
    private static let cursorStride: Int64 = 1000

    /// The cursor, when it has moved by so much that it is worth a row.
    private func cursor(of writer: WriterID) -> Int64? {
        let published = outbox.publishedPosition(of: writer)
        return published - recordedPosition >= Self.cursorStride ? published : nil
    }

    /// Commits a batch, whatever it takes, and lets out what it allows.
    func commit(_ batch: inout LaneBatch) async throws(JournalError) {
        while !batch.isEmpty, let writer {
            let last = batch.numberEvents(after: lastPosition)
            let transaction = JournalBatch(
                writer: writer, owner: owner, publisher: configuration.owner, cursor: cursor(of: writer),
                changes: batch.changes
            )
            do {
                let receipt = try await journal.commit(transaction)
                lastPosition = last
                if let cursor = transaction.cursor { recordedPosition = cursor }
                release(batch, receipt, writer: writer, last: last)
                return
            } catch {
                switch error.code {
                case .leasesLost(let ids):
                    logger.warning(
                        "executions were taken over by another coordinator", metadata: [LogKey.count: "\(ids.count)"])
                    give(up: Set(ids), in: &batch)
                case .writerLost:
                    try await startOver(&batch)
                case .alreadyAccepted where !batch.accepted.isEmpty:
                    // Where coordinators start the same tick, that is the copy, and says nothing of other requests.
                    if !batch.accepted.values.contains(where: \.receipt.isOfTick) {
                        batchesToLookUp = Self.copyVigilance
                    }
                    putBackRequests(of: &batch)
                case .slotsTaken(let ids) where !ids.isEmpty:
                    putBackRequests(of: &batch, withoutSlots: ids)
                case .refused, .alreadyAccepted, .slotsTaken:
                    try await commitOneByOne(batch, error)
                    return
                case .cancelled, .schemaMissing:
                    throw error
                }
            }
        }
        // Nothing to commit, but an execution that was handed over still has calls to make.
        carryOn(batch)
    }

    /// After the commit: the deliveries are acknowledged, the events leave, the agents are called.
    private func release(_ batch: LaneBatch, _ receipt: CommitReceipt, writer: WriterID, last: Int64) {
        intake.acknowledge(batch.acceptedInOrder.map(\.receipt))
        var item = Outbox.Item(writer: writer, lastPosition: last)
        var settled: [SettledControl] = []
        for change in batch.changes {
            let state = change.state
            for var control in change.controls {
                control.callers = receipt.controlCallers[control.control.id] ?? []
                if control.hasToBeTold { settled.append(control) }
            }
            item.groups.append(
                EventGroup(
                    executionID: state.id, workflowID: state.workflow.id, traceparent: state.traceparent,
                    events: change.events
                )
            )
            guard let result = ExecutionResult(state) else { continue }
            item.replies += ResultReply.replies(
                result, to: held[state.id]?.replyAddress, and: receipt.furtherCallers[state.id] ?? []
            )
            held[state.id] = nil
            timers.forget(state.id)
        }
        outbox.enqueue(item)
        answers.enqueue(settled)
        hint(receipt.hints)
        learn(of: batch, receipt)
        for (id, step) in batch.abandoned { invoker.cancel(id, step: step, lane: index) }
        carryOn(batch)
    }

    /// Tells the owners of executions that a commit has sent control messages to, as far as they are lanes here.
    private func hint(_ hints: [ControlHint]) {
        let own = hints.filter { $0.owner == owner }.map(\.execution)
        if !own.isEmpty { mailbox.post(.controls(own)) }
        for hint in hints where hint.owner != owner { neighbours.yield(hint) }
    }

    /// Takes note of whether those that wait for their turn had it at once.
    private func learn(of batch: LaneBatch, _ receipt: CommitReceipt) {
        for change in batch.changes {
            guard let slot = change.slot, !slot.hasStarted else { continue }
            if receipt.hints.contains(where: { $0.execution == change.state.id }) {
                slots.sawSlot(in: slot.line)
            } else {
                slots.sawNoSlot(in: slot.line)
            }
        }
    }

    /// What goes on after a commit, for the executions that have not ended with it.
    private func carryOn(_ batch: LaneBatch) {
        for timer in batch.timers where held[timer.executionID]?.execution.awaits(timer.purpose) == true {
            timers.schedule(timer)
        }
        // An answer in the same batch may have ended the execution after a call was decided.
        for invocation in batch.invocations where isAwaited(invocation) {
            invoker.invoke(invocation, lane: index, answerTo: mailbox)
        }
    }

    /// Whether the attempt of a call still waits for its answer.
    func isAwaited(_ invocation: Invocation) -> Bool {
        guard let steps = held[invocation.executionID]?.execution.state.steps, steps.indices.contains(invocation.step)
        else { return false }
        return steps[invocation.step].status == .running && steps[invocation.step].attempt == invocation.attempt
    }

    /// The database refuses the batch: each change by itself, so that one of them cannot hold up the others.
    private func commitOneByOne(_ batch: LaneBatch, _ refusal: JournalError) async throws(JournalError) {
        guard batch.changes.count == 1 else {
            let writerBefore = writer
            for index in batch.changes.indices {
                var single = batch.single(index)
                guard writer == writerBefore else {
                    // The lease ran out on the way: nothing is held any more.
                    putBackRequests(of: &single)
                    continue
                }
                try await commit(&single)
            }
            return
        }
        let id = batch.changes[0].state.id
        logger.error(
            "the database refuses a change", metadata: [LogKey.execution: "\(id)", LogKey.error: "\(refusal.message)"])
        invoker.cancel([id], lane: index)
        held[id] = nil
        timers.forget(id)
        if let admitted = batch.accepted[id] {
            await intake.reject(
                admitted.receipt, RequestRejection(.notStorable, "The database refuses the request: \(refusal.message)")
            )
        } else {
            // The journal still holds its last good state; whoever takes it over counts the interruption.
            try await journal.release([id], owner: owner, isHandedOver: false)
            hasLetGo = true
        }
    }

    private func give(up ids: Set<ExecutionID>, in batch: inout LaneBatch) {
        batch.drop(ids)
        for id in ids {
            held[id] = nil
            timers.forget(id)
        }
        invoker.cancel(ids, lane: index)
    }

    /// These executions were to start and have no slot: they wait for their turn or are refused, as their definitions say.
    private func putBackRequests(of batch: inout LaneBatch, withoutSlots ids: [ExecutionID]) {
        let without = Set(ids)
        for change in batch.changes where without.contains(change.state.id) {
            if let line = change.slot?.line { slots.sawNoSlot(in: line) }
        }
        putBackRequests(of: &batch, without, foundNoSlot: true)
    }

    private func putBackRequests(of batch: inout LaneBatch) {
        putBackRequests(of: &batch, Set(batch.accepted.keys), foundNoSlot: false)
    }

    private func putBackRequests(of batch: inout LaneBatch, _ ids: Set<ExecutionID>, foundNoSlot: Bool) {
        let requests = batch.acceptedInOrder.filter { ids.contains($0.executionID) }
        batch.drop(ids)
        for id in ids { held[id] = nil }
        // The agents of pure steps may be at work already.
        invoker.cancel(ids, lane: index)
        mailbox.putBack(requests, foundNoSlot: foundNoSlot)
    }

    /// The coordinator was taken for dead: others own what it held, or are about to. Requests not committed yet are
    /// still the broker's to deliver.
    func startOver(_ batch: inout LaneBatch) async throws(JournalError) {
        logger.warning("the lease ran out; starting over with nothing held", metadata: [LogKey.count: "\(held.count)"])
        // Those that are new in the batch too: their commit may have happened without an answer.
        let dropped = held.ids
        putBackRequests(of: &batch)
        give(up: Set(dropped), in: &batch)
        // Until there is another, nothing may be claimed for the lane.
        writer = nil
        try await journal.abandon(owner: owner, publisher: configuration.owner)
        try await open()
    }
}
