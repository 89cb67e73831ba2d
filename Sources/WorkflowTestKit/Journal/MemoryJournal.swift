import WorkflowCore

/// The journal over tables in memory: the same promises as the real one, whatever its transport does to it.
public struct MemoryJournal: Journal {
    private let transport: any JournalTransport
    private let lease: Duration

    /// A journal.
    ///
    /// - Parameters:
    ///   - transport: The way to the tables.
    ///   - lease: How long a new execution is its coordinator's without a renewal.
    public init(_ transport: any JournalTransport, lease: Duration) {
        self.transport = transport
        self.lease = lease
    }

    /// Runs a transaction that may run again without harm, until it is answered.
    func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (inout JournalTables, Timestamp) -> Value
    ) async throws(JournalError) -> Value {
        while true {
            do throws(TransportFailure) {
                return try await transport.transact(name, body)
            } catch {
                if case .cancelled = error {
                    throw JournalError(.cancelled, "cancelled while the database was away")
                }
            }
        }
    }

    /// Starts a stream of commits.
    public func openWriter(
        owner: String, publisher: String, lane: Int, lease: Duration
    ) async throws(JournalError) -> WriterID {
        try await run("openWriter") { $0.openWriter(owner: owner, publisher: publisher, lease: lease, now: $1) }
    }

    /// What is known of requests and executions.
    public func findAccepted(
        keys: [String], ids: [ExecutionID], for writer: WriterID
    ) async throws(JournalError) -> [AcceptedExecution] {
        try await run("findAccepted") { tables, _ in tables.findAccepted(keys: keys, ids: ids) }
    }

    /// Commits a batch; an outcome that the connection took with it is looked up.
    public func commit(_ batch: JournalBatch) async throws(JournalError) -> CommitReceipt {
        let lease = lease
        var wasUnknown = false
        while true {
            let outcome: Result<CommitReceipt, JournalTables.CommitFailure>
            do throws(TransportFailure) {
                outcome = try await transport.transact("commit") { $0.commit(batch, lease: lease, now: $1) }
            } catch {
                guard case .outcomeUnknown = error else {
                    throw JournalError(.cancelled, "cancelled while the database was away")
                }
                wasUnknown = true
                if try await didCommit(batch) { return try await receipt(of: batch) }
                continue
            }
            switch outcome {
            case .success(let receipt): return receipt
            case .failure(.tokensOutdated):
                let lost = try await run("lostLeases") { tables, _ in tables.lostLeases(of: batch) }
                throw JournalError(.leasesLost(lost), "only some of the rows are still owned")
            case .failure(.writerNotLive):
                throw JournalError(.writerLost, "the coordinator's lease ran out and others took its work over")
            case .failure(.duplicateAcceptance):
                if wasUnknown, try await didCommit(batch) { return try await receipt(of: batch) }
                throw JournalError(.alreadyAccepted, "a request was accepted elsewhere")
            case .failure(.slotsTaken(let ids)):
                throw JournalError(.slotsTaken(ids), "there is no free slot for some of the executions that start")
            case .failure(.duplicateEvents):
                if wasUnknown, try await didCommit(batch) { return try await receipt(of: batch) }
                throw JournalError(.refused, "the events are there already")
            }
        }
    }

    private func didCommit(_ batch: JournalBatch) async throws(JournalError) -> Bool {
        try await run("didCommit") { tables, _ in tables.didCommit(batch) }
    }

    private func receipt(of batch: JournalBatch) async throws(JournalError) -> CommitReceipt {
        try await run("receipt") { tables, _ in tables.receipt(of: batch) }
    }

    /// Puts control messages into the inbox.
    public func submit(
        _ controls: [ControlRequest], publisher: String
    ) async throws(JournalError) -> [ControlReceipt] {
        try await run("submit") { tables, _ in tables.submit(controls, publisher: publisher) }
    }

    /// The control messages that wait for executions.
    public func openControls(
        of executions: [ExecutionID], limit: Int, byteLimit: Int, for writer: WriterID
    ) async throws(JournalError) -> [StoredControl] {
        try await run("openControls") { tables, _ in
            tables.openControls(of: executions, limit: limit, byteLimit: byteLimit)
        }
    }

    /// Control messages whose senders nobody else will tell.
    public func unansweredControls(limit: Int) async throws(JournalError) -> [SettledControl] {
        try await run("unansweredControls") { tables, _ in tables.unansweredControls(limit: limit) }
    }

    /// Records that senders have been told.
    public func recordAnswered(_ controls: [ControlID]) async throws(JournalError) {
        try await run("recordAnswered") { tables, _ in tables.recordAnswered(controls) }
    }

    /// Hints, as far as the transport gives any.
    public var controlHints: AsyncStream<ControlHint> { transport.controlHints }

    /// Remembers one more caller.
    public func attach(
        _ caller: ReplyAddress, to execution: ExecutionID
    ) async throws(JournalError) -> ExecutionResult? {
        try await run("attach") { tables, _ in tables.attach(caller, to: execution) }
    }

    /// Renews what a coordinator holds.
    public func tick(
        publisher: String, lease: Duration, due: [LeaseRenewal]
    ) async throws(JournalError) -> LeaseReport {
        let due = due.sorted { $0.execution.description < $1.execution.description }
        return try await run("tick") { $0.tick(publisher: publisher, lease: lease, due: due, now: $1) }
    }

    /// Moves a writer's cursor.
    public func recordPublished(
        writer: WriterID, publisher: String, position: Int64
    ) async throws(JournalError) -> Bool {
        try await run("recordPublished") { tables, _ in
            tables.recordPublished(writer: writer, publisher: publisher, position: position)
        }
    }

    /// Takes over writers.
    public func claimWriters(publisher: String, lease: Duration) async throws(JournalError) -> [ClaimedWriter] {
        try await run("claimWriters") { $0.claimWriters(publisher: publisher, lease: lease, now: $1) }
    }

    /// A writer's events, then in a second transaction who else awaits the results that come with them.
    public func events(
        of writer: WriterID, after position: Int64, limit: Int
    ) async throws(JournalError) -> [CommittedEvent] {
        let found = try await run("events") { tables, _ in tables.events(of: writer, after: position, limit: limit) }
        let ended = found.filter { $0.event.event.type.endsExecution }.map(\.row.state.id)
        let callers =
            ended.isEmpty
            ? [:]
            : try await run("furtherCallers") { tables, _ in
                Dictionary(uniqueKeysWithValues: ended.map { ($0, tables.executions[$0]?.callers ?? []) })
            }
        return found.map { position, row, stored in
            var replies: [ResultReply] = []
            if stored.event.type.endsExecution, let result = row.result {
                replies = ResultReply.replies(
                    result, to: row.acceptance.replyAddress, and: callers[row.state.id] ?? [])
            }
            let event = CloudEvent(
                executionID: row.state.id, workflowID: row.state.workflow.id, traceparent: row.state.traceparent,
                event: stored.event)
            return CommittedEvent(position: position, event: event, replies: replies)
        }
    }

    /// Ends a writer.
    public func closeWriter(_ writer: WriterID, publisher: String) async throws(JournalError) {
        try await run("closeWriter") { tables, _ in tables.closeWriter(writer, publisher: publisher) }
    }

    /// The executions that carry an owner's name.
    public func owned(by owner: String) async throws(JournalError) -> [ExecutionID] {
        try await run("owned") { tables, _ in tables.owned(by: owner) }
    }

    /// Lets a name go that a lane has lost.
    public func abandon(owner: String, publisher: String) async throws(JournalError) {
        try await run("abandon") { $0.abandon(owner: owner, publisher: publisher, now: $1) }
    }

    /// Takes over executions, then in a second transaction reads where they stand.
    public func claimExecutions(
        owner: String, publisher: String, lease: Duration, limit: Int
    ) async throws(JournalError) -> [ClaimedExecution] {
        let claims = try await run("claimLocks") {
            $0.claimLocks(owner: owner, publisher: publisher, lease: lease, limit: limit, now: $1)
        }
        if claims.count < limit { try await run("removeDrained") { tables, _ in tables.removeDrained() } }
        guard !claims.isEmpty else { return [] }
        return try await run("load") { tables, _ in
            claims.compactMap { claim in
                tables.executions[claim.id].map { row in
                    ClaimedExecution(
                        state: row.state, fencingToken: claim.token, replyAddress: row.acceptance.replyAddress,
                        interrupted: claim.interrupted, hasControls: tables.hasOpenControls(claim.id))
                }
            }
        }
    }

    /// Lets go of executions.
    public func release(
        _ executions: [ExecutionID], owner: String, isHandedOver: Bool
    ) async throws(JournalError) {
        try await run("release") { tables, _ in
            tables.release(executions, owner: owner, isHandedOver: isHandedOver)
        }
    }

    /// Puts back what was claimed and not touched.
    public func putBack(
        _ executions: [ExecutionID], owner: String, publisher: String
    ) async throws(JournalError) {
        try await run("putBack") { $0.putBack(executions, owner: owner, publisher: publisher, now: $1) }
    }

    /// Says which schedules there are.
    public func openSchedules(
        _ schedules: [ScheduleRecord], closing others: [String]
    ) async throws(JournalError) -> [String: Timestamp] {
        try await run("openSchedules") { tables, _ in tables.openSchedules(schedules, closing: others) }
    }

    /// Moves a schedule on.
    public func recordTick(_ schedule: ScheduleRecord) async throws(JournalError) -> Bool {
        try await run("recordTick") { tables, _ in tables.recordTick(schedule) }
    }
}
