import Logging
import PerdureJSON
import Synchronization
import WorkflowCore

/// Starts workflows by the clock: the ticks of their schedules are requests like those of the broker, and go the same way.
///
/// Every coordinator does this for all schedules; the key of a tick sees to it that one execution comes of it. A schedule has one
/// request on its way at a time. When that is committed, or turns out to be a copy of another coordinator's, the journal is told
/// how far the schedule has come, which is what a later start goes on from. Between two ticks nothing is asked of the database.
final class ScheduleClock: RequestIntake {
    /// A schedule and how far it has come.
    private struct Line {
        let definition: WorkflowDefinition
        let schedule: WorkflowSchedule
        /// Every tick up to here has been started or passed over.
        var last: Timestamp
        /// The tick whose request is on its way.
        var underWay: Timestamp?
    }

    private struct State {
        var lines: [String: Line] = [:]
        /// What the lines were made of.
        var definitions: [WorkflowReference] = []
        var lastNumber: UInt64 = 0
        /// The requests on their way, by number: whose they are.
        var open: [UInt64: String] = [:]
        /// What is over and not told to the journal yet.
        var settled: [(workflow: String, tick: Timestamp)] = []
    }

    /// The longest sleep: a clock that is set, or another catalog, is noticed after that long.
    private static let longestSleepMicroseconds: Int64 = 60_000_000

    let requests: AsyncStream<[IncomingRequest]>
    private let continuation: AsyncStream<[IncomingRequest]>.Continuation
    private let (attention, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let definitions: DefinitionRegistry
    private let journal: any Journal
    private let environment: RuntimeEnvironment
    private let logger: Logger
    private let state = Mutex(State())

    init(definitions: DefinitionRegistry, journal: any Journal, environment: RuntimeEnvironment, logger: Logger) {
        self.definitions = definitions
        self.journal = journal
        self.environment = environment
        self.logger = logger
        (requests, continuation) = AsyncStream.makeStream()
    }

    /// Lets it look at the clock for the first time.
    func begin() {
        wake.yield()
    }

    /// Starts what is due, once `begin()` has been called, until cancelled.
    ///
    /// - Throws: `JournalError` when the tables are missing.
    func run() async throws(JournalError) {
        var sleeper: Task<Void, Never>?
        defer { sleeper?.cancel() }
        for await _ in attention {
            try await adoptCatalog()
            try await recordSettled()
            let pause = startDue()
            sleeper?.cancel()
            sleeper = Task(executorPreference: environment.executor) { [wake, sleep = environment.sleep] in
                do { try await sleep(.microseconds(pause)) } catch { return }
                wake.yield()
            }
        }
    }

    // MARK: - What there is to do

    /// Takes the schedules of the newest versions over, where those have changed.
    private func adoptCatalog() async throws(JournalError) {
        let newest = definitions.catalog.newest
        let isKnown = state.withLock { $0.definitions == newest.map(\.reference) }
        guard !isKnown else { return }
        let now = environment.now()
        let scheduled = newest.compactMap { definition in definition.schedule.map { (definition, $0) } }
        let known = try await journal.openSchedules(
            scheduled.map { ScheduleRecord($1, of: $0.reference.id, lastTick: now, now: now) },
            closing: newest.filter { $0.schedule == nil }.map(\.reference.id))
        state.withLock { state in
            state.definitions = newest.map(\.reference)
            let before = state.lines
            state.lines = [:]
            for (definition, schedule) in scheduled {
                let id = definition.reference.id
                state.lines[id] = Line(
                    definition: definition, schedule: schedule, last: min(known[id] ?? now, now),
                    underWay: before[id]?.underWay)
            }
        }
    }

    /// Tells the journal what is over.
    private func recordSettled() async throws(JournalError) {
        while let (workflow, tick) = state.withLock({ $0.settled.isEmpty ? nil : $0.settled.removeFirst() }) {
            let record = state.withLock { state -> ScheduleRecord? in
                guard let line = state.lines[workflow] else { return nil }
                let last = max(line.last, tick)
                state.lines[workflow]?.last = last
                state.lines[workflow]?.underWay = nil
                return ScheduleRecord(line.schedule, of: workflow, lastTick: last, now: tick)
            }
            guard let record, try await !journal.recordTick(record) else { continue }
            // A coordinator that came later has another one in its definition, or none.
            state.withLock { $0.lines[workflow] = nil }
            logger.warning(
                "another coordinator has another schedule for the workflow; this one does not start it by the clock any more",
                metadata: [LogKey.workflow: "\(workflow)"])
        }
    }

    /// Puts requests for what is due on their way.
    ///
    /// - Returns: After how long to look again, in microseconds.
    private func startDue() -> Int64 {
        let now = environment.now()
        var due: [(number: UInt64, line: Line, tick: Timestamp)] = []
        let pause = state.withLock { state in
            var pause = Self.longestSleepMicroseconds
            for (workflow, var line) in state.lines.sorted(by: { $0.key < $1.key }) where line.underWay == nil {
                // The clock was ahead, and has been set back. What was started then comes once more, and is known by its key.
                line.last = min(line.last, now)
                if let tick = line.schedule.dueTick(after: line.last, now: now) {
                    state.lastNumber += 1
                    state.open[state.lastNumber] = workflow
                    line.underWay = tick
                    due.append((state.lastNumber, line, tick))
                } else if let next = line.schedule.nextTick(after: now) {
                    pause = min(pause, next.microsecondsSinceEpoch - now.microsecondsSinceEpoch)
                }
                state.lines[workflow] = line
            }
            return pause
        }
        for (number, line, tick) in due { start(tick, of: line, number: number) }
        return pause
    }

    private func start(_ tick: Timestamp, of line: Line, number: UInt64) {
        let workflow = line.definition.reference.id
        if let first = line.schedule.nextTick(after: line.last), first < tick {
            logger.warning(
                "ticks of a schedule were missed and are passed over; the next to start is that of \(WorkflowSchedule.text(of: tick))",
                metadata: [LogKey.workflow: "\(workflow)"])
        }
        let receipt = DeliveryReceipt(tick: number)
        do throws(RequestRejection) {
            let request = try line.schedule.request(for: workflow, tick: tick)
            // Others start the same tick, so the tables are asked first.
            var envelope = ExecutionRequest.Envelope(
                messageID: request.idempotencyKey, replyTo: nil, correlationID: nil, traceparent: nil,
                isRedelivered: true)
            envelope.isOfRuntime = true
            continuation.yield([
                IncomingRequest(body: request.body.jsonBytes, envelope: envelope, receipt: receipt)
            ])
        } catch {
            passOver(receipt, error)
        }
    }

    // MARK: - What becomes of it

    func isOpen(_ receipt: DeliveryReceipt) -> Bool { state.withLock { $0.open[receipt.tag] != nil } }

    func acknowledge(_ receipts: [DeliveryReceipt]) {
        for receipt in receipts { settle(receipt) }
    }

    /// Nobody sent it, so nothing is parked: the log says why the tick is passed over.
    func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async {
        passOver(receipt, rejection)
    }

    private func passOver(_ receipt: DeliveryReceipt, _ reason: RequestRejection) {
        guard let (workflow, tick) = settle(receipt) else { return }
        logger.error(
            "the tick of \(WorkflowSchedule.text(of: tick)) could not be started and is passed over",
            metadata: [
                LogKey.workflow: "\(workflow)", LogKey.errorType: "\(reason.code.rawValue)",
                LogKey.error: "\(reason.message)",
            ])
    }

    @discardableResult
    private func settle(_ receipt: DeliveryReceipt) -> (workflow: String, tick: Timestamp)? {
        let settled = state.withLock { state -> (workflow: String, tick: Timestamp)? in
            guard let workflow = state.open.removeValue(forKey: receipt.tag),
                let tick = state.lines[workflow]?.underWay
            else { return nil }
            state.settled.append((workflow, tick))
            return (workflow, tick)
        }
        if settled != nil { wake.yield() }
        return settled
    }
}
