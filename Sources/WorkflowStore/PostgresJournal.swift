import Logging
import PostgresClient
import Synchronization
import WorkflowCore

/// The journal on PostgreSQL.
///
/// A heartbeat must wait neither behind a large commit nor behind a large takeover. So each lane has a connection for its
/// serial stream of commits, and there is one for heartbeats and small questions, one for takeovers and one for control
/// messages, which is not connected before there are any. All come back by themselves when the database was away.
public final class PostgresJournal: Journal {
    /// Pause before a transaction that the server refused for a passing reason (a deadlock, a shutdown) is tried again.
    private static let retryPause = Duration.milliseconds(200)

    private let commits: [PostgresSession]
    private let laneOfWriter = Mutex<[WriterID: Int]>([:])
    let upkeep: PostgresSession
    let takeover: PostgresSession
    let controls: PostgresSession
    let hints = ControlHints()
    let logger: Logger
    private let lease: Duration
    let keepDays: Int?
    private let lastTrouble = Mutex<String?>(nil)

    /// A journal; nothing is connected before the first use.
    ///
    /// - Parameters:
    ///   - configuration: The database.
    ///   - lanes: Streams of commits, each with a connection of its own.
    ///   - lease: How long a new execution is its coordinator's without a renewal.
    ///   - keepDays: How many days of events are kept; nil for all.
    ///   - logger: Where losses and recoveries of connections are told.
    /// - Throws: `PostgresError` of code `invalidConfiguration`.
    public init(
        _ configuration: PostgresConfiguration, lanes: Int = 1, lease: Duration, keepDays: Int? = nil, logger: Logger
    ) throws(PostgresError) {
        self.lease = lease
        self.keepDays = keepDays
        self.logger = logger
        // Every statement here reaches its rows by a key. A plan made while the tables were small or not analysed
        // would scan them, and a prepared statement would keep that plan while they grow.
        let keyed = try configuration.with(sessionSettings: [
            ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
            // A coordinator that stops in the middle of sending a commit holds row locks that others wait for: the
            // server has to notice a lost connection, and a wait has to end.
            ("tcp_keepalives_idle", "5"), ("tcp_keepalives_interval", "2"), ("tcp_keepalives_count", "3"),
            ("lock_timeout", "\(max(1, lease.components.seconds) * 1000)"),
        ])
        let report = ConnectionReport(endpoint: configuration.endpoint, logger: logger)
        commits = (0..<max(1, lanes)).map { lane in
            PostgresSession(keyed) { report.changed($0, isFirst: lane == 0) }
        }
        // Heartbeats keep this one connected, so it is the one that hears of control messages.
        upkeep = PostgresSession(configuration, listener: hints.listener) { report.changed($0, isFirst: false) }
        takeover = PostgresSession(keyed) { report.changed($0, isFirst: false) }
        controls = PostgresSession(keyed) { report.changed($0, isFirst: false) }
    }

    /// Ends all connections.
    public func close() async {
        for session in commits { await session.close() }
        await upkeep.close()
        await takeover.close()
        await controls.close()
    }

    /// The connection for a writer's commits, and for questions whose answers must not be older than those.
    func commits(of writer: WriterID) -> PostgresSession {
        commits[laneOfWriter.withLock { $0[writer] ?? 0 }]
    }

    /// The connection that is told about to the operator.
    var firstCommits: PostgresSession { commits[0] }

    // MARK: - Running statements

    /// Runs a transaction that may be run again without harm, for as long as that takes.
    func run(_ calls: [PostgresCall], on session: PostgresSession) async throws(JournalError) -> [PostgresResult] {
        while true {
            do throws(PostgresError) {
                return try await session.transaction(calls)
            } catch {
                try await wait(out: error)
            }
        }
    }

    /// Returns when the failed transaction can be tried again.
    func wait(out error: PostgresError) async throws(JournalError) {
        if error.code == .cancelled || error.code == .closed { throw JournalError(.cancelled, error.message) }
        if let state = error.sqlState, Self.missingObjectStates.contains(state.rawValue) {
            throw JournalError(
                .schemaMissing,
                "The tables are missing or of another version (\(error.message)); run `perdure migrate`."
            )
        }
        if error.isDataRefusal { throw JournalError(.refused, "\(error)") }
        let isNews = lastTrouble.withLock { last in
            defer { last = error.message }
            return last != error.message
        }
        if isNews { logger.warning("the database does not do what it is asked; trying again: \(error)") }
        do {
            try await Task.sleep(for: Self.retryPause)
        } catch {
            throw JournalError(.cancelled, "cancelled while the database was away")
        }
    }

    /// What a request violates that another coordinator has accepted in the meantime.
    private static let acceptanceConstraints: Set<String> = ["executions_pkey", "executions_idempotency_key"]

    /// Undefined table, function, column, schema.
    private static let missingObjectStates: Set<String> = ["42P01", "42883", "42703", "3F000"]

    // MARK: - Commits

    /// Starts a stream of commits.
    public func openWriter(
        owner: String, publisher: String, lane: Int, lease: Duration
    ) async throws(JournalError) -> WriterID {
        let index = lane % commits.count
        let results = try await run(
            [PostgresCall(JournalStatement.openWriter, [.text(owner), .text(publisher), .double(lease.seconds)])],
            on: commits[index]
        )
        let writer = try Self.decode { () throws(PostgresError) in
            WriterID(rawValue: try results[0][0].int64("writer_id"))
        }
        laneOfWriter.withLock { lanes in
            // A lane that starts over has lost its writer before.
            for (old, oldLane) in lanes where oldLane == index && lane < commits.count { lanes[old] = nil }
            lanes[writer] = index
        }
        return writer
    }

    /// Commits a batch in one round trip; an outcome that the connection took with it is looked up.
    ///
    /// - Throws: see `Journal.commit(_:)`.
    public func commit(_ batch: JournalBatch) async throws(JournalError) -> CommitReceipt {
        let plan = CommitCalls(batch: batch, leaseSeconds: lease.seconds)
        let sequence = plan.sequence()
        let commits = commits(of: batch.writer)
        var wasUnknown = false
        while true {
            do throws(PostgresError) {
                let results = try await commits.transaction(sequence.calls)
                return try receipt(
                    callers: sequence.furtherCallers.map { results[$0] },
                    controls: sequence.settling.map { results[$0] },
                    hints: [sequence.slots, sequence.sending].compactMap { $0.map { results[$0] } })
            } catch {
                if error.isOutcomeUnknown {
                    logger.warning(
                        "a commit's outcome is unknown; looking it up", metadata: [LogKey.error: "\(error.message)"])
                    wasUnknown = true
                    if try await didCommit(batch, on: commits) { return try await receipt(of: plan, on: commits) }
                    continue
                }
                let sqlState = error.sqlState?.rawValue
                if wasUnknown, sqlState == "23505", try await didCommit(batch, on: commits) {
                    // The server had the whole of it when the connection broke, and began only after it was looked up.
                    return try await receipt(of: plan, on: commits)
                }
                switch sqlState {
                case "PD001":
                    throw JournalError(.leasesLost(try await lostLeases(plan, on: commits)), error.message)
                case "PD002":
                    throw JournalError(.writerLost, "the coordinator's lease ran out and others took its work over")
                case "PD003":
                    let ids = (error.detail ?? "").split(separator: " ").compactMap { ExecutionID(String($0)) }
                    throw JournalError(.slotsTaken(ids), error.message)
                case "23505" where Self.acceptanceConstraints.contains(error.constraintName ?? ""):
                    throw JournalError(.alreadyAccepted, error.message)
                default:
                    try await wait(out: error)
                }
            }
        }
    }

    /// Whether a batch whose commit was not answered has happened. One without events may be made again in any case: it
    /// says the same of the same executions, under the same tokens.
    private func didCommit(_ batch: JournalBatch, on commits: PostgresSession) async throws(JournalError) -> Bool {
        guard let position = batch.firstPosition, let time = batch.firstEventAt else { return false }
        let writer = PostgresValue.int64(batch.writer.rawValue)
        let results = try await run(
            [
                PostgresCall(CommitStatement.awaitWriter, [writer]),
                PostgresCall(
                    CommitStatement.hasPosition, [writer, .int64(position), .timestamp(PostgresTimestamp(time))]),
            ], on: commits
        )
        return !results[1].isEmpty
    }

    private func lostLeases(
        _ plan: CommitCalls, on commits: PostgresSession
    ) async throws(JournalError) -> [ExecutionID] {
        let results = try await run([PostgresCall(CommitStatement.lostLeases, plan.ownedColumns)], on: commits)
        return try Self.decode { () throws(PostgresError) in
            var ids: [ExecutionID] = []
            for row in results[0] { ids.append(ExecutionID(try row.uuid("id"))) }
            return ids
        }
    }

    private func receipt(
        of plan: CommitCalls, on commits: PostgresSession
    ) async throws(JournalError) -> CommitReceipt {
        guard plan.asksForCallers || !plan.controlIDs.isEmpty else { return CommitReceipt() }
        let results = try await run(
            [
                PostgresCall(CommitStatement.furtherCallers, [.uuidArray(plan.endedIDs)]),
                PostgresCall(ControlStatement.callers, [.int64Array(plan.controlIDs)]),
            ], on: commits
        )
        return try Self.decode { () throws(PostgresError) in
            // What was sent is found by the next heartbeat.
            try receipt(callers: results[0], controls: results[1], hints: [])
        }
    }

    private func receipt(
        callers: PostgresResult?, controls: PostgresResult?, hints: [PostgresResult]
    ) throws(PostgresError) -> CommitReceipt {
        var receipt = CommitReceipt(furtherCallers: try Self.callers(callers))
        if let controls {
            for row in controls {
                receipt.controlCallers[ControlID(rawValue: try row.int64("control_id"))] = try Self.controlCallers(row)
            }
        }
        for row in hints.joined() {
            receipt.hints.append(
                ControlHint(execution: ExecutionID(try row.uuid("execution_id")), owner: try row.text("owner")))
        }
        return receipt
    }

    /// Further callers by execution.
    static func callers(_ result: PostgresResult?) throws(PostgresError) -> [ExecutionID: [ReplyAddress]] {
        var callers: [ExecutionID: [ReplyAddress]] = [:]
        guard let result else { return callers }
        for row in result {
            let correlationID = try row.text("correlation_id")
            let address = ReplyAddress(
                replyTo: try row.text("reply_to"), correlationID: correlationID.isEmpty ? nil : correlationID
            )
            callers[ExecutionID(try row.uuid("execution_id")), default: []].append(address)
        }
        return callers
    }

    /// Runs a decoding; rows that do not have the expected shape mean tables of another version.
    static func decode<Value>(_ body: () throws(PostgresError) -> Value) throws(JournalError) -> Value {
        do throws(PostgresError) {
            return try body()
        } catch {
            throw JournalError(
                .schemaMissing, "The tables are of another version (\(error.message)); run `perdure migrate`.")
        }
    }
}

extension Duration {
    /// In seconds, for SQL intervals.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension PostgresError {
    /// Whether the database refuses the data itself, so that trying again does not help: a value out of range, a
    /// violated constraint, more than the server's or the client's limits allow.
    ///
    /// Everything else (a server that has become read-only, a cancelled statement, a full disk) passes or is mended by
    /// an operator, and no request is to be refused for it.
    fileprivate var isDataRefusal: Bool {
        if code == .invalidStatement || code == .decoding { return true }
        guard code == .serverError, let sqlState else { return false }
        return ["22", "23", "54"].contains(sqlState.errorClass)
    }
}
