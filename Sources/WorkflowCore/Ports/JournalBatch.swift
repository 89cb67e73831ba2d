/// What one transaction of the journal holds: the changes of many executions and the writer's cursor.
public struct JournalBatch: Sendable {
    /// Whose batch it is; checked in the transaction.
    public let writer: WriterID
    /// The name under which the writer's lane owns executions.
    public let owner: String
    /// The coordinator that the writer belongs to; checked in the transaction.
    public let publisher: String
    /// All events of this writer up to this position are confirmed by the broker; nil when the journal need not be told
    /// now.
    public let cursor: Int64?
    /// The changes, at most one for each execution.
    public var changes: [ExecutionChange]

    /// A batch from its parts.
    public init(writer: WriterID, owner: String, publisher: String, cursor: Int64? = nil, changes: [ExecutionChange]) {
        self.writer = writer
        self.owner = owner
        self.publisher = publisher
        self.cursor = cursor
        self.changes = changes
    }

    /// The position of the first event; nil without events.
    public var firstPosition: Int64? { changes.first { !$0.events.isEmpty }?.firstPosition }

    /// The time of the first event; nil without events.
    public var firstEventAt: Timestamp? { changes.first { !$0.events.isEmpty }?.events.first?.timestamp }
}

/// Identifies a stream of serial commits; one coordinator has one for each of its journals, for as long as it lives.
public struct WriterID: RawRepresentable, Sendable, Hashable {
    /// The number that the database gave.
    public let rawValue: Int64

    /// A writer's id as the database gave it.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What changed in one execution since its last commit.
public struct ExecutionChange: Sendable {
    /// The execution as it stands after the change.
    public var state: ExecutionState
    /// Set when the execution is new.
    public let acceptance: Acceptance?
    /// The token under which it is owned; a commit with an old one fails.
    public let fencingToken: Int64
    /// The steps whose rows changed, by index.
    public var changedSteps: Set<Int>
    /// Whether the status of an execution that was there before is another one now; see `Decision.changesStatus`.
    public var changesStatus: Bool
    /// Set when the execution is new and its workflow limits how many run at a time.
    public var slot: SlotClaim?
    /// Whether it has ended and its workflow limits how many run at a time.
    public var freesSlot = false
    /// The events to append.
    public var events: [JournalEvent]
    /// The control messages that are settled with this change, for better or worse.
    public var controls: [SettledControl] = []
    /// The control messages that are sent with this change.
    public var sends: [InternalControl] = []
    /// The position of the first of the events in the writer's stream; the rest follow it.
    public var firstPosition: Int64

    /// A change from its parts.
    public init(
        state: ExecutionState, acceptance: Acceptance?, fencingToken: Int64, changedSteps: Set<Int> = [],
        changesStatus: Bool = false, events: [JournalEvent] = [], firstPosition: Int64 = 0
    ) {
        self.state = state
        self.acceptance = acceptance
        self.fencingToken = fencingToken
        self.changedSteps = changedSteps
        self.changesStatus = changesStatus
        self.events = events
        self.firstPosition = firstPosition
    }
}

/// What is kept of the request that made an execution.
public struct Acceptance: Sendable, Equatable {
    /// Under which the request is known; the execution's own id when it brought no key.
    public let idempotencyKey: String
    /// The priority it asked for.
    public let priority: Int?
    /// Where the result goes.
    public let replyAddress: ReplyAddress?

    /// An acceptance from its parts.
    public init(idempotencyKey: String, priority: Int?, replyAddress: ReplyAddress?) {
        self.idempotencyKey = idempotencyKey
        self.priority = priority
        self.replyAddress = replyAddress
    }
}

/// What a commit tells beside that it happened.
public struct CommitReceipt: Sendable, Equatable {
    /// For executions that ended with this commit, where else their results are awaited: copies of their requests
    /// asked too.
    public var furtherCallers: [ExecutionID: [ReplyAddress]]
    /// For control messages that were settled with this commit, who is to be told.
    public var controlCallers: [ControlID: [ReplyAddress]]
    /// The lanes of this coordinator for whose executions the commit has sent control messages. The owners of others are
    /// given a hint.
    public var hints: [ControlHint]

    /// A receipt.
    public init(
        furtherCallers: [ExecutionID: [ReplyAddress]] = [:], controlCallers: [ControlID: [ReplyAddress]] = [:],
        hints: [ControlHint] = []
    ) {
        self.furtherCallers = furtherCallers
        self.controlCallers = controlCallers
        self.hints = hints
    }
}
