import WorkflowCore

/// The lanes of a coordinator, as one: executions are spread over them, and each commits for itself.
struct Lanes: Sendable {
    /// At least one.
    let all: [JournalLane]

    /// Where a request belongs. A copy comes to the same lane, so that two of them in one batch are told apart there;
    /// and not before the index of the database.
    func lane(for request: AdmittedRequest) -> JournalLane {
        guard all.count > 1 else { return all[0] }
        // An id that callers bring first, so that its copies come to one lane, where they are told apart without the database.
        let request = (id: request.request.executionID, key: request.request.idempotencyKey, made: request.executionID)
        let key = request.id?.description ?? request.key ?? request.made.description
        // FNV-1a: even enough for a few lanes, and the same in every process, unlike Swift's own hash.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return all[Int(hash % UInt64(all.count))]
    }

    /// The lane with the most room, its name at that moment, and how much room that is: for executions that are taken
    /// over, which may go anywhere.
    /// Nil when none takes anything over.
    func roomiest() async -> (lane: JournalLane, owner: String, room: Int)? {
        var best: (lane: JournalLane, owner: String, room: Int)?
        for lane in all {
            guard let (owner, room) = await lane.claimant else { continue }
            if room > best?.room ?? -1 { best = (lane, owner, room) }
        }
        return best
    }

    /// Tells lanes that control messages wait for executions of theirs. A hint for a name that no lane has any more is
    /// void: it is given again for the new owner.
    func tell(_ hints: [ControlHint]) async {
        guard !hints.isEmpty else { return }
        for lane in all {
            let owner = await lane.owner
            let ids = hints.filter { $0.owner == owner }.map(\.execution)
            if !ids.isEmpty { lane.mailbox.post(.controls(ids)) }
        }
    }

    /// Lets every lane go on to its end.
    func close() {
        for lane in all { lane.mailbox.close() }
    }

    /// Takes nothing new any more.
    func stopTaking() async {
        for lane in all { await lane.stopTaking() }
    }

    /// Whether every lane has come to its end.
    func areFinished() async -> Bool {
        for lane in all where await !lane.isFinished { return false }
        return true
    }
}
