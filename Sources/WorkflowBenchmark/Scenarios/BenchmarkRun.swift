import FoundationEssentials
import Glibc
import PostgresClient
import WorkflowMessaging

/// One run from empty tables to checked figures.
final class BenchmarkRun: Sendable {
    /// How long nothing may move before a run counts as stuck: well over a takeover.
    private static let stallLimit = Duration.seconds(60)
    /// How often the run looks whether it is over; the figures do not depend on it.
    private static let pollInterval = Duration.milliseconds(20)

    let stage: BenchmarkStage
    let plan: RunPlan
    let topology: Topology
    let crew: WorkerCrew
    let generator: LoadGenerator
    private let rowsBefore: Int
    private let deadlocksBefore: Int

    /// Empties the tables, declares a topology, starts the workers and connects the load.
    static func begin(_ plan: RunPlan, stage: BenchmarkStage, command: WorkerCommand) async throws -> BenchmarkRun {
        try await stage.reset()
        if case .finishedExecutions(let count) = plan.circumstance {
            try await FinishedExecutions.insert(count, stage)
        }
        let topology = try await stage.declareTopology()
        let before = try await Self.databaseCounters(stage)
        let run = try BenchmarkRun(plan, stage, command, topology, before)
        do {
            try await run.crew.start()
            try await run.generator.open()
            return run
        } catch {
            await run.end()
            throw error
        }
    }

    private init(
        _ plan: RunPlan, _ stage: BenchmarkStage, _ command: WorkerCommand, _ topology: Topology,
        _ before: (rows: Int, deadlocks: Int)
    ) throws {
        self.stage = stage
        self.plan = plan
        self.topology = topology
        rowsBefore = before.rows
        deadlocksBefore = before.deadlocks
        crew = try WorkerCrew(stage: stage, command: command, plan: plan, topology: topology)
        generator = LoadGenerator(
            configuration: try stage.broker("load"), topology: topology, workflow: plan.workflow,
            payloadBytes: plan.payloadBytes, keyPrefix: "\(topology.prefix)/",
            expectedExecutions: plan.warmUp + plan.executions)
    }

    /// Stops everything and deletes what the broker holds of the run, even when the task is cancelled.
    func end() async {
        await Task {
            await generator.close()
            await crew.stop()
            await stage.delete(topology)
        }.value
    }

    // MARK: - The measurement

    /// Warms up, measures, stops the workers and checks the tables.
    func measure() async throws -> RunFigures {
        if case .none(let duration) = plan.load { return try await measureIdle(duration) }
        let snapshot = plan.circumstance == .heldSnapshot ? try await holdSnapshot() : nil
        let figures = try await measureLoad()
        await snapshot?.close()
        return figures
    }

    private func measureLoad() async throws -> RunFigures {
        var figures = RunFigures(name: plan.name)
        if case .floor = plan.workers { figures.isFloor = true }
        if plan.warmUp > 0 {
            try generator.begin(count: plan.warmUp, outstanding: min(plan.warmUp, 500))
            try await waitUntilDone(plan.warmUp, &figures)
        }
        let measuredFrom = try await databaseTime()
        let usage = UsageWatch(run: self)
        let start = MonotonicClock.now()
        async let more = meanwhile()
        switch plan.load {
        case .none: break
        case .fullSpeed(let count, let outstanding): try generator.begin(count: count, outstanding: outstanding)
        case .openLoop(let schedule): try await generator.send(schedule)
        }
        try await waitUntilDone(plan.warmUp + plan.executions, &figures, usage)
        usage.finish(&figures)
        figures.more += try await more
        figures.executions = plan.executions
        figures.seconds = Double(generator.lastArrivalAt - start) / 1e9
        let book = generator.book
        figures.latency = RunFigures.Latency(book.samples(from: plan.warmUp))
        try await crew.stopAndSettle(stage)
        let counters = try await Self.databaseCounters(stage)
        let requested = plan.warmUp + plan.executions
        figures.rowsPerExecution = Double(counters.rows - rowsBefore) / Double(requested)
        let database = try await stage.connect()
        let found = try await CorrectnessCheck.read(
            database, workflowID: plan.workflow.id, measuredFrom: measuredFrom)
        await database.close()
        figures.commits = found.commits
        figures.events = found.events - plan.warmUp * plan.workflow.eventsPerExecution
        let events = generator.events
        figures.problems += CorrectnessCheck.problems(
            requested: requested, workflow: plan.workflow, found: found, book: generator.book, events: events,
            allowsDuplicates: plan.allowsDuplicates)
        if counters.deadlocks > deadlocksBefore {
            figures.problems.append("PostgreSQL found \(counters.deadlocks - deadlocksBefore) deadlocks.")
        }
        if case .openLoop = plan.load, let memory = figures.residentMegabytes[UsageSnapshot.Group.coordinator.rawValue]
        {
            let names = ["start", "most", "end"].map { "memory_megabytes_\($0)" }
            figures.more += zip(names, memory).map { (name: $0, value: $1) }
        }
        if plan.allowsDuplicates {
            figures.more += [
                ("duplicate_events", Double(events.duplicates)), ("duplicate_answers", Double(book.duplicates)),
                ("lost_executions", Double(max(0, requested - found.successes))),
                ("lost_events", Double(max(0, found.events - events.distinct))),
                ("gaps", Double(found.gaps)),
            ]
        }
        return figures
    }

    /// What happens beside the load, from its start.
    private func meanwhile() async throws -> [(name: String, value: Double)] {
        switch plan.circumstance {
        case .kills(let count): try await kill(count)
        case .allInFlight: try await watchInFlight()
        case .heldSnapshot, .finishedExecutions, nil: []
        }
    }

    /// Opens a transaction that goes on seeing the tables as they are now, and so keeps every row version that is
    /// replaced during the run from being cleared away.
    private func holdSnapshot() async throws -> PostgresConnection {
        let connection = try await stage.connect()
        try await connection.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM executions")
        return connection
    }

    /// Waits until so many requests are answered and their events have come.
    private func waitUntilDone(
        _ count: Int, _ figures: inout RunFigures, _ usage: UsageWatch? = nil
    ) async throws {
        let events = count * plan.workflow.eventsPerExecution
        var last = LoadGenerator.Progress()
        var moved = ContinuousClock.now
        while true {
            let progress = try generator.progress()
            if progress.answered >= count, generator.events.distinct >= events { return }
            try crew.checkAlive()
            usage?.look()
            if progress != last {
                last = progress
                moved = .now
            } else if ContinuousClock.now - moved > Self.stallLimit {
                // What is missing is told by the check that follows.
                figures.problems.append("Nothing moved for \(Self.stallLimit.components.seconds) s.")
                return
            }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    // MARK: - What the database counts

    /// The time by the database's clock, as it writes it.
    private func databaseTime() async throws -> String {
        let database = try await stage.connect()
        let result = try await database.queryText("SELECT clock_timestamp()")
        await database.close()
        return result.rows.first?.first.flatMap { $0 } ?? "-infinity"
    }

    private static func databaseCounters(_ stage: BenchmarkStage) async throws -> (rows: Int, deadlocks: Int) {
        let database = try await stage.connect()
        let result = try await database.queryText(
            """
            SELECT tup_inserted + tup_updated + tup_deleted, deadlocks FROM pg_stat_database
            WHERE datname = current_database()
            """)
        await database.close()
        let row = (result.rows.first ?? []).map { $0.flatMap { Int($0) } ?? 0 }
        return row.count == 2 ? (row[0], row[1]) : (0, 0)
    }
}

extension WorkerCrew {
    /// Stops the workers and waits until their sessions in the database are over: only then are they all counted.
    func stopAndSettle(_ stage: BenchmarkStage) async throws {
        await stop()
        let database = try await stage.connect()
        for _ in 0..<500 {
            let open = try await database.queryText(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'perdure%' AND pid <> pg_backend_pid()
                """)
            if open.rows.first?.first == "0" { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        await database.close()
    }
}
