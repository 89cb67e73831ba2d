import PerdureJSON
import WorkflowCore

/// The books about control messages: what was kept, what became of it in which commit, and who was told.
struct ControlLedger {
    private struct Entry {
        let key: String
        let execution: ExecutionID
        var outcome: ControlOutcome?
        var wasApplied = false
    }

    private var entries: [ControlID: Entry] = [:]
    private var openByKey: [String: ControlID] = [:]
    private var appliedBodies: [JSONValue: Int] = [:]
    private var outcomes: [JSONValue: [ControlOutcome]] = [:]
    /// Executions that have been cancelled and had something to undo first.
    private var ending: Set<ExecutionID> = []

    /// How often a message was applied, by what it says.
    func timesApplied(_ body: JSONValue) -> Int { appliedBodies[body, default: 0] }

    /// What became of messages that say this.
    func outcomes(of body: JSONValue) -> [ControlOutcome] { outcomes[body] ?? [] }

    /// A message is put into the inbox.
    mutating func keep(_ id: ControlID, key: String, execution: ExecutionID) -> String? {
        guard openByKey.updateValue(id, forKey: key) == nil else { return "control message \(key) is kept twice" }
        entries[id] = Entry(key: key, execution: execution)
        return nil
    }

    /// A message is settled.
    mutating func settle(_ control: StoredControl, _ outcome: ControlOutcome) -> String? {
        guard let entry = entries[control.id] else { return "control message \(control.messageKey) was never kept" }
        if let before = entry.outcome, before != outcome {
            return "the outcome of control message \(control.messageKey) changes"
        }
        if entry.outcome == nil && !control.isInternal { outcomes[control.body, default: []].append(outcome) }
        entries[control.id]?.outcome = outcome
        // Nothing is left of it, so it could come again.
        return control.isInternal ? drop(control) : nil
    }

    /// One of the runtime's own messages is forgotten.
    mutating func drop(_ control: StoredControl) -> String? {
        guard control.isInternal, openByKey[control.messageKey] == control.id else {
            return "control message \(control.messageKey) is forgotten and must not be"
        }
        openByKey[control.messageKey] = nil
        return nil
    }

    /// A commit applies messages: its events show it, and nothing else does.
    mutating func apply(_ change: ExecutionChange) -> String? {
        var expected: [String] = []
        for settled in change.controls where !settled.outcome.isRefusal {
            let control = settled.control
            guard entries[control.id]?.wasApplied == false else {
                return "control message \(control.messageKey) is applied twice"
            }
            entries[control.id]?.wasApplied = true
            if !control.isInternal { appliedBodies[control.body, default: 0] += 1 }
            guard control.executionID == change.state.id else {
                return "control message \(control.messageKey) is applied to another execution"
            }
            switch control.action {
            case .cancel(let reason):
                expected.append(EventType.executionCancelled.rawValue + (reason ?? ""))
                let status = change.state.ending?.status ?? change.state.status
                guard status == .cancelled else { return "\(change.state.id) is cancelled and goes on" }
            case .signal(let name, let payload):
                expected.append(EventType.signalReceived.rawValue + name + payload.jsonText)
            case .childEnded, .slotGranted, .slotRefused: break
            case nil: return "control message \(control.messageKey) is applied and not known"
            }
        }
        var found: [String] = []
        for event in change.events {
            let json = try? JSONValue(parsing: event.payload)
            switch event.type {
            case .executionEnding where json?["status"] == "CANCELLED":
                ending.insert(change.state.id)
                fallthrough
            case .executionCancelled where !ending.contains(change.state.id):
                found.append(
                    EventType.executionCancelled.rawValue + (json?["error"]?["message"]?.stringValue ?? ""))
            case .signalReceived:
                found.append(
                    event.type.rawValue + (json?["name"]?.stringValue ?? "") + (json?["payload"]?.jsonText ?? ""))
            default: break
            }
        }
        guard found == expected else {
            return "\(change.state.id) has events \(found) for control messages \(expected)"
        }
        return nil
    }

    /// The senders of a message are said to have been told.
    ///
    /// - Parameters:
    ///   - replies: What callers have been told.
    ///   - parked: What was parked.
    mutating func answer(
        _ control: StoredControl, _ outcome: ControlOutcome, callers: [ReplyAddress],
        replies: [ReplyAddress: [ControlOutcome]], parked: Set<ControlID>
    ) -> String? {
        for caller in callers where replies[caller]?.contains(outcome) != true {
            return "control message \(control.messageKey) is answered and \(caller.replyTo) was not told"
        }
        guard outcome.isRefusal else { return nil }
        // From here on the same message may come again.
        if openByKey[control.messageKey] == control.id { openByKey[control.messageKey] = nil }
        if !parked.contains(control.id) {
            return "control message \(control.messageKey) is refused and not parked"
        }
        return nil
    }
}
