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
    private let timers: TimerQueue
    let configuration: CoordinatorConfiguration
    let journal: any Journal
    let intake: any RequestIntake
    let outbox: Outbox
    let invoker: AgentInvoker
    let environment: RuntimeEnvironment
    let logger: Logger

    /// The executions under way, by id.
    private(set) var held = HeldExecutions()
    private(set) var writer: WriterID?
    /// The name under which the lane owns executions: the coordinator's and the lane's number; another one each time it
    /// starts over, so that nobody takes it for the owner of what it has lost.
    private(set) var owner: String
    private var timesOpened = 0
    private var hasLetGo = false
    private var expected = 0
    private var isStopping = false
    /// Whether `run()` has come to its end.
    private(set) var isFinished = false
    private var lastPosition: Int64 = 0
    private var recordedPosition: Int64 = 0

    init(
        index: Int = 0, configuration: CoordinatorConfiguration, journal: any Journal, intake: any RequestIntake,
        outbox: Outbox,
        invoker: AgentInvoker, environment: RuntimeEnvironment, logger: Logger
    ) {
        self.index = index
        self.configuration = configuration
        owner = "\(configuration.owner)-\(index)"
        self.journal = journal
        self.intake = intake
        self.outbox = outbox
        self.invoker = invoker
        self.environment = environment
        self.logger = logger
        let mailbox = Mailbox()
        self.mailbox = mailbox
        timers = TimerQueue(environment: environment) { mailbox.post(.timer($0)) }
    }

    /// Bytes of requests and answers that share a commit, about. A transaction is held in memory on both sides.
    static let batchBytes = 16 * 1024 * 1024

    /// How many more executions the lane may take over: none while the broker is far behind with taking events, none at
    /// shutdown, and none while it has no writer, whose lease is what an execution would be owned by.
    var capacity: Int {
        outbox.isFull || isStopping || writer == nil
            ? 0 : max(0, configuration.maxInFlightPerLane - held.count - expected)
    }

    /// The same for requests, of which workflows have shares.
    private var room: RequestRoom {
        outbox.isFull || isStopping ? .none : held.room(limit: configuration.maxInFlightPerLane, expected: expected)
    }

    /// The name to claim executions under, and for how many there is room.
    var claimant: (owner: String, room: Int) { (owner, capacity) }

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

    /// Published events after which a commit takes the cursor along. Between them a heartbeat does, if they come slowly;
    /// what lies between is published twice after a crash.
    private static let cursorStride: Int64 = 1000

    /// The cursor, when it has moved by so much that it is worth a row.
    private func cursor(of writer: WriterID) -> Int64? {
        let published = outbox.publishedPosition(of: writer)
        return published - recordedPosition >= Self.cursorStride ? published : nil
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
        var requests: [AdmittedRequest] = []
        for input in inputs {
            switch input {
            case .request(let request): requests.append(request)
            case .answer(let id, let step, let attempt, let answer, let byteCount):
                held[id]?.byteCount += byteCount
                advance(id, .answered(step: step, attempt: attempt, answer), in: &batch)
            case .timer(let timer):
                advance(timer.executionID, .timerFired(timer.purpose), in: &batch)
            case .takenOver(let claims, let name):
                expected -= claims.count
                guard name == owner else {
                    // Lost since they were claimed: no writer answers for the name, so nothing else would free them.
                    let ids = claims.map(\.0.state.id)
                    try await journal.putBack(ids, owner: name, publisher: configuration.owner)
                    continue
                }
                for (claim, definition) in claims { takeOver(claim, definition, in: &batch) }
            case .writerLost(let lost):
                // A commit may have met the same loss before, and started over already.
                if lost == writer { try await startOver(&batch) }
            }
        }
        if !requests.isEmpty { try await accept(requests, in: &batch) }
        await runAhead(&batch)
        try await commit(&batch)
    }

    // MARK: - Decisions

    func advance(_ id: ExecutionID, _ arrival: Arrival, in batch: inout LaneBatch) {
        guard var entry = held[id] else { return }
        let decision = entry.execution.handle(arrival, now: environment.now())
        held[id] = entry
        if decision.changesState {
            batch.add(decision, to: entry.execution, fencingToken: entry.fencingToken)
        } else {
            batch.invocations += decision.invocations
            batch.timers += decision.timers
        }
    }

    private func takeOver(_ claim: ClaimedExecution, _ definition: WorkflowDefinition, in batch: inout LaneBatch) {
        let id = claim.state.id
        held[id] = HeldExecution(
            execution: Execution(definition: definition, state: claim.state), fencingToken: claim.fencingToken,
            replyAddress: claim.replyAddress, lease: newLease(), byteCount: claim.state.approximateByteCount
        )
        advance(id, .takenOver(interrupted: claim.interrupted), in: &batch)
    }

    private func newLease() -> LeaseBook {
        LeaseBook(lease: configuration.lease, uptime: environment.uptime())
    }

    private func accept(_ requests: [AdmittedRequest], in batch: inout LaneBatch) async throws(JournalError) {
        guard let writer else { return }
        // One whose connection is gone is delivered again; taking it here too could make two executions of it.
        let requests = requests.filter { intake.isOpen($0.receipt) }
        let keys = requests.compactMap(\.request.idempotencyKey)
        let ids = requests.map(\.executionID)
        let known = try await journal.findAccepted(keys: keys, ids: ids, for: writer)
        let byKey = Dictionary(known.map { ($0.idempotencyKey, $0) }) { first, _ in first }
        let byID = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        var copies: [AdmittedRequest] = []
        for admitted in requests {
            let request = admitted.request
            if let record = request.idempotencyKey.flatMap({ byKey[$0] }) ?? byID[admitted.executionID] {
                try await answerCopy(admitted, of: record)
                continue
            }
            let id = admitted.executionID
            let key = request.idempotencyKey ?? id.description
            if batch.contains(id) || batch.acceptedKeys.contains(key) {
                copies.append(admitted)
                continue
            }
            switch admitted.definition {
            case .success(let definition): start(admitted, definition, key: key, in: &batch)
            case .failure(let rejection): await intake.reject(admitted.receipt, rejection)
            }
        }
        // A copy that came together with its original finds it in the tables on the next round.
        if !copies.isEmpty { mailbox.putBack(copies) }
    }

    private func start(
        _ admitted: AdmittedRequest, _ definition: WorkflowDefinition, key: String, in batch: inout LaneBatch
    ) {
        let request = admitted.request
        let id = admitted.executionID
        let now = environment.now()
        let state = ExecutionState(
            id: id, workflow: definition.reference, stepNames: definition.steps.map(\.name),
            input: request.input, metadata: request.metadata, traceparent: request.traceparent,
            priority: request.priority, createdAt: now
        )
        var entry = HeldExecution(
            execution: Execution(definition: definition, state: state), fencingToken: 1,
            replyAddress: request.replyAddress, lease: newLease(), byteCount: admitted.byteCount
        )
        let decision = entry.execution.handle(.accepted, now: now)
        held[id] = entry
        batch.add(
            decision, to: entry.execution, fencingToken: 1, request: admitted,
            acceptance: Acceptance(
                idempotencyKey: key, priority: request.priority, replyAddress: request.replyAddress
            )
        )
    }

    /// A request seen before: the same answer, now or when there is one; other content under the same key is refused.
    private func answerCopy(_ admitted: AdmittedRequest, of record: AcceptedExecution) async throws(JournalError) {
        let request = admitted.request
        guard record.workflowID == request.workflowID, record.input == request.input else {
            let rejection = RequestRejection(
                .idempotencyConflict,
                "The property 'message_id' or the field 'execution_id' was used before, with another workflow or input, by "
                    + "execution \(record.id); send a new one."
            )
            await intake.reject(admitted.receipt, rejection)
            return
        }
        if request.isRedelivered, request.replyAddress == record.replyAddress {
            // The message itself once more: its acknowledgement was lost. Its caller is answered already or will be.
            intake.acknowledge([admitted.receipt])
            return
        }
        var result = record.result
        if result == nil, let caller = request.replyAddress {
            result = try await journal.attach(caller, to: record.id)
        }
        guard let result, let caller = request.replyAddress else {
            intake.acknowledge([admitted.receipt])
            return
        }
        outbox.enqueue(
            Outbox.Item(replies: [ResultReply(address: caller, result: result)], receipts: [admitted.receipt])
        )
    }

    // MARK: - Commits

    private func commit(_ batch: inout LaneBatch) async throws(JournalError) {
        while !batch.isEmpty, let writer {
            let last = batch.numberEvents(after: lastPosition)
            let transaction = JournalBatch(
                writer: writer, owner: owner, publisher: configuration.owner, cursor: cursor(of: writer),
                changes: batch.changes
            )
            do {
                let receipt = try await journal.commit(transaction)
                lastPosition = last
                if let cursor = transaction.cursor { recordedPosition = cursor }
                release(batch, receipt, writer: writer, last: last)
                return
            } catch {
                switch error.code {
                case .leasesLost(let ids):
                    logger.warning(
                        "executions were taken over by another coordinator", metadata: [LogKey.count: "\(ids.count)"])
                    give(up: Set(ids), in: &batch)
                case .writerLost:
                    try await startOver(&batch)
                case .alreadyAccepted where !batch.accepted.isEmpty:
                    putBackRequests(of: &batch)
                case .refused, .alreadyAccepted:
                    try await commitOneByOne(batch, error)
                    return
                case .cancelled, .schemaMissing:
                    throw error
                }
            }
        }
        // Nothing to commit, but an execution that was handed over still has calls to make.
        carryOn(batch)
    }

    /// After the commit: the deliveries are acknowledged, the events leave, the agents are called.
    private func release(_ batch: LaneBatch, _ receipt: CommitReceipt, writer: WriterID, last: Int64) {
        intake.acknowledge(batch.acceptedInOrder.map(\.receipt))
        var item = Outbox.Item(writer: writer, lastPosition: last)
        for change in batch.changes {
            let state = change.state
            item.groups.append(
                EventGroup(
                    executionID: state.id, workflowID: state.workflow.id, traceparent: state.traceparent,
                    events: change.events
                )
            )
            guard let result = ExecutionResult(state) else { continue }
            item.replies += ResultReply.replies(
                result, to: held[state.id]?.replyAddress, and: receipt.furtherCallers[state.id] ?? []
            )
            held[state.id] = nil
            timers.forget(state.id)
        }
        outbox.enqueue(item)
        for (id, step) in batch.abandoned { invoker.cancel(id, step: step) }
        carryOn(batch)
    }

    /// What goes on after a commit, for the executions that have not ended with it.
    private func carryOn(_ batch: LaneBatch) {
        for timer in batch.timers where held[timer.executionID]?.execution.awaits(timer.purpose) == true {
            timers.schedule(timer)
        }
        // An answer in the same batch may have ended the execution after a call was decided.
        for invocation in batch.invocations where isAwaited(invocation) {
            invoker.invoke(invocation, answerTo: mailbox)
        }
    }

    /// Whether the attempt of a call still waits for its answer.
    func isAwaited(_ invocation: Invocation) -> Bool {
        guard let step = held[invocation.executionID]?.execution.state.steps[invocation.step] else { return false }
        return step.status == .running && step.attempt == invocation.attempt
    }

    /// The database refuses the batch: each change by itself, so that one of them cannot hold up the others.
    private func commitOneByOne(_ batch: LaneBatch, _ refusal: JournalError) async throws(JournalError) {
        guard batch.changes.count == 1 else {
            let writerBefore = writer
            for index in batch.changes.indices {
                var single = batch.single(index)
                guard writer == writerBefore else {
                    // The lease ran out on the way: nothing is held any more.
                    putBackRequests(of: &single)
                    continue
                }
                try await commit(&single)
            }
            return
        }
        let id = batch.changes[0].state.id
        logger.error(
            "the database refuses a change", metadata: [LogKey.execution: "\(id)", LogKey.error: "\(refusal.message)"])
        invoker.cancel([id])
        held[id] = nil
        timers.forget(id)
        if let admitted = batch.accepted[id] {
            await intake.reject(
                admitted.receipt, RequestRejection(.notStorable, "The database refuses the request: \(refusal.message)")
            )
        } else {
            // The journal still holds its last good state; whoever takes it over counts the interruption.
            try await journal.release([id], owner: owner, isHandedOver: false)
            hasLetGo = true
        }
    }

    private func give(up ids: Set<ExecutionID>, in batch: inout LaneBatch) {
        batch.drop(ids)
        for id in ids {
            held[id] = nil
            timers.forget(id)
        }
        invoker.cancel(ids)
    }

    private func putBackRequests(of batch: inout LaneBatch) {
        let requests = batch.acceptedInOrder
        let ids = Set(batch.accepted.keys)
        batch.drop(ids)
        for id in ids { held[id] = nil }
        // The agents of pure steps may be at work already.
        invoker.cancel(ids)
        mailbox.putBack(requests)
    }

    /// The coordinator was taken for dead: others own what it held, or are about to. Requests not committed yet are
    /// still the broker's to deliver.
    private func startOver(_ batch: inout LaneBatch) async throws(JournalError) {
        logger.warning("the lease ran out; starting over with nothing held", metadata: [LogKey.count: "\(held.count)"])
        // Those that are new in the batch too: their commit may have happened without an answer.
        let dropped = held.ids
        putBackRequests(of: &batch)
        give(up: Set(dropped), in: &batch)
        // Until there is another, nothing may be claimed for the lane.
        writer = nil
        try await journal.abandon(owner: owner, publisher: configuration.owner)
        try await open()
    }
}
