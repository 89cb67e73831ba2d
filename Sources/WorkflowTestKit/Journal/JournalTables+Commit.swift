import WorkflowCore

extension JournalTables {
    /// Why a commit did not happen, as the server would tell.
    enum CommitFailure: Error {
        case writerNotLive
        case tokensOutdated
        case duplicateAcceptance
        case duplicateEvents
        case slotsTaken([ExecutionID])
    }

    /// The transaction of a commit.
    mutating func commit(_ batch: JournalBatch, lease: Duration, now: Timestamp) -> Result<CommitReceipt, CommitFailure>
    {
        guard let writer = writers[batch.writer] else { return .failure(.writerNotLive) }
        let isLive = writer.publisher == batch.publisher && writer.phase == .live
        guard isLive || sabotage.contains(.ignoresHeirs) else { return .failure(.writerNotLive) }
        let advanced = batch.changes.filter { $0.acceptance == nil }
        guard sabotage.contains(.ignoresFencing) || advanced.allSatisfy({ isOwned($0) }) else {
            return .failure(.tokensOutdated)
        }
        let accepted = batch.changes.filter { $0.acceptance != nil }
        guard accepted.allSatisfy({ isNew($0) }) else { return .failure(.duplicateAcceptance) }
        let isCopy = advanced.contains { change in
            guard let first = change.events.first, let row = executions[change.state.id] else { return false }
            return row.events.contains { $0.event.sequence == first.sequence }
        }
        guard !isCopy || sabotage.contains(.ignoresCopies) else { return .failure(.duplicateEvents) }

        let slotSends: [InternalControl]
        switch takeSlots(for: batch.changes) {
        case .refused(let ids): return .failure(.slotsTaken(ids))
        case .taken(let sends): slotSends = sends
        }
        if let cursor = batch.cursor { moveCursor(of: batch.writer, to: cursor) }
        for change in batch.changes { apply(change, batch, lease: lease, now: now) }
        let hints = send(slotSends + batch.changes.flatMap(\.sends), publisher: batch.publisher)
        var receipt = receipt(of: batch)
        receipt.hints = hints
        return .success(receipt)
    }

    private func isOwned(_ change: ExecutionChange) -> Bool {
        executions[change.state.id]?.token == change.fencingToken
    }

    private func isNew(_ change: ExecutionChange) -> Bool {
        guard executions[change.state.id] == nil else { return false }
        guard let key = change.acceptance?.idempotencyKey, !sabotage.contains(.ignoresKeys) else { return true }
        return idByKey[key] == nil
    }

    private mutating func apply(_ change: ExecutionChange, _ batch: JournalBatch, lease: Duration, now: Timestamp) {
        let id = change.state.id
        if let acceptance = change.acceptance {
            executions[id] = Row(
                state: change.state, acceptance: acceptance, token: change.fencingToken,
                lock: Lock(owner: batch.owner, expiry: .at(now.advanced(by: lease))))
            idByKey[acceptance.idempotencyKey] = id
        } else {
            executions[id]?.update(to: change, losesLastStep: sabotage.contains(.losesSteps))
        }
        for (offset, event) in change.events.enumerated() {
            let position = change.firstPosition + Int64(offset)
            streams[batch.writer, default: []].append((position, id, executions[id]?.events.count ?? 0))
            executions[id]?.events.append(EventRow(event: event, writer: batch.writer, position: position))
        }
        if !sabotage.contains(.leavesControlsOpen) { settle(change.controls, owner: batch.owner) }
        if change.state.status.isTerminal, !sabotage.contains(.leavesLocks) { executions[id]?.lock = nil }
        note(.committed(change, writer: batch.writer, publisher: batch.publisher))
    }

    /// Whether a batch whose commit was not answered has happened: its first event is there.
    func didCommit(_ batch: JournalBatch) -> Bool {
        guard let position = batch.firstPosition, !sabotage.contains(.ignoresCopies) else { return false }
        return streams[batch.writer]?.contains { $0.position == position } == true
    }

    /// The further callers of the executions that a batch has ended.
    func receipt(of batch: JournalBatch) -> CommitReceipt {
        var receipt = CommitReceipt(controlCallers: controlCallers(of: batch))
        for change in batch.changes where change.state.status.isTerminal {
            let callers = executions[change.state.id]?.callers ?? []
            if !callers.isEmpty { receipt.furtherCallers[change.state.id] = callers }
        }
        return receipt
    }

    /// The executions of a batch that are no longer owned under the tokens it has.
    func lostLeases(of batch: JournalBatch) -> [ExecutionID] {
        batch.changes.filter { $0.acceptance == nil && !isOwned($0) }.map(\.state.id)
    }

    /// Moves a writer's cursor forward.
    mutating func moveCursor(of writer: WriterID, to position: Int64) {
        guard let before = writers[writer]?.publishedPosition, position > before else { return }
        writers[writer]?.publishedPosition = position
        note(.cursorMoved(writer, to: position))
    }
}

extension JournalTables.Row {
    /// Writes what a commit writes: all of the changed steps; of the others only what the snapshot holds.
    fileprivate mutating func update(to change: ExecutionChange, losesLastStep: Bool) {
        let new = change.state
        var changed = change.changedSteps
        if losesLastStep, let last = changed.max() { changed.remove(last) }
        for index in 0..<state.steps.definedCount where !changed.contains(index) {
            state.steps[index].attempt = new.steps[index].attempt
            state.steps[index].dueAt = new.steps[index].dueAt
            state.steps[index].interruptions = new.steps[index].interruptions
        }
        for index in changed.sorted() {
            while state.steps.count <= index {
                let missing = new.steps[state.steps.count]
                state.steps.append(StepState(name: missing.name, origin: missing.origin))
            }
            state.steps[index] = new.steps[index]
        }
        state.ending = new.ending
        if change.changesStatus {
            state.status = new.status
            state.startedAt = new.startedAt
        }
        state.sequence = new.sequence
        state.lastEventAt = new.lastEventAt
        state.currentStep = new.currentStep
        state.signals = new.signals
        guard new.status.isTerminal else { return }
        state.status = new.status
        state.output = new.output
        state.error = new.error
        state.completedAt = new.completedAt
    }
}

extension Timestamp {
    /// The time so much later.
    func advanced(by duration: Duration) -> Timestamp {
        advanced(byMicroseconds: duration.microseconds)
    }
}

extension Duration {
    /// In whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
