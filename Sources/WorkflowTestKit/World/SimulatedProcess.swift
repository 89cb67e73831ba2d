import Logging
import PerdureJSON
import ServiceLifecycleTestKit
import TestSupport
import WorkflowCore
import WorkflowRuntime

/// One run of a coordinator: the real one, over ports that go through the world.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedProcess: @unchecked Sendable {
    let name: String
    let node: Node
    let world: World
    let executor: ProcessExecutor
    private lazy var requests = SimulatedIntake(self, .requests)
    private lazy var control = SimulatedIntake(self, .control)
    private(set) lazy var hints = SimulatedHints()
    private(set) lazy var publisher = SimulatedPublisher(self)
    /// How far its clock is off.
    var clockOffset: Int64 = 0
    /// Whether it takes requests.
    var isReady = false
    private(set) var isDead = false
    private(set) var hasEnded = false
    private var root: Task<Void, Never>?
    private var trigger: GracefulShutdownTestTrigger?
    private var wantsStop = false
    private var lastWait: UInt64 = 0
    private var waits: [UInt64: () -> Void] = [:]
    private var lastTransaction: UInt64 = 0
    private var transactions: [UInt64: TransactionInFlight] = [:]

    init(name: String, node: Node, world: World) {
        self.name = name
        self.node = node
        self.world = world
        executor = ProcessExecutor(world.scheduler)
    }

    func intake(_ kind: SimulatedQueue.Kind) -> SimulatedIntake {
        switch kind {
        case .requests: requests
        case .control: control
        }
    }

    // MARK: - Its life

    func start() {
        let lease = Duration.microseconds(world.weather.leaseMicroseconds)
        let coordinator = Coordinator(
            configuration: CoordinatorConfiguration(
                owner: name, lease: lease, maxInFlight: world.weather.maxInFlight, lanes: world.weather.lanes,
                maxBatch: world.weather.maxBatch,
                drainDeadline: .seconds(5)),
            catalog: DefinitionCatalog(world.library),
            agents: AgentRegistry([SimulatedAgent(process: self)]),
            journal: MemoryJournal(SimulatedTransport(process: self), lease: lease), intake: requests,
            control: control, publisher: publisher, environment: environment,
            logger: Logger(label: name) { _ in TraceLogHandler(process: self) })
        root = Task(executorPreference: executor) { [self] in
            await testGracefulShutdown { trigger in
                self.trigger = trigger
                if wantsStop { trigger.triggerGracefulShutdown() }
                do {
                    try await coordinator.run()
                    end(nil)
                } catch {
                    end(error)
                }
            }
        }
    }

    private func end(_ error: (any Error)?) {
        hasEnded = true
        guard !isDead else { return }
        world.log("\(name) ended")
        world.processEnded(self, error)
        vanish()
    }

    /// Nothing of it reaches the world any more; what still waits goes on to its own end.
    private func vanish() {
        isDead = true
        executor.isPaused = false
        for number in waits.keys.sorted() { waits[number]?() }
        world.bury(self)
    }

    /// Ends it as kill -9 does: nothing that it still tries reaches the world.
    func kill(_ how: String) {
        guard !isDead, !hasEnded else { return }
        world.log("\(name) is killed \(how)")
        world.counts.kills += 1
        isDead = true
        root?.cancel()
        world.processEnded(self, nil)
        vanish()
    }

    /// Asks it to stop in order.
    func stop() {
        guard !wantsStop else { return }
        world.log("\(name) is asked to stop")
        wantsStop = true
        trigger?.triggerGracefulShutdown()
    }

    /// Lets it stand still while the world goes on.
    func pause(for microseconds: Int64) {
        guard !executor.isPaused else { return }
        world.log("\(name) stands still for \(microseconds)")
        executor.isPaused = true
        world.scheduler.after(microseconds) { [weak self] in self?.resume() }
    }

    /// Lets it go on.
    func resume() {
        guard executor.isPaused else { return }
        world.log("\(name) goes on")
        executor.isPaused = false
    }

    // MARK: - What it sees of the world

    private var environment: RuntimeEnvironment {
        RuntimeEnvironment(
            now: { [unowned self] in world.time.advanced(byMicroseconds: clockOffset) },
            uptime: { [unowned self] in .microseconds(world.scheduler.now) },
            sleep: { [weak self] in
                guard let self else { throw CancellationError() }
                try await sleep(microseconds: $0.microseconds)
            },
            randomBits: { [unowned self] in world.newID() }, executor: executor)
    }

    func sleep(microseconds: Int64) async throws {
        let isOver: Bool? = await wait { [self] waiter in
            world.scheduler.after(microseconds) { waiter.resume(true) }
        }
        if isOver == nil { throw CancellationError() }
    }

    /// Suspends the task until the world resumes it.
    ///
    /// - Returns: nil when the task is cancelled or the process is gone.
    func wait<Value: Sendable>(_ begin: (Waiter<Value>) -> Void) async -> Value? {
        guard !isDead else { return nil }
        let waiter = Waiter<Value>()
        lastWait += 1
        let number = lastWait
        waits[number] = { waiter.resume(nil) }
        defer { waits[number] = nil }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.begin(continuation)
                if isDead || Task.isCancelled { waiter.resume(nil) } else { begin(waiter) }
            }
        } onCancel: {
            waiter.resume(nil)
        }
    }

    // MARK: - Its connection to the database

    /// Puts a transaction on its way.
    func begin(_ transaction: TransactionInFlight) -> UInt64 {
        lastTransaction += 1
        transactions[lastTransaction] = transaction
        return lastTransaction
    }

    /// A transaction was answered.
    func finish(_ number: UInt64) {
        transactions[number] = nil
    }

    /// Breaks the connection: of what is on its way to the server, some arrives all the same.
    ///
    /// - Parameters:
    ///   - resumesWith: Whether its tasks hear of it; false when there is nobody to hear.
    ///   - dropsAll: Whether nothing arrives, because the server is gone too.
    func breakDatabase(resumesWith: Bool, dropsAll: Bool = false) {
        for (_, transaction) in transactions.sorted(by: { $0.key < $1.key }) {
            if !transaction.isDone && (dropsAll || world.chance.isTrue(percent: 50)) { transaction.isDropped = true }
            if resumesWith { transaction.breakOff() }
        }
        transactions = [:]
    }
}
