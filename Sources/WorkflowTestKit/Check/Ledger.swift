import PerdureJSON
import WorkflowCore

/// The books of the checks: what was committed by whom, apart from the tables, whose own rules may be what is broken.
struct Ledger {
    private struct Entry {
        var publisher: String
        var token: Int64
        var events: [(event: JournalEvent, writer: WriterID)] = []
        var outputs: [Int: JSONValue] = [:]
        var result: ExecutionResult?
    }

    private struct WriterEntry {
        var publisher: String
        var isLive = true
        var events: [(id: ExecutionID, sequence: Int64)] = []
    }

    private var entries: [ExecutionID: Entry] = [:]
    private var writers: [WriterID: WriterEntry] = [:]
    private var keys: Set<String> = []
    var controls = ControlLedger()
    var children = ChildLedger()
    var slots = SlotLedger()

    /// How an execution ended, if it has.
    func result(of id: ExecutionID) -> ExecutionResult? { entries[id]?.result }

    /// Takes a change of the tables into the books.
    ///
    /// - Parameter firstCopies: Up to which sequence the events of each execution have reached the broker.
    /// - Returns: What is wrong with it, or nil.
    mutating func record(_ change: TableChange, firstCopies: [ExecutionID: Int64]) -> String? {
        switch change {
        case .writerOpened(let id, let publisher):
            writers[id] = WriterEntry(publisher: publisher)
        case .writerInherited(let id, let publisher):
            writers[id]?.publisher = publisher
            writers[id]?.isLive = false
        case .writerDrained(let id):
            writers[id]?.isLive = false
            return unpublished(of: id, through: .max, firstCopies).map {
                "writer \(id.rawValue) is closed before \($0)"
            }
        case .cursorMoved(let id, let position):
            return unpublished(of: id, through: position, firstCopies).map {
                "the cursor of writer \(id.rawValue) passes \(position) before \($0)"
            }
        case .claimed(let id, let publisher, let token):
            return claim(id, publisher, token, firstCopies)
        case .committed(let change, let writer, let publisher):
            return commit(change, writer, publisher)
        case .callerAttached(let id, _):
            if entries[id]?.result != nil { return "a caller is attached to \(id), which has ended" }
        case .controlKept(let id, let key, let execution):
            slots.note(kept: key, for: execution)
            return controls.keep(id, key: key, execution: execution)
        case .controlSettled(let control, let outcome, _):
            return controls.settle(control, outcome)
        case .controlDropped(let control):
            if entries[control.executionID]?.result == nil {
                return "control message \(control.messageKey) is dropped, and its execution goes on"
            }
            return controls.drop(control)
        case .controlAnswered, .hinted: break
        }
        return nil
    }

    /// The first event of a writer's stream, up to a position, that has not reached the broker.
    private func unpublished(
        of writer: WriterID, through position: Int64, _ firstCopies: [ExecutionID: Int64]
    ) -> String? {
        let events = writers[writer]?.events ?? []
        return events.prefix(Int(clamping: position)).first { $0.sequence > firstCopies[$0.id, default: 0] }
            .map { "event \($0.id)/\($0.sequence) is published" }
    }

    private mutating func claim(
        _ id: ExecutionID, _ publisher: String, _ token: Int64, _ firstCopies: [ExecutionID: Int64]
    ) -> String? {
        guard var entry = entries[id] else { return "\(id) is claimed and was never accepted" }
        guard token == entry.token + 1 else { return "\(id) is claimed under \(token), after \(entry.token)" }
        guard entry.result == nil else { return "\(id) is claimed and has ended" }
        for stored in entry.events where stored.event.sequence > firstCopies[id, default: 0] {
            // One's own events are in one's outbox already.
            if let writer = writers[stored.writer], writer.isLive && writer.publisher == publisher { continue }
            return "\(id) is claimed before its event \(stored.event.sequence) is published"
        }
        entry.token = token
        entry.publisher = publisher
        entries[id] = entry
        return nil
    }

    private mutating func commit(_ change: ExecutionChange, _ writer: WriterID, _ publisher: String) -> String? {
        let state = change.state
        var entry: Entry
        if let acceptance = change.acceptance {
            if entries[state.id] != nil { return "\(state.id) is accepted twice" }
            guard keys.insert(acceptance.idempotencyKey).inserted else {
                return "the key \(acceptance.idempotencyKey) is accepted twice"
            }
            entry = Entry(publisher: publisher, token: change.fencingToken)
        } else {
            guard let known = entries[state.id] else { return "\(state.id) goes on and was never accepted" }
            entry = known
        }
        guard entry.token == change.fencingToken, entry.publisher == publisher else {
            return "\(publisher) commits \(state.id) under \(change.fencingToken), and it is "
                + "\(entry.publisher)'s under \(entry.token)"
        }
        guard writers[writer]?.isLive == true, writers[writer]?.publisher == publisher else {
            return "\(publisher) commits under writer \(writer.rawValue), which it has lost"
        }
        guard entry.result == nil else { return "\(state.id) goes on after its end" }
        let before = Int64(writers[writer]?.events.count ?? 0)
        guard change.events.isEmpty || change.firstPosition == before + 1 else {
            return "position \(change.firstPosition) of writer \(writer.rawValue) follows \(before)"
        }
        for event in change.events {
            if let problem = Self.problem(with: event, of: state.id, after: entry.events.last?.event) { return problem }
            entry.events.append((event, writer))
            writers[writer]?.events.append((state.id, event.sequence))
        }
        for (index, step) in state.steps.enumerated() {
            if let output = entry.outputs[index], step.output != output || !step.status.hasOutput {
                return "the result of \(step.name) of \(state.id) changes"
            }
            if step.status.hasOutput { entry.outputs[index] = step.output ?? .null }
        }
        entry.result = ExecutionResult(state)
        entries[state.id] = entry
        return controls.apply(change) ?? slots.apply(change) ?? children.record(change) { entries[$0]?.result }
    }

    private static func problem(
        with event: JournalEvent, of id: ExecutionID, after last: JournalEvent?
    ) -> String? {
        guard event.sequence == (last?.sequence ?? 0) + 1 else {
            return "event \(event.sequence) of \(id) follows \(last?.sequence ?? 0)"
        }
        guard let last, event.timestamp <= last.timestamp else { return nil }
        return "event \(event.sequence) of \(id) is not later than the one before"
    }

    /// What is wrong with an event that reaches the broker, or nil.
    ///
    /// - Parameter before: The highest sequence that has reached it.
    func problem(withPublished event: CloudEvent, before: Int64) -> String? {
        let sequence = event.event.sequence
        guard let events = entries[event.executionID]?.events, sequence >= 1, events.count >= sequence else {
            return "event \(event.id) is published and not committed"
        }
        if events[Int(sequence) - 1].event != event.event { return "event \(event.id) is published as something else" }
        if sequence > before + 1 { return "event \(event.id) is published after \(before)" }
        return nil
    }

    /// How the tables differ from the books, or nil.
    func problem(in tables: JournalTables) -> String? {
        for (id, entry) in entries {
            guard let row = tables.executions[id] else { return "\(id) was accepted and is gone" }
            if row.result != entry.result { return "\(id) has another result in its row" }
            if row.events.map(\.event) != entry.events.map(\.event) { return "\(id) has other events in its rows" }
            for (index, output) in entry.outputs {
                guard index < row.state.steps.count else { return "\(id) has fewer steps in its rows" }
                guard row.state.steps[index].output != output else { continue }
                return "\(row.state.steps[index].name) of \(id) has another output in its row"
            }
        }
        return nil
    }
}

extension StepStatus {
    /// Whether a step in this status has given its output; that its effect is undone later does not change it.
    fileprivate var hasOutput: Bool { self == .success || self == .compensated }
}
