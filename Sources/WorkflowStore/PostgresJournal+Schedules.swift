import PostgresClient
import WorkflowCore

/// On the connection for takeovers: rows of schedules are locked by one coordinator after the other, and neither a heartbeat nor
/// a commit may wait for that.
extension PostgresJournal {
    /// Says which schedules there are, and how far each has come.
    public func openSchedules(
        _ schedules: [ScheduleRecord], closing others: [String]
    ) async throws(JournalError) -> [String: Timestamp] {
        let results = try await run(
            [
                PostgresCall(ScheduleStatement.close, [.textArray(others.sorted())]),
                PostgresCall(
                    ScheduleStatement.open,
                    [
                        .textArray(schedules.map(\.workflowID)), .textArray(schedules.map(\.cron)),
                        .textArray(schedules.map(\.timeZone)),
                        .timestampArray(schedules.map { PostgresTimestamp($0.lastTick) }),
                        .timestampArray(schedules.map { $0.nextTick.map(PostgresTimestamp.init) }),
                    ]),
            ], on: takeover)
        return try Self.decode { () throws(PostgresError) in
            var found: [String: Timestamp] = [:]
            for row in results[1] {
                found[try row.text("workflow_id")] = Timestamp(try row.timestamp("last_tick_at"))
            }
            return found
        }
    }

    /// Moves a schedule on.
    public func recordTick(_ schedule: ScheduleRecord) async throws(JournalError) -> Bool {
        let results = try await run(
            [
                PostgresCall(
                    ScheduleStatement.record,
                    [
                        .text(schedule.workflowID), .text(schedule.cron), .text(schedule.timeZone),
                        .timestamp(PostgresTimestamp(schedule.lastTick)),
                        schedule.nextTick.map { .timestamp(PostgresTimestamp($0)) } ?? .null,
                    ])
            ], on: takeover)
        return results[0].affectedRows == 1
    }
}
