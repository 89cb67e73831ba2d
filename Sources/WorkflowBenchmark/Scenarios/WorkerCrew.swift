import AMQPClient
import FoundationEssentials
import PostgresClient
import Synchronization
import WorkflowMessaging

/// The processes that do the work of one run.
final class WorkerCrew: Sendable {
    /// How long workers may take until they take requests: a debugging build on a busy machine needs seconds.
    private static let startLimit = Duration.seconds(120)

    private struct State {
        var workers: [WorkerProcess] = []
        var started = 0
        /// Processor seconds of those that were killed.
        var lostProcessorSeconds = 0.0
    }

    private let stage: BenchmarkStage
    private let command: WorkerCommand
    private let plan: RunPlan
    private let topology: Topology
    private let folder: String
    private let state = Mutex(State())

    init(stage: BenchmarkStage, command: WorkerCommand, plan: RunPlan, topology: Topology) throws {
        self.stage = stage
        self.command = command
        self.plan = plan
        self.topology = topology
        folder = "\(stage.folder)/\(topology.prefix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try plan.workflow.yaml.write(
            toFile: "\(folder)/\(plan.workflow.id).yaml", atomically: false, encoding: .utf8)
    }

    /// Those that are alive as far as we have not killed them.
    var workers: [WorkerProcess] { state.withLock { $0.workers } }

    /// What those who were killed have computed.
    var lostProcessorSeconds: Double { state.withLock { $0.lostProcessorSeconds } }

    /// Starts all and waits until they take requests.
    func start() async throws {
        switch plan.workers {
        case .floor(let streams): try add(command.floorArguments(streams))
        case .coordinators(let count): for _ in 0..<count { try add(command.coordinatorArguments) }
        }
        let database = try await stage.connect()
        let broker = try await AMQPConnection.open(stage.broker("setup"))
        let deadline = ContinuousClock.now + Self.startLimit
        while true {
            try checkAlive()
            let writers = try await database.queryText("SELECT count(DISTINCT publisher) FROM event_writers")
            let queue = try await broker.declareQueue(topology.requests, passive: true)
            if writers.rows.first?.first == "\(plan.workers.publishers)", queue.consumerCount >= plan.workers.publishers
            {
                break
            }
            guard ContinuousClock.now < deadline else {
                throw BenchmarkError(
                    .workerFailed,
                    "The workers take no requests: \(writers.rows.first?.first.flatMap { $0 } ?? "no") coordinators have a "
                        + "writer and \(queue.consumerCount) consume. Their log ends:\n\(logTail)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        await broker.close()
        await database.close()
    }

    /// Starts one more coordinator and does not wait for it.
    func addCoordinator() throws {
        try add(command.coordinatorArguments)
    }

    private func add(_ arguments: [String]) throws {
        let number = state.withLock { state in
            state.started += 1
            return state.started
        }
        let assignment = WorkerCommand.Assignment(
            databaseURL: stage.databaseURL, amqpURL: stage.amqpURL, prefix: topology.prefix, workflowsFolder: folder,
            variant: plan.variant)
        let worker = try WorkerProcess(
            arguments: arguments, environment: command.environment(assignment),
            logPath: "\(folder)/worker-\(number).log")
        stage.remember(worker: worker.pid)
        state.withLock { $0.workers.append(worker) }
    }

    /// Kills one as a crash would; it is no longer of the crew.
    ///
    /// - Returns: The process that was killed.
    func kill(_ index: Int) -> WorkerProcess? {
        let worker = state.withLock { state in
            state.workers.indices.contains(index) ? state.workers.remove(at: index) : nil
        }
        guard let worker else { return nil }
        let used = worker.group.processorSeconds()
        worker.kill()
        state.withLock { $0.lostProcessorSeconds += used }
        return worker
    }

    /// Ends with the log of a worker that has ended by itself.
    ///
    /// - Throws: `BenchmarkError`.
    func checkAlive() throws(BenchmarkError) {
        for worker in workers where worker.exitStatus != nil {
            throw BenchmarkError(
                .workerFailed, "A worker has ended by itself. Its log ends:\n\(worker.logTail)")
        }
    }

    /// Lets all end in order and waits for it.
    func stop() async {
        await withDiscardingTaskGroup { group in
            for worker in workers { group.addTask { await worker.stop() } }
        }
    }

    /// The last lines of each log.
    var logTail: String { workers.map(\.logTail).filter { !$0.isEmpty }.joined(separator: "\n") }
}
