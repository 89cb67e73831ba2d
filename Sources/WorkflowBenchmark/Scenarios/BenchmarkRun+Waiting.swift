import PostgresClient

/// Runs in which what matters is what a coordinator costs while little happens.
extension BenchmarkRun {
    /// How long a coordinator gets to calm down after its start.
    private static let settleTime = Duration.seconds(6)
    /// How often it is asked how many executions are under way.
    private static let countInterval = Duration.milliseconds(250)

    /// Leaves the coordinators alone for a time and counts what they do.
    func measureIdle(_ duration: Duration) async throws -> RunFigures {
        var figures = RunFigures(name: plan.name)
        let database = try await stage.connect()
        try await Task.sleep(for: Self.settleTime)
        let before = try await transactions(database)
        let usage = UsageWatch(run: self)
        let start = MonotonicClock.now()
        try await Task.sleep(for: duration)
        usage.finish(&figures)
        figures.seconds = Double(MonotonicClock.now() - start) / 1e9
        let after = try await transactions(database)
        await database.close()
        try crew.checkAlive()
        // Each reading is a transaction too, and the first one falls into what is counted.
        let perSecond = Double(after - before - 1) / figures.seconds
        let processor = figures.processorSeconds[UsageSnapshot.Group.coordinator.rawValue] ?? 0
        let coordinators = Double(plan.workers.publishers)
        figures.more = [
            ("queries_per_second_of_each_coordinator", max(0, perSecond) / coordinators),
            ("cpu_percent_of_each_coordinator", processor / figures.seconds / coordinators * 100),
        ]
        return figures
    }

    private func transactions(_ database: PostgresConnection) async throws -> Int {
        let result = try await database.queryText(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
        return result.rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
    }

    /// Waits until every execution is under way, and says how much memory that takes.
    func watchInFlight() async throws -> [(name: String, value: Double)] {
        let database = try await stage.connect()
        let before = megabytes()
        var most = 0
        while true {
            let result = try await database.queryText("SELECT count(*) FROM execution_locks")
            let count = result.rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? 0
            most = max(most, count)
            // Once answers come, the number falls again, so it will not be reached any more.
            let answered = try generator.progress().answered
            if count >= plan.executions || answered > plan.warmUp { break }
            try await Task.sleep(for: Self.countInterval)
        }
        await database.close()
        return [
            ("executions_in_flight", Double(most)), ("memory_megabytes_before", before),
            ("memory_megabytes_in_flight", megabytes()),
        ]
    }

    private func megabytes() -> Double {
        Double(crew.workers.reduce(0) { $0 + $1.group.residentBytes() }) / 1_048_576
    }
}
