import WorkflowCore

extension JournalTables {
    /// Starts a stream of commits; the same one when the lane asks again.
    mutating func openWriter(owner: String, publisher: String, lease: Duration, now: Timestamp) -> WriterID {
        if let id = writers.first(where: { $0.value.owner == owner })?.key { return id }
        lastWriter += 1
        let id = WriterID(rawValue: lastWriter)
        writers[id] = Writer(owner: owner, publisher: publisher, expiry: now.advanced(by: lease))
        note(.writerOpened(id, publisher: publisher))
        return id
    }

    /// A coordinator's heartbeat.
    mutating func tick(publisher: String, lease: Duration, due: [LeaseRenewal], now: Timestamp) -> LeaseReport {
        var live: Set<WriterID> = []
        for (id, writer) in writers where writer.publisher == publisher && writer.phase != .drained {
            writers[id]?.expiry = now.advanced(by: lease)
            if writer.phase == .live { live.insert(id) }
        }
        for renewal in due {
            guard let lock = executions[renewal.execution]?.lock, !lock.expiry.isMark,
                hasWriter(lock.owner, { $0.phase == .live && $0.publisher == publisher }), !isLockedElsewhere()
            else { continue }
            executions[renewal.execution]?.lock?.expiry = .at(now.advanced(by: renewal.span))
        }
        let hasAbandonedWork = writers.values.contains {
            $0.phase == .drained || ($0.phase == .inherited && $0.publisher == publisher)
                || ($0.expiry < now && leasesMayEnd(lease, now: now))
        }
        return LeaseReport(
            liveWriters: live, hasAbandonedWork: hasAbandonedWork, openControls: openControls(publisher: publisher),
            hasUnansweredControls: hasUnansweredControls)
    }

    private func hasWriter(_ owner: String, _ condition: (Writer) -> Bool) -> Bool {
        writers.values.contains { $0.owner == owner && condition($0) }
    }

    private func leasesMayEnd(_ lease: Duration, now: Timestamp) -> Bool { now > startedAt.advanced(by: lease * 2) }

    /// Records how far a writer's events are confirmed.
    mutating func recordPublished(writer: WriterID, publisher: String, position: Int64) -> Bool {
        guard writers[writer]?.publisher == publisher else { return false }
        moveCursor(of: writer, to: position)
        return true
    }

    /// Makes a coordinator the publisher of the writers that nobody cares for.
    mutating func claimWriters(publisher: String, lease: Duration, now: Timestamp) -> [ClaimedWriter] {
        var claimed: [ClaimedWriter] = []
        for id in writers.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let writer = writers[id], !isLockedElsewhere() else { continue }
            let isAbandoned =
                writer.phase != .drained && writer.publisher != publisher && writer.expiry < now
                && leasesMayEnd(lease, now: now)
            let isInherited = writer.phase == .inherited && writer.publisher == publisher
            guard isAbandoned || isInherited else { continue }
            writers[id]?.publisher = publisher
            writers[id]?.phase = .inherited
            writers[id]?.expiry = now.advanced(by: lease)
            claimed.append(ClaimedWriter(id: id, publishedPosition: writer.publishedPosition))
            note(.writerInherited(id, publisher: publisher))
        }
        return claimed
    }

    /// A writer's events after a position, without the further callers.
    func events(
        of writer: WriterID, after position: Int64, limit: Int
    ) -> [(position: Int64, row: Row, event: EventRow)] {
        let start = position + (sabotage.contains(.skipsAnEvent) ? 1 : 0)
        return (streams[writer] ?? []).lazy.filter { $0.position > start }.prefix(limit).compactMap { place in
            executions[place.id].map { (place.position, $0, $0.events[place.index]) }
        }
    }

    /// Marks a writer as drained.
    mutating func closeWriter(_ writer: WriterID, publisher: String) {
        guard writers[writer]?.publisher == publisher else { return }
        writers[writer]?.phase = .drained
        note(.writerDrained(writer))
        removeDrained()
    }

    /// Removes the rows of drained writers that no execution names any more.
    mutating func removeDrained() {
        let owners = Set(executions.values.compactMap { $0.lock?.owner })
        writers = writers.filter { $0.value.phase != .drained || owners.contains($0.value.owner) }
    }

    /// Lets a name go, as if its writer were drained, unless there is a writer of this name.
    mutating func abandon(owner: String, publisher: String, now: Timestamp) {
        guard !hasWriter(owner, { _ in true }) else { return }
        lastWriter += 1
        writers[WriterID(rawValue: lastWriter)] = Writer(
            owner: owner, publisher: publisher, phase: .drained, expiry: now)
    }

    /// The executions that carry an owner's name and that it has not let go of.
    func owned(by owner: String) -> [ExecutionID] {
        executions.values.filter { $0.lock?.owner == owner && $0.lock?.expiry.isMark == false }.map(\.state.id)
            .sorted { $0.description < $1.description }
    }

    /// Whether a lock's owner is gone and its events are published, or one of this coordinator's own lanes has let go.
    private func isFree(_ lock: Lock, for publisher: String) -> Bool {
        if lock.expiry.isMark, hasWriter(lock.owner, { $0.phase == .live && $0.publisher == publisher }) { return true }
        return !hasWriter(lock.owner) { sabotage.contains(.claimsTooEarly) ? $0.phase == .live : $0.phase != .drained }
    }

    /// Gives a lane executions that nobody holds, under new tokens.
    mutating func claimLocks(
        owner: String, publisher: String, lease: Duration, limit: Int, now: Timestamp
    ) -> [(id: ExecutionID, token: Int64, interrupted: Bool)] {
        let candidates = executions.values.filter { $0.lock.map { isFree($0, for: publisher) } == true }
            .map(\.state.id).sorted { $0.description < $1.description }
        var claimed: [(id: ExecutionID, token: Int64, interrupted: Bool)] = []
        for id in candidates where claimed.count < limit && !isLockedElsewhere() {
            guard let row = executions[id] else { continue }
            executions[id]?.token = row.token + 1
            executions[id]?.lock = Lock(owner: owner, expiry: .at(now.advanced(by: lease)))
            claimed.append((id, row.token + 1, row.lock?.expiry != .handedOver))
            note(.claimed(id, publisher: publisher, token: row.token + 1))
        }
        return claimed
    }

    /// Lets go of executions.
    mutating func release(_ ids: [ExecutionID], owner: String, isHandedOver: Bool) {
        for id in ids where executions[id]?.lock?.owner == owner {
            executions[id]?.lock?.expiry = isHandedOver ? .handedOver : .givenUp
        }
    }

    /// Puts executions back under nobody's name.
    mutating func putBack(_ ids: [ExecutionID], owner: String, publisher: String, now: Timestamp) {
        abandon(owner: "", publisher: publisher, now: now)
        for id in ids where executions[id]?.lock?.owner == owner {
            executions[id]?.lock = Lock(owner: "", expiry: .handedOver)
        }
    }
}
