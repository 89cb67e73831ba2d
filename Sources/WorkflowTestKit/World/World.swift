import PerdureJSON
import TestSupport
import WorkflowCore

/// Everything that one simulation consists of: time, the database, the broker, the coordinators, and the books that check
/// them.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class World: @unchecked Sendable {
    /// What the clock on the wall says when a simulation starts.
    ///
    /// Some seconds before a minute is full, so that schedules have a tick while there is trouble.
    static let epoch: Int64 = 1_799_999_993_000_000
    /// How long the world may take to come to rest once nothing is done to it any more. Retries wait up to seconds, agents
    /// take seconds, and a takeover takes a few leases.
    private static let restLimit: Int64 = 600_000_000
    /// How long an orderly stop may take: the drain deadline, handing over, and what is slow.
    private static let stopLimit: Int64 = 120_000_000
    /// Between two looks at whether the world has come to rest.
    private static let restPause: Int64 = 500_000

    let weather: Weather
    let scheduler: Scheduler
    /// The workflows that requests ask for.
    let definitions: [WorkflowDefinition]
    /// All workflows, with those that steps run.
    let library: [WorkflowDefinition]
    /// The workflows that the clock starts.
    let scheduled: [ScheduledWorkflow]
    var tables: JournalTables
    var database = DatabaseState()
    let broker = SimulatedBroker()
    var ledger = Ledger()
    var orders: [Order] = []
    /// The control messages that were sent.
    var controls: [ControlOrder] = []
    var controlsLeft = 0
    var trace: Trace
    /// What the faults and the delays are taken from.
    var chance: SplitMix
    /// What ids are taken from.
    private var ids: SplitMix
    private(set) var nodes: [Node] = []
    private(set) var isCalm = false
    private(set) var isOver = false
    private(set) var failure: String?
    private var ordersLeft = 0
    private var burials: [SimulatedProcess] = []
    var counts = SimulationCounts()

    init(seed: UInt64, sabotage: Set<Sabotage>, isVerbose: Bool) {
        var seeds = SplitMix(seed: seed)
        weather = Weather(seed: seeds.next())
        scheduler = Scheduler(seed: seeds.next())
        chance = SplitMix(seed: seeds.next())
        ids = SplitMix(seed: seeds.next())
        var workload = SplitMix(seed: seeds.next())
        trace = Trace(isVerbose: isVerbose)
        let asked = (0..<weather.workflowCount).map { _ in RandomWorkflow.any(&workload) }
        scheduled = ScheduledWorkflow.random(weather: weather, seed: seeds.next())
        definitions = asked + scheduled.map(\.definition)
        library = definitions + RandomWorkflow.children
        tables = JournalTables(startedAt: Timestamp(microsecondsSinceEpoch: Self.epoch))
        tables.sabotage = sabotage
        for record in scheduled.compactMap(\.record) { tables.begin(record) }
        orders = Order.random(weather: weather, definitions: asked, &workload)
        nodes = (1...weather.nodeCount).map { Node(name: "node-\($0)") }
    }

    // MARK: - Time and chance

    /// The true time; the database's clock.
    var time: Timestamp { Timestamp(microsecondsSinceEpoch: Self.epoch + scheduler.now) }

    func newID() -> UInt64 { ids.next() }

    /// How long a message takes; now and then far longer.
    func latency() -> Int64 {
        let usual = 20 + chance.number(below: weather.longestLatency)
        return chance.isTrue(percent: 2) && !isCalm ? usual * 30 : usual
    }

    // MARK: - The record

    func log(_ line: @autoclosure () -> String) {
        guard failure == nil else { return }
        let (seconds, rest) = scheduler.now.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        trace.add("\(seconds).\(String(repeating: "0", count: 6 - digits.count))\(digits) \(line())")
    }

    /// Ends the simulation: something is not as it must be.
    func fail(_ message: String) {
        if failure != nil { return }
        log("FAILED \(message)")
        failure = message
    }

    // MARK: - The course of things

    /// Runs everything to its end.
    func run() {
        tables.isLockedElsewhere = { [unowned self] in !isCalm && chance.isTrue(percent: weather.percentLocked) }
        for node in nodes { start(node) }
        ordersLeft = orders.count
        for order in orders {
            scheduler.after(chance.number(below: weather.length)) { [unowned self] in
                ordersLeft -= 1
                broker.requests.append(.order(order), in: self)
            }
        }
        controlsLeft = weather.controlCount
        scheduleControls()
        scheduleFault()
        scheduler.after(weather.length) { [unowned self] in calmDown() }
        while failure == nil && !isOver {
            if !scheduler.step() { fail("nothing can happen any more, and it is not over") }
            while let process = burials.popLast() { finishBurial(of: process) }
        }
        clearAway()
    }

    /// Ends what still runs and lets go of everything, so that the next simulation has the memory.
    private func clearAway() {
        isStopping = true
        for node in nodes { node.process?.kill("because it is over") }
        while let process = burials.popLast() { scheduler.drain(process.executor) }
        scheduler.clear()
    }

    /// Starts a coordinator on a node.
    func start(_ node: Node) {
        guard !isOver else { return }
        node.incarnation += 1
        let process = SimulatedProcess(name: "\(node.name).\(node.incarnation)", node: node, world: self)
        node.process = process
        log("\(process.name) starts")
        process.start()
    }

    /// Takes note of a process that is to be gone after the job that runs now.
    func bury(_ process: SimulatedProcess) {
        burials.append(process)
    }

    private func finishBurial(of process: SimulatedProcess) {
        scheduler.drain(process.executor)
        if !process.hasEnded { fail("\(process.name) was cancelled and did not end") }
    }

    /// A process is gone, whichever way: its node gets another one after a while.
    func processEnded(_ process: SimulatedProcess, _ error: (any Error)?) {
        if let error, !process.isDead { fail("\(process.name) ended by itself: \(error)") }
        if process.node.process === process { process.node.process = nil }
        for queue in broker.queues { queue.disconnect(process, in: self) }
        process.breakDatabase(resumesWith: false)
        guard !isStopping else { return }
        scheduler.after(isCalm ? 100_000 : 100_000 + chance.number(below: 8_000_000)) { [unowned self] in
            if process.node.process == nil && !isStopping { start(process.node) }
        }
    }

    // MARK: - The end

    private(set) var isStopping = false

    private func calmDown() {
        isCalm = true
        log("calm")
        for node in nodes { node.process?.resume() }
        broker.blockedUntil = scheduler.now
        let limit = scheduler.now + Self.restLimit
        awaitRest(until: limit)
    }

    private func awaitRest(until limit: Int64) {
        scheduler.after(Self.restPause) { [unowned self] in
            if let unrest {
                if scheduler.now > limit { return fail("the world does not come to rest: \(unrest)") }
                return awaitRest(until: limit)
            }
            log("at rest")
            isStopping = true
            for node in nodes { node.process?.stop() }
            awaitStop(until: scheduler.now + Self.stopLimit)
        }
    }

    private func awaitStop(until limit: Int64) {
        scheduler.after(Self.restPause) { [unowned self] in
            if let left = nodes.first(where: { $0.process != nil }) {
                if scheduler.now > limit { return fail("\(left.name) does not stop") }
                return awaitStop(until: limit)
            }
            checkTheEnd()
            isOver = true
        }
    }

    /// What is still to be done, or nil when all is.
    private var unrest: String? {
        if let node = nodes.first(where: { $0.process?.isReady != true }) { return "\(node.name) does not work" }
        if ordersLeft > 0 { return "\(ordersLeft) orders are not published" }
        for queue in broker.queues {
            if !queue.messages.isEmpty { return "\(queue.messages.count) \(queue.kind) wait in the queue" }
            if let consumer = queue.consumers.first(where: { !$0.unacknowledged.isEmpty }) {
                return
                    "\(consumer.process.name) has \(consumer.unacknowledged.count) \(queue.kind) and acknowledges none"
            }
        }
        if let problem = openControlProblem { return problem }
        if let problem = missingTick { return problem }
        for (id, row) in tables.executions.sorted(by: { $0.key.description < $1.key.description }) {
            if !row.state.status.isTerminal { return "execution \(id) has not ended" }
            if broker.firstCopies[id, default: 0] != row.state.sequence {
                return "\(broker.firstCopies[id, default: 0]) of \(row.state.sequence) events of \(id) are published"
            }
        }
        if let problem = unanswered { return problem }
        for (id, writer) in tables.writers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard writer.phase == .live, nodes.contains(where: { $0.process?.name == writer.publisher }) else {
                return "writer \(id.rawValue) of \(writer.publisher) is left"
            }
            let last = tables.streams[id]?.last?.position ?? 0
            if writer.publishedPosition != last {
                return "the cursor of writer \(id.rawValue) is at \(writer.publishedPosition) of \(last)"
            }
        }
        return nil
    }
}
