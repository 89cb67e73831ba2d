import PerdureJSON
import WorkflowCore

extension JournalTables {
    /// A row of `execution_controls`.
    struct ControlRow {
        let control: StoredControl
        var callers: [ReplyAddress]
        /// Set once it is settled.
        var outcome: ControlOutcome?
        /// The lane that settled it.
        var answerer = ""
        var isAnswered = false

        var isOpen: Bool { outcome == nil }
    }

    private var openControlRows: [ControlRow] {
        controls.values.filter(\.isOpen).sorted { $0.control.id.rawValue < $1.control.id.rawValue }
    }

    /// Whether control messages wait for an execution.
    func hasOpenControls(_ id: ExecutionID) -> Bool {
        controls.values.contains { $0.isOpen && $0.control.executionID == id }
    }

    /// Puts control messages into the inbox.
    mutating func submit(_ requests: [ControlRequest], publisher: String) -> [ControlReceipt] {
        requests.map { submit($0, publisher: publisher) }
    }

    private mutating func submit(_ request: ControlRequest, publisher: String) -> ControlReceipt {
        let key = request.messageKey ?? ""
        if let id = controlByKey[key], let row = controls[id] {
            guard row.control.body == request.body else {
                return .refused(.controlConflict(row.control.executionID))
            }
            if let outcome = row.outcome { return .settled(outcome) }
            if let caller = request.replyAddress, !row.callers.contains(caller) {
                controls[id]?.callers.append(caller)
            }
            return kept(request.executionID, publisher: publisher)
        }
        guard let row = executions[request.executionID] else {
            return .refused(.unknownExecution(request.executionID))
        }
        if row.state.status.isTerminal { return .refused(.ended(request.executionID, as: row.state.status)) }
        lastControl += 1
        let id = ControlID(rawValue: lastControl)
        if !sabotage.contains(.forgetsControlKeys) { controlByKey[key] = id }
        controls[id] = ControlRow(
            control: StoredControl(
                id: id, messageKey: key, executionID: request.executionID, actionName: request.action.name,
                parameters: .object(request.action.parameters)),
            callers: [request.replyAddress].compactMap { $0 })
        note(.controlKept(id, key: key, execution: request.executionID))
        return kept(request.executionID, publisher: publisher)
    }

    private mutating func kept(_ execution: ExecutionID, publisher: String) -> ControlReceipt {
        guard let owner = executions[execution]?.lock?.owner,
            let writer = writers.values.first(where: { $0.owner == owner && $0.phase == .live })
        else { return .kept(owner: nil) }
        if writer.publisher == publisher { return .kept(owner: owner) }
        note(.hinted(ControlHint(execution: execution, owner: owner)))
        return .kept(owner: nil)
    }

    /// Puts the runtime's own messages into the inbox.
    ///
    /// - Returns: Where the owner is a lane of the coordinator.
    mutating func send(_ sends: [InternalControl], publisher: String) -> [ControlHint] {
        var hints: [ControlHint] = []
        for send in sends {
            guard executions[send.executionID]?.lock != nil, !sabotage.contains(.forgetsSends) else { continue }
            if controlByKey[send.messageKey] == nil {
                lastControl += 1
                let id = ControlID(rawValue: lastControl)
                controlByKey[send.messageKey] = id
                controls[id] = ControlRow(
                    control: StoredControl(
                        id: id, messageKey: send.messageKey, executionID: send.executionID,
                        actionName: send.action.name, parameters: .object(send.action.parameters)),
                    callers: [])
                note(.controlKept(id, key: send.messageKey, execution: send.executionID))
            }
            if case .kept(let owner?) = kept(send.executionID, publisher: publisher) {
                hints.append(ControlHint(execution: send.executionID, owner: owner))
            }
        }
        return hints
    }

    private mutating func forget(_ control: StoredControl) {
        controls[control.id] = nil
        if controlByKey[control.messageKey] == control.id { controlByKey[control.messageKey] = nil }
    }

    /// What waits for these executions.
    func openControls(of ids: [ExecutionID], limit: Int, byteLimit: Int) -> [StoredControl] {
        let ids = Set(ids)
        var bytes = 0
        var found: [StoredControl] = []
        for row in openControlRows where ids.contains(row.control.executionID) {
            guard found.count < limit, bytes < byteLimit else { break }
            guard case .childEnded(let child, _, _, let its) = row.control.action else {
                found.append(row.control)
                continue
            }
            bytes += its
            found.append(row.control.about(executions[child]?.result))
        }
        return found
    }

    /// Settles messages together with a change of their execution.
    mutating func settle(_ settled: [SettledControl], owner: String) {
        for entry in settled {
            guard let row = controls[entry.control.id] else { continue }
            controls[entry.control.id]?.outcome = entry.outcome
            controls[entry.control.id]?.answerer = owner
            controls[entry.control.id]?.isAnswered = row.callers.isEmpty && !entry.outcome.isRefusal
            note(.controlSettled(entry.control, entry.outcome, callers: row.callers))
            if entry.control.isInternal { forget(entry.control) }
        }
    }

    /// Who is to be told of what a batch has settled.
    func controlCallers(of batch: JournalBatch) -> [ControlID: [ReplyAddress]] {
        var callers: [ControlID: [ReplyAddress]] = [:]
        for settled in batch.changes.flatMap(\.controls) {
            callers[settled.control.id] = controls[settled.control.id]?.callers
        }
        return callers
    }

    private func isLive(_ owner: String) -> Bool {
        writers.values.contains { $0.owner == owner && $0.phase == .live }
    }

    /// A coordinator's executions for which messages wait.
    func openControls(publisher: String) -> [ControlHint] {
        var seen: Set<ExecutionID> = []
        return openControlRows.compactMap { row in
            guard let owner = executions[row.control.executionID]?.lock?.owner,
                writers.values.contains(where: {
                    $0.owner == owner && $0.publisher == publisher && $0.phase == .live
                }), seen.insert(row.control.executionID).inserted
            else { return nil }
            return ControlHint(execution: row.control.executionID, owner: owner)
        }
    }

    /// Whether somebody has to be told and nobody will.
    var hasUnansweredControls: Bool {
        controls.values.contains { row in
            guard !row.isAnswered else { return false }
            if row.isOpen { return executions[row.control.executionID]?.lock == nil }
            return !isLive(row.answerer) && !sabotage.contains(.forgetsAnswers)
        }
    }

    /// Refuses what waits for executions that have ended, then gives what nobody else will tell.
    mutating func unansweredControls(limit: Int) -> [SettledControl] {
        for row in openControlRows {
            guard let status = executions[row.control.executionID]?.state.status, status.isTerminal else { continue }
            if row.control.isInternal {
                note(.controlDropped(row.control))
                forget(row.control)
                continue
            }
            let outcome = ControlOutcome(.ended(row.control.executionID, as: status))
            settle([SettledControl(control: row.control, outcome: outcome)], owner: "")
        }
        return controls.values.filter { !$0.isOpen && !$0.isAnswered && !isLive($0.answerer) }
            .sorted { $0.control.id.rawValue < $1.control.id.rawValue }.prefix(limit)
            .compactMap { row in
                row.outcome.map { SettledControl(control: row.control, outcome: $0, callers: row.callers) }
            }
    }

    /// Notes that senders have been told; refusals are forgotten.
    mutating func recordAnswered(_ ids: [ControlID]) {
        for id in ids {
            guard let row = controls[id], let outcome = row.outcome else { continue }
            note(.controlAnswered(row.control, outcome, callers: row.callers))
            if outcome.isRefusal {
                forget(row.control)
            } else {
                controls[id]?.isAnswered = true
            }
        }
    }
}

extension StoredControl {
    /// The same with how a child ended.
    fileprivate func about(_ child: ExecutionResult?) -> StoredControl {
        StoredControl(
            id: id, messageKey: messageKey, executionID: executionID, actionName: actionName, parameters: parameters,
            childResult: child)
    }
}
