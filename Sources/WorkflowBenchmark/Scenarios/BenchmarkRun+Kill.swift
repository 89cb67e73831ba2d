import FoundationEssentials
import PostgresClient

/// Kills coordinators during a run and finds out how long it took until others went on with what they had.
extension BenchmarkRun {
    /// A coordinator that was killed.
    private struct Victim: Sendable {
        /// When it was dead, by the database's clock.
        let diedAt: PostgresTimestamp
        /// The executions that it owned then.
        let executions: [UUID?]
    }

    /// How often the run's progress is looked at while a kill is due.
    private static let killPollInterval = Duration.milliseconds(5)

    private static let heldBy = PostgresStatement(
        name: "bench_held_by",
        sql: "SELECT execution_id, clock_timestamp() AS now FROM execution_locks WHERE owner LIKE $1")
    private static let now = PostgresStatement(name: "bench_now", sql: "SELECT clock_timestamp() AS now")
    /// When the last of these executions had its first event after a time.
    private static let movedAgain = PostgresStatement(
        name: "bench_moved_again",
        sql: """
            SELECT max(first) AS last, count(*) AS moved FROM (
                SELECT min(timestamp) AS first FROM execution_events
                WHERE execution_id = ANY($1) AND timestamp > $2 GROUP BY execution_id) AS x
            """)

    /// Kills `count` coordinators, one whenever an equal share of the executions is answered, and starts another in
    /// the place of each at once.
    ///
    /// - Returns: What the takeovers took; to be asked for when the run is over.
    func kill(_ count: Int) async throws -> [(name: String, value: Double)] {
        let database = try await stage.connect()
        var victims: [Victim] = []
        for number in 1...count {
            let due = plan.warmUp + plan.executions * number / (count + 1)
            while try generator.progress().answered < due { try await Task.sleep(for: Self.killPollInterval) }
            guard let worker = crew.kill(number % max(1, crew.workers.count)) else { break }
            try crew.addCoordinator()
            while worker.exitStatus == nil { try await Task.sleep(for: .milliseconds(1)) }
            let diedAt = try await database.query(Self.now).only().timestamp("now")
            var held: [UUID?] = []
            for row in try await database.query(Self.heldBy, [.text("%/\(worker.pid)/%")]) {
                held.append(try row.uuid("execution_id"))
            }
            victims.append(Victim(diedAt: diedAt, executions: held))
        }
        while try generator.progress().answered < plan.warmUp + plan.executions {
            try await Task.sleep(for: Self.killPollInterval)
        }
        let figures = try await takeoverFigures(of: victims, database)
        await database.close()
        return figures
    }

    private func takeoverFigures(
        of victims: [Victim], _ database: PostgresConnection
    ) async throws -> [(name: String, value: Double)] {
        var seconds: [Double] = []
        var takenOver = 0
        for victim in victims where !victim.executions.isEmpty {
            let row = try await database.query(
                Self.movedAgain, [.uuidArray(victim.executions), .timestamp(victim.diedAt)]
            ).only()
            takenOver += Int(try row.int64("moved"))
            guard let last = try row.optionalTimestamp("last") else { continue }
            seconds.append(
                Double(last.microsecondsSinceUnixEpoch - victim.diedAt.microsecondsSinceUnixEpoch) / 1e6)
        }
        seconds.sort()
        return [
            ("kills", Double(victims.count)), ("executions_taken_over", Double(takenOver)),
            ("takeover_seconds_median", seconds.isEmpty ? 0 : seconds[seconds.count / 2]),
            ("takeover_seconds_most", seconds.last ?? 0),
        ]
    }
}
