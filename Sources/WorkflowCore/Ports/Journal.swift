import PerdureJSON

/// The durable record of all executions, and who owns which: what the runtime needs of a database.
///
/// Every method waits out a database that is away, so that callers see only what concerns them; cancelling the task
/// ends the wait with `JournalError.Code.cancelled`.
public protocol Journal: Sendable {
    /// Starts a stream of commits for a lane of a coordinator, alive for `lease` from now unless renewed.
    ///
    /// - Parameters:
    ///   - owner: The name under which the lane will own executions; never used before.
    ///   - publisher: The coordinator.
    ///   - lane: Which of the coordinator's lanes it is, from 0. Lanes do not wait for one another's commits.
    func openWriter(
        owner: String, publisher: String, lane: Int, lease: Duration
    ) async throws(JournalError) -> WriterID

    /// What is known of requests with these idempotency keys, and of executions with these ids.
    /// Asked for a writer, and answered in the order of its commits.
    func findAccepted(
        keys: [String], ids: [ExecutionID], for writer: WriterID
    ) async throws(JournalError) -> [AcceptedExecution]

    /// Commits a batch: all of it or nothing.
    ///
    /// A commit whose outcome the connection took with it is looked up and, if it did not happen, made again.
    /// - Throws: `JournalError` with the code `leasesLost`, `writerLost`, `alreadyAccepted`, `slotsTaken` or `refused`;
    ///   nothing is committed then.
    func commit(_ batch: JournalBatch) async throws(JournalError) -> CommitReceipt

    /// Puts control messages into the inbox, in this order, so that they can be acknowledged. A copy of one that is
    /// there already, by its key, is not put in again.
    ///
    /// The owner of an execution is hinted at what waits for it, as far as that is possible.
    /// - Parameters:
    ///   - controls: Each with a key.
    ///   - publisher: The coordinator that asks.
    /// - Returns: What became of each.
    func submit(_ controls: [ControlRequest], publisher: String) async throws(JournalError) -> [ControlReceipt]

    /// The control messages that wait for these executions, in the order in which they came. Asked for a writer, and
    /// answered in the order of its commits: what a commit has settled is not among them.
    ///
    /// - Parameter byteLimit: Where to stop with outputs of children, about; what crosses it is still among them.
    func openControls(
        of executions: [ExecutionID], limit: Int, byteLimit: Int, for writer: WriterID
    ) async throws(JournalError) -> [StoredControl]

    /// Control messages whose senders nobody else will tell: those of executions that have ended, which are refused with
    /// this, and those that a coordinator has settled which is gone.
    func unansweredControls(limit: Int) async throws(JournalError) -> [SettledControl]

    /// Records that the senders of settled messages have been told. Refusals are forgotten: such a message may be sent
    /// again.
    func recordAnswered(_ controls: [ControlID]) async throws(JournalError)

    /// Hints at control messages that came in through other coordinators, not all of them for executions of this one.
    /// Any of them may get lost, and `tick` finds the same. For one reader.
    var controlHints: AsyncStream<ControlHint> { get }

    /// Remembers that the result of an execution is awaited at one more place.
    ///
    /// - Returns: The result when the execution has ended already, in which case nothing is remembered.
    func attach(_ caller: ReplyAddress, to execution: ExecutionID) async throws(JournalError) -> ExecutionResult?

    /// Renews a coordinator's writers, and says whether there is something to take over.
    ///
    /// The lease of a writer is what its owner's executions depend on. `due` renews the rows of executions too, which is
    /// for whoever reads them; an execution that is not owned by a live writer of this coordinator is left as it is.
    func tick(
        publisher: String, lease: Duration, due: [LeaseRenewal]
    ) async throws(JournalError) -> LeaseReport

    /// Records how far a writer's events are confirmed, when no commit is at hand to carry it.
    ///
    /// - Returns: false when somebody else publishes them by now.
    func recordPublished(writer: WriterID, publisher: String, position: Int64) async throws(JournalError) -> Bool

    /// Takes over the writers whose coordinators are gone, to publish what they committed and could not. One with a
    /// transaction under way is left out until that is decided.
    func claimWriters(publisher: String, lease: Duration) async throws(JournalError) -> [ClaimedWriter]

    /// The events that a writer committed after a position, in order.
    func events(of writer: WriterID, after position: Int64, limit: Int) async throws(JournalError) -> [CommittedEvent]

    /// Ends a writer, once all its events are confirmed: its executions are free to be claimed.
    func closeWriter(_ writer: WriterID, publisher: String) async throws(JournalError)

    /// Takes over executions whose owners are gone and whose owners' events are all published, for a lane.
    ///
    /// - Parameters:
    ///   - owner: The lane's name, as its writer was opened under.
    ///   - publisher: The coordinator; what its own live lanes have let go of may be claimed as well.
    func claimExecutions(
        owner: String, publisher: String, lease: Duration, limit: Int
    ) async throws(JournalError) -> [ClaimedExecution]

    /// The executions that carry an owner's name and that it has not let go of. For finding those that were claimed for it
    /// when the connection broke: it never heard of them, and nobody else may take them while it lives.
    func owned(by owner: String) async throws(JournalError) -> [ExecutionID]

    /// Lets a name go that a lane has lost the lease of. Its executions are claimed by whoever publishes its events; if
    /// nobody knows it any more, by anybody.
    func abandon(owner: String, publisher: String) async throws(JournalError)

    /// Lets go of executions at once, so that others need not wait for the lease to end. Whoever takes them over publishes
    /// the events of this owner first.
    ///
    /// - Parameter isHandedOver: true when nothing went wrong, so that the next owner counts no interruption.
    func release(_ executions: [ExecutionID], owner: String, isHandedOver: Bool) async throws(JournalError)

    /// Puts back executions that were claimed and not touched: anybody may take them, without waiting for this owner.
    func putBack(_ executions: [ExecutionID], owner: String, publisher: String) async throws(JournalError)

    /// Keeps definitions, by content, when they are first used. Whoever comes first with a version has settled what it holds:
    /// other content is not kept beside it.
    ///
    /// - Parameter mayChange: Whether other content is kept beside it all the same, as while definitions are being written.
    /// - Returns: What had been kept under the versions of those that are new by their hash, the last that was kept at the
    ///   end.
    func keep(_ definitions: [WorkflowDefinition], mayChange: Bool) async throws(JournalError) -> [KeptDefinition]

    /// What is kept of a workflow under a version, the last where there are several; nil when there is none.
    func keptDefinition(_ workflowID: String, version: Int) async throws(JournalError) -> KeptDefinition?

    /// The versions that are kept of a workflow, ascending.
    func keptVersions(of workflowID: String) async throws(JournalError) -> [Int]

    /// Says which schedules there are. One that is new, or has another cron expression or time zone than before, begins with
    /// the `lastTick` given; the others go on from where they were.
    ///
    /// - Parameter others: Workflows that have no schedule; what is known of one is forgotten.
    /// - Returns: The last tick of each, by workflow.
    func openSchedules(
        _ schedules: [ScheduleRecord], closing others: [String]
    ) async throws(JournalError) -> [String: Timestamp]

    /// Records that a schedule has come as far as this; it never goes back.
    ///
    /// - Returns: false when the workflow has another schedule by now, or none.
    func recordTick(_ schedule: ScheduleRecord) async throws(JournalError) -> Bool

    /// Prepares the tables for the days to come, for as far as that is needed. Asked for at the start and about every hour;
    /// tells of what goes wrong, and leaves it for the next time.
    func maintain() async

    /// The text of a definition that an execution started with.
    func definitionSource(_ reference: WorkflowReference) async throws(JournalError) -> String?
}

extension Journal {
    /// Keeps definitions, whose versions may not change.
    @discardableResult
    public func keep(_ definitions: [WorkflowDefinition]) async throws(JournalError) -> [KeptDefinition] {
        try await keep(definitions, mayChange: false)
    }

    /// Does nothing, for journals that need nothing.
    public func maintain() async {}

    /// None, for journals that cannot tell.
    public var controlHints: AsyncStream<ControlHint> {
        AsyncStream { $0.finish() }
    }
}

/// A request that was accepted before.
public struct AcceptedExecution: Sendable, Equatable {
    /// The execution that it became.
    public let id: ExecutionID
    /// Under which it is known.
    public let idempotencyKey: String
    /// What it ran.
    public let workflowID: String
    /// What it was given.
    public let input: JSONValue
    /// How it ended, if it has.
    public let result: ExecutionResult?
    /// The caller that is answered in any case: the one of the request that was accepted.
    public let replyAddress: ReplyAddress?

    /// A record from its parts.
    public init(
        id: ExecutionID, idempotencyKey: String, workflowID: String, input: JSONValue, result: ExecutionResult?,
        replyAddress: ReplyAddress? = nil
    ) {
        self.id = id
        self.idempotencyKey = idempotencyKey
        self.workflowID = workflowID
        self.input = input
        self.result = result
        self.replyAddress = replyAddress
    }
}

/// How much longer the row of an execution is to say that it is owned.
public struct LeaseRenewal: Sendable, Equatable {
    /// The execution.
    public let execution: ExecutionID
    /// From now.
    public let span: Duration

    /// A renewal.
    public init(execution: ExecutionID, span: Duration) {
        self.execution = execution
        self.span = span
    }
}

/// What a renewal of leases found.
public struct LeaseReport: Sendable, Equatable {
    /// The coordinator's writers that are still its own.
    public let liveWriters: Set<WriterID>
    /// Whether there are writers or executions to take over.
    public let hasAbandonedWork: Bool
    /// Whether the connection of another coordinator is gone, so that there may be something to take over soon.
    public let hasLostSessions: Bool
    /// The coordinator's executions for which control messages wait.
    public let openControls: [ControlHint]
    /// Whether there are control messages whose senders nobody else will tell.
    public let hasUnansweredControls: Bool

    /// A report from its parts.
    public init(
        liveWriters: Set<WriterID>, hasAbandonedWork: Bool, hasLostSessions: Bool = false,
        openControls: [ControlHint] = [], hasUnansweredControls: Bool = false
    ) {
        self.liveWriters = liveWriters
        self.hasAbandonedWork = hasAbandonedWork
        self.hasLostSessions = hasLostSessions
        self.openControls = openControls
        self.hasUnansweredControls = hasUnansweredControls
    }
}

/// A dead coordinator's stream of commits.
public struct ClaimedWriter: Sendable, Equatable {
    /// The writer.
    public let id: WriterID
    /// Up to here its events are confirmed.
    public let publishedPosition: Int64

    /// A claim from its parts.
    public init(id: WriterID, publishedPosition: Int64) {
        self.id = id
        self.publishedPosition = publishedPosition
    }
}

/// A committed event with what its publication needs.
public struct CommittedEvent: Sendable {
    /// Its place in its writer's stream.
    public let position: Int64
    /// The event.
    public let event: CloudEvent
    /// The replies that are due with it: those of its execution, when it is the last event.
    public let replies: [ResultReply]

    /// An event from its parts.
    public init(position: Int64, event: CloudEvent, replies: [ResultReply]) {
        self.position = position
        self.event = event
        self.replies = replies
    }
}

/// An execution taken over from a coordinator that is gone.
public struct ClaimedExecution: Sendable {
    /// Where it stands.
    public let state: ExecutionState
    /// The token under which it is owned from now on.
    public let fencingToken: Int64
    /// Where its result goes.
    public let replyAddress: ReplyAddress?
    /// Whether its owner died; false when it let go.
    public let interrupted: Bool
    /// Whether control messages wait for it.
    public let hasControls: Bool

    /// A claim from its parts.
    public init(
        state: ExecutionState, fencingToken: Int64, replyAddress: ReplyAddress?, interrupted: Bool,
        hasControls: Bool = false
    ) {
        self.hasControls = hasControls
        self.state = state
        self.fencingToken = fencingToken
        self.replyAddress = replyAddress
        self.interrupted = interrupted
    }
}
