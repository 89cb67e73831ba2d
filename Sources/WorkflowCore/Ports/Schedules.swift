/// How far a schedule has come, as the journal keeps it.
public struct ScheduleRecord: Sendable, Equatable {
    /// The workflow.
    public let workflowID: String
    /// The cron expression.
    public let cron: String
    /// The time zone's name.
    public let timeZone: String
    /// Every tick up to here has been started or passed over.
    public var lastTick: Timestamp
    /// The first one after it; nil when there is none any more. For whoever reads the tables.
    public var nextTick: Timestamp?

    /// A record from its parts.
    public init(workflowID: String, cron: String, timeZone: String, lastTick: Timestamp, nextTick: Timestamp?) {
        self.workflowID = workflowID
        self.cron = cron
        self.timeZone = timeZone
        self.lastTick = lastTick
        self.nextTick = nextTick
    }

    /// The record of a workflow's schedule.
    public init(_ schedule: WorkflowSchedule, of workflowID: String, lastTick: Timestamp, now: Timestamp) {
        self.init(
            workflowID: workflowID, cron: schedule.cron, timeZone: schedule.timeZone, lastTick: lastTick,
            nextTick: schedule.nextTick(after: max(lastTick, now)))
    }
}
