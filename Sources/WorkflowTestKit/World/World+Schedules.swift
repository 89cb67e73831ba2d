import PerdureJSON
import WorkflowCore

/// What must hold of the workflows that the clock starts. That no tick is started twice, the checks of keys say.
extension World {
    /// Clocks are off by this much at most.
    private static let largestClockError: Int64 = 10_000_000

    /// A commit accepts an execution: if it is a tick, it must be one that may be started now.
    func checkTick(_ change: ExecutionChange) {
        guard let acceptance = change.acceptance, acceptance.idempotencyKey.hasPrefix("perdure:schedule/") else {
            return
        }
        counts.ticks += 1
        let id = change.state.workflow.id
        guard let workflow = scheduled.first(where: { $0.id == id }),
            let time = change.state.input["tick"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            acceptance.idempotencyKey == WorkflowSchedule.key(of: id, tick: time), workflow.schedule.isTick(time)
        else { return fail("\(acceptance.idempotencyKey) is no tick") }
        if time > self.time.advanced(byMicroseconds: Self.largestClockError) {
            fail("the tick of \(time.rfc3339) of \(id) is started too early")
        }
        if let last = workflow.record?.lastTick, time <= last {
            fail(
                "the tick of \(time.rfc3339) of \(id) is started, and was started or passed over before the world began"
            )
        }
        // The last one before the world began, and all after it, may be started in any case.
        let begin = Timestamp(microsecondsSinceEpoch: Self.epoch)
        if workflow.schedule.missed != .all, let next = workflow.schedule.nextTick(after: time), next <= begin {
            fail("the tick of \(time.rfc3339) of \(id) is started, and another one was missed after it")
        }
    }

    /// The seconds of a minute in which no clock shows a full minute, however far it is off, and none will before coordinators
    /// that are asked to stop have stopped.
    private static let quietSeconds: ClosedRange<Int64> = 11...40

    /// The first tick that should have been started and was not; also one that may come any moment, since the world must not end
    /// in the middle of it.
    var missingTick: String? {
        for workflow in scheduled {
            guard let first = tables.scheduleBegins[workflow.id] else {
                return "the schedule of \(workflow.id) is not kept"
            }
            var last: Timestamp?
            var tick = workflow.schedule.nextTick(after: first)
            while let due = tick, due <= time {
                if workflow.schedule.missed == .all, !isStarted(due, of: workflow) {
                    return "the tick of \(due.rfc3339) of \(workflow.id) was not started"
                }
                last = due
                tick = workflow.schedule.nextTick(after: due)
            }
            if workflow.schedule.missed == .latest, let last, !isStarted(last, of: workflow) {
                return "the last tick of \(workflow.id) was not started"
            }
        }
        if !scheduled.isEmpty, !Self.quietSeconds.contains(time.secondsSinceEpoch % 60) {
            return "a tick may come"
        }
        return nil
    }

    private func isStarted(_ tick: Timestamp, of workflow: ScheduledWorkflow) -> Bool {
        tables.idByKey[WorkflowSchedule.key(of: workflow.id, tick: tick)] != nil
    }
}
