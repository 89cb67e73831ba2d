import WorkflowCore

/// The tables of the journal as a value: what PostgreSQL does, without PostgreSQL.
///
/// Each method is one transaction; it changes nothing when it throws. `JournalConformance` in the tests runs the same suite
/// over this and over the real journal, so that neither drifts from the other.
public struct JournalTables: Sendable {
    /// Until when an execution's lease holds.
    enum Expiry: Equatable {
        case at(Timestamp)
        /// Let go of in order; the next owner counts no interruption.
        case handedOver
        /// Let go of after trouble.
        case givenUp

        /// Whether its owner has let go of it.
        var isMark: Bool { self == .handedOver || self == .givenUp }
    }

    /// A row of `execution_locks`.
    struct Lock {
        var owner: String
        var expiry: Expiry
    }

    /// An event with its place in its writer's stream.
    struct EventRow {
        let event: JournalEvent
        let writer: WriterID
        let position: Int64
    }

    /// The rows of one execution in all tables.
    struct Row {
        var state: ExecutionState
        let acceptance: Acceptance
        var token: Int64
        var lock: Lock?
        var events: [EventRow] = []
        var callers: [ReplyAddress] = []

        var result: ExecutionResult? { ExecutionResult(state) }
    }

    /// Where a writer stands: its owner commits; an heir publishes what a dead owner could not; all is published.
    enum Phase {
        case live, inherited, drained
    }

    /// A row of `event_writers`.
    struct Writer {
        let owner: String
        var publisher: String
        var phase = Phase.live
        var publishedPosition: Int64 = 0
        var expiry: Timestamp
    }

    var executions: [ExecutionID: Row] = [:]
    var idByKey: [String: ExecutionID] = [:]
    var writers: [WriterID: Writer] = [:]
    /// The committed events of each writer in the order of their positions, as places in the rows of executions.
    var streams: [WriterID: [(position: Int64, id: ExecutionID, index: Int)]] = [:]
    var controls: [ControlID: ControlRow] = [:]
    var controlByKey: [String: ControlID] = [:]
    var lastControl: Int64 = 0
    /// In the order of their places.
    var slots: [SlotRow] = []
    var lastPlace = 0
    /// In the order in which they were kept.
    var definitions: [KeptDefinition] = []
    var schedules: [String: ScheduleRecord] = [:]
    /// What each schedule began with, for the checks.
    var scheduleBegins: [String: Timestamp] = [:]
    var lastWriter: Int64 = 0
    /// When the server started: for two leases from then nothing expires, nobody could reach it either.
    var startedAt: Timestamp
    /// What these tables do wrong, on purpose.
    var sabotage: Set<Sabotage> = []
    /// Whether somebody else holds the lock of a row at this moment, so that it is passed over.
    var isLockedElsewhere: @Sendable () -> Bool = { false }
    private var changes: [TableChange] = []

    /// Empty tables of a server that starts now.
    public init(startedAt: Timestamp) {
        self.startedAt = startedAt
    }

    /// Notes a change for whoever checks them.
    mutating func note(_ change: TableChange) {
        changes.append(change)
    }

    /// The changes since the last call.
    mutating func takeChanges() -> [TableChange] {
        defer { changes = [] }
        return changes
    }
}
