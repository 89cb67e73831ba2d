import WorkflowCore

/// The books about workflows that limit how many of their executions run at a time: who waits and who runs, by the events
/// of the commits alone.
struct SlotLedger {
    private struct Entry {
        let line: SlotClaim.Line
        let limit: Int
        let place: Int
        var runs = false
        var isOutOfLine = false
    }

    private var entries: [ExecutionID: Entry] = [:]
    private var lastPlace = 0
    /// How many executions have waited for their turn.
    private(set) var waited = 0

    /// An execution has been told to make room, or that there is no slot for it: from here on others may pass it.
    mutating func note(kept key: String, for id: ExecutionID) {
        let kind = key.dropFirst(InternalControl.keyPrefix.count).prefix { $0 != "/" }
        if ["superseded", "no_slot"].contains(kind) { entries[id]?.isOutOfLine = true }
    }

    /// A commit accepts, starts or ends an execution.
    mutating func apply(_ change: ExecutionChange) -> String? {
        let id = change.state.id
        if let slot = change.slot {
            lastPlace += 1
            entries[id] = Entry(line: slot.line, limit: slot.limit, place: lastPlace)
            if !slot.hasStarted { waited += 1 }
        }
        guard var entry = entries[id] else { return nil }
        if change.events.contains(where: { $0.type == .executionStarted }) {
            // Whoever came before and has not started holds a slot by now, or this one has passed it.
            let others = entries.values.filter {
                $0.line == entry.line && ($0.runs || ($0.place < entry.place && !$0.isOutOfLine))
            }
            if others.count >= entry.limit {
                let running = others.count(where: \.runs)
                return
                    "\(id) starts while \(running) run and \(others.count - running) wait before it, and the limit of its "
                    + "line is \(entry.limit)"
            }
            entry.runs = true
        }
        entries[id] = change.state.status.isTerminal ? nil : entry
        return nil
    }
}
