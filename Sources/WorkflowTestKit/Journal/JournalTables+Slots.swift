import WorkflowCore

extension JournalTables {
    /// A row of `execution_slots`.
    struct SlotRow {
        let execution: ExecutionID
        let line: SlotClaim.Line
        let place: Int
        let version: Int
        let limit: Int
        var holdsSlot = false
        var isSuperseded = false
    }

    /// What a commit changes about slots.
    enum SlotOutcome {
        /// These start with the commit and have no slot; nothing is changed.
        case refused([ExecutionID])
        /// Whom to tell that it has a slot, or has to make room.
        case taken([InternalControl])
    }

    /// Takes and frees the slots of a batch.
    mutating func takeSlots(for changes: [ExecutionChange]) -> SlotOutcome {
        let claims = changes.compactMap { change in change.slot.map { (id: change.state.id, change: change, claim: $0) }
        }
        let ended = Set(changes.lazy.filter(\.freesSlot).map(\.state.id))
        guard !claims.isEmpty || !ended.isEmpty else { return .taken([]) }
        let before = slots
        let lines = Set(claims.map(\.claim.line) + slots.lazy.filter { ended.contains($0.execution) }.map(\.line))
        for (id, change, claim) in claims where claim.hasStarted || !ended.contains(id) {
            lastPlace += 1
            slots.append(
                SlotRow(
                    execution: id, line: claim.line, place: lastPlace, version: change.state.workflow.version,
                    limit: claim.limit))
        }
        let started = Set(claims.lazy.filter(\.claim.hasStarted).map(\.id))
        let granted = grantSlots(of: lines)
        let refused = claims.map(\.id).filter { started.contains($0) && !granted.contains($0) }
        guard refused.isEmpty else {
            slots = before
            return .refused(refused)
        }
        if !sabotage.contains(.keepsSlots) { slots.removeAll { ended.contains($0.execution) } }
        let turnedAway = claims.filter { claim in
            claim.claim.policy == .reject && slots.contains { $0.execution == claim.id && !$0.holdsSlot }
        }.map(\.id)
        slots.removeAll { turnedAway.contains($0.execution) }
        // The last of each line says who has to go.
        let demanding = claims.filter { claim in
            claim.claim.policy == .cancelRunning && slots.contains { $0.execution == claim.id }
        }
        let last = Dictionary(demanding.map { ($0.claim.line, $0.id) }) { $1 }
        var sends = demanding.map(\.id).filter(Set(last.values).contains).flatMap { makeRoom(for: $0) }
        for id in granted.filter({ !started.contains($0) && !ended.contains($0) }) + grantSlots(of: lines) {
            sends.append(InternalControl(key: "slot/\(id)", to: id, action: .slotGranted))
        }
        return .taken(
            sends + turnedAway.map { InternalControl(key: "no_slot/\($0)", to: $0, action: .slotRefused) })
    }

    /// Grants free slots in the order in which executions came.
    private mutating func grantSlots(of lines: Set<SlotClaim.Line>) -> [ExecutionID] {
        var free: [SlotClaim.Line: Int] = [:]
        for line in lines {
            let rows = slots.filter { $0.line == line }
            let newest = rows.max { ($0.version, $0.place) < ($1.version, $1.place) }
            free[line] =
                (newest?.limit ?? 0) - rows.count(where: \.holdsSlot) + (sabotage.contains(.grantsTooMany) ? 1 : 0)
        }
        var granted: [ExecutionID] = []
        let order = sabotage.contains(.grantsOutOfOrder) ? Array(slots.indices.reversed()) : Array(slots.indices)
        for index in order where !slots[index].holdsSlot && !slots[index].isSuperseded {
            guard let left = free[slots[index].line], left > 0 else { continue }
            free[slots[index].line] = left - 1
            slots[index].holdsSlot = true
            granted.append(slots[index].execution)
        }
        return granted
    }

    /// Tells the oldest of a line to end, as many as are too many with the newcomer.
    private mutating func makeRoom(for newcomer: ExecutionID) -> [InternalControl] {
        guard let row = slots.first(where: { $0.execution == newcomer }) else { return [] }
        let rows = slots.filter { $0.line == row.line }
        guard let newest = rows.max(by: { ($0.version, $0.place) < ($1.version, $1.place) }) else { return [] }
        let alive = rows.filter { !$0.isSuperseded && $0.place <= row.place }
        return alive.dropLast(newest.limit).map { old in
            if let index = slots.firstIndex(where: { $0.execution == old.execution }) {
                slots[index].isSuperseded = true
            }
            let reason = "The execution \(newcomer) of the same workflow and concurrency key takes its place."
            return InternalControl(
                key: "superseded/\(old.execution)", to: old.execution, action: .cancel(reason: reason))
        }
    }
}
