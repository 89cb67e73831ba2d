import Logging
import WorkflowCore

/// One serial stream of decisions and commits, and the executions that go through it.
///
/// Everything that arrives while a commit is under way joins the next one; there is no timer. What a decision asks
/// for (calls, publications, acknowledgements) happens after its commit and not before.
actor JournalLane {
    /// Which of the coordinator's lanes it is, from 0.
    nonisolated let index: Int
    nonisolated let mailbox: Mailbox
    let timers: TimerQueue
    let configuration: CoordinatorConfiguration
    let journal: any Journal
    let intake: any Deliveries
    let outbox: Outbox
    let answers: ControlAnswers
    /// For hints at what the coordinator's other lanes own.
    let neighbours: AsyncStream<ControlHint>.Continuation
    let invoker: AgentInvoker
    /// For the children that steps start.
    let definitions: DefinitionRegistry
    let environment: RuntimeEnvironment
    let logger: Logger

    /// The executions under way, by id.
    var held = HeldExecutions()
    var writer: WriterID?
    /// The name under which the lane owns executions: the coordinator's and the lane's number; another one each time it
    /// starts over, so that nobody takes it for the owner of what it has lost.
    private(set) var owner: String
    private var timesOpened = 0
    var hasLetGo = false
    private var expected = 0
    private var isStopping = false
    /// Whether `run()` has come to its end.
    private(set) var isFinished = false
    var lastPosition: Int64 = 0
    var recordedPosition: Int64 = 0
    /// The next batches whose requests are all looked up before they are taken.
    var batchesToLookUp = 0
    var slots = SlotOutlook()

    init(
        index: Int = 0, configuration: CoordinatorConfiguration, journal: any Journal, intake: any Deliveries,
        outbox: Outbox, answers: ControlAnswers, neighbours: AsyncStream<ControlHint>.Continuation,
        invoker: AgentInvoker, definitions: DefinitionRegistry, environment: RuntimeEnvironment, logger: Logger
    ) {
        self.index = index
        self.configuration = configuration
        owner = "\(configuration.owner)-\(index)"
        self.journal = journal
        self.intake = intake
        self.outbox = outbox
        self.answers = answers
        self.neighbours = neighbours
        self.invoker = invoker
        self.definitions = definitions
        self.environment = environment
        self.logger = logger
        let mailbox = Mailbox()
        self.mailbox = mailbox
        timers = TimerQueue(environment: environment) { mailbox.post(.timer($0)) }
    }

    /// Bytes of requests and answers that share a commit, about. A transaction is held in memory on both sides.
    static let batchBytes = 16 * 1024 * 1024

    /// The same for requests, of which workflows have shares.
    private var room: RequestRoom {
        outbox.isFull || isStopping ? .none : held.room(limit: configuration.maxInFlightPerLane, expected: expected)
    }

    /// The name to claim executions under, and for how many more there is room. Nil at shutdown, and while the lane has no writer,
    /// whose lease is what an execution would be owned by. However far the broker is behind with taking events: at full speed
    /// it always is, what is taken over has waited the longest, and the heir has just published all that came before it. And however
    /// many wait for their turn here: what is to be taken over may be what they wait for.
    var claimant: (owner: String, room: Int)? {
        guard !isStopping, writer != nil else { return nil }
        return (owner, max(0, configuration.maxInFlightPerLane - (held.count - held.pendingCount) - expected))
    }

    /// Counts executions that have been claimed for the lane and are on their way to it.
    func expect(_ count: Int) {
        expected += count
    }

    /// Takes nothing new any more.
    func stopTaking() {
        isStopping = true
        mailbox.stopRequests()
    }

    /// The executions under way.
    var heldIDs: [ExecutionID] { held.ids }

    /// Those of the executions that carried the lane's name that it knows nothing of.
    ///
    /// - Parameters:
    ///   - owned: Read from the journal before this call: the lane holds what it commits before it commits it.
    ///   - name: The name that they carried.
    func strays(among owned: [ExecutionID], of name: String) -> [ExecutionID] {
        // What is claimed and on its way here is held in a moment.
        guard name == owner, writer != nil, expected == 0 else { return [] }
        return owned.filter { held[$0] == nil }
    }

    /// The rows that are due to be renewed.
    func dueRenewals() -> [LeaseRenewal] {
        held.dueRenewals(uptime: environment.uptime())
    }

    /// Whether the lane has let go of executions since it was last asked.
    func takeLetGo() -> Bool {
        defer { hasLetGo = false }
        return hasLetGo
    }

    /// Starts the lane's stream of commits.
    func open() async throws(JournalError) {
        timesOpened += 1
        owner = "\(configuration.owner)-\(index)" + (timesOpened == 1 ? "" : ".\(timesOpened)")
        writer = try await journal.openWriter(
            owner: owner, publisher: configuration.owner, lane: index, lease: configuration.lease
        )
        lastPosition = 0
        recordedPosition = 0
    }

    /// Decides and commits until the mailbox is closed.
    func run() async throws(JournalError) {
        while let inputs = await mailbox.next(
            room: room, limit: configuration.maxBatch, byteLimit: Self.batchBytes
        ) {
            try await process(inputs)
        }
        isFinished = true
    }

    private func process(_ inputs: [LaneInput]) async throws(JournalError) {
        var batch = LaneBatch()
        slots.beginBatch()
        var requests: [AdmittedRequest] = []
        var controlled: [ExecutionID] = []
        for input in inputs {
            switch input {
            case .request(let request): requests.append(request)
            case .answer(let id, let step, let attempt, let answer, let byteCount):
                held.add(bytes: byteCount, to: id)
                try await advance(id, .answered(step: step, attempt: attempt, answer), in: &batch)
            case .timer(let timer):
                try await advance(timer.executionID, .timerFired(timer.purpose), in: &batch)
            case .takenOver(let claims, let name):
                expected -= claims.count
                guard name == owner else {
                    // Lost since they were claimed: no writer answers for the name, so nothing else would free them.
                    let ids = claims.map(\.0.state.id)
                    try await journal.putBack(ids, owner: name, publisher: configuration.owner)
                    continue
                }
                for (claim, definition) in claims { try await takeOver(claim, definition, in: &batch) }
                controlled += claims.lazy.map(\.0).filter(\.hasControls).map(\.state.id)
            case .controls(let ids):
                controlled += ids
            case .writerLost(let lost):
                // A commit may have met the same loss before, and started over already.
                if lost == writer { try await startOver(&batch) }
            }
        }
        if !requests.isEmpty { try await accept(requests, in: &batch) }
        if !controlled.isEmpty { try await settleControls(of: controlled, in: &batch) }
        try await runAhead(&batch)
        try await commit(&batch)
    }

    // MARK: - Decisions

    func advance(_ id: ExecutionID, _ arrival: Arrival, in batch: inout LaneBatch) async throws(JournalError) {
        guard let entry = held[id] else { return }
        let decision = entry.execution.handle(arrival, now: environment.now())
        if decision.changesState {
            batch.add(decision, to: entry.execution, fencingToken: entry.fencingToken)
        } else {
            batch.invocations += decision.invocations
            batch.timers += decision.timers
        }
        try await start(decision.children, in: &batch)
    }

    private func takeOver(
        _ claim: ClaimedExecution, _ definition: WorkflowDefinition, in batch: inout LaneBatch
    ) async throws(JournalError) {
        let id = claim.state.id
        held[id] = HeldExecution(
            execution: Execution(definition: definition, state: claim.state), fencingToken: claim.fencingToken,
            replyAddress: claim.replyAddress, lease: newLease(), byteCount: claim.state.approximateByteCount
        )
        try await advance(id, .takenOver(interrupted: claim.interrupted), in: &batch)
    }

    func newLease() -> LeaseBook {
        LeaseBook(lease: configuration.lease, uptime: environment.uptime())
    }
}
