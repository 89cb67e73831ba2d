import WorkflowCore

extension JournalTables {
    /// Takes note of the schedules there are, and says how far each has come.
    mutating func openSchedules(_ records: [ScheduleRecord], closing others: [String]) -> [String: Timestamp] {
        for workflow in others { schedules[workflow] = nil }
        for record in records {
            if let known = schedules[record.workflowID], known.cron == record.cron,
                known.timeZone == record.timeZone, !sabotage.contains(.forgetsTicks)
            {
                schedules[record.workflowID]?.nextTick = record.nextTick
            } else {
                begin(record)
            }
        }
        return Dictionary(
            records.compactMap { record in schedules[record.workflowID].map { (record.workflowID, $0.lastTick) } }
        ) { first, _ in first }
    }

    /// Puts a schedule in that is new.
    mutating func begin(_ record: ScheduleRecord) {
        schedules[record.workflowID] = record
        scheduleBegins[record.workflowID] = min(scheduleBegins[record.workflowID] ?? record.lastTick, record.lastTick)
    }

    /// Moves a schedule on; backward it never moves.
    mutating func recordTick(_ record: ScheduleRecord) -> Bool {
        guard let known = schedules[record.workflowID], known.cron == record.cron, known.timeZone == record.timeZone
        else { return false }
        schedules[record.workflowID] = record
        schedules[record.workflowID]?.lastTick = max(known.lastTick, record.lastTick)
        return true
    }
}
