import TestSupport
import WorkflowCore

/// A workflow of a simulation that the clock starts each minute, and how far its schedule had come before the world began.
struct ScheduledWorkflow {
    let definition: WorkflowDefinition
    let schedule: WorkflowSchedule
    /// What the tables have of it at the beginning, from a time when no coordinator ran for some minutes; nil when it is new.
    let record: ScheduleRecord?

    var id: String { definition.reference.id }

    static func random(weather: Weather, seed: UInt64) -> [ScheduledWorkflow] {
        var random = SplitMix(seed: seed)
        return (0..<weather.scheduledCount).map { number in
            let missed = random.choice(WorkflowSchedule.Missed.allCases)
            let step = random.choice(["set: { at: \"${ input.tick }\" }", "agent: work", "wait: 2s"])
            let minutes = Int64(random.number(in: 0...4))
            return ScheduledWorkflow(number, missed: missed, step: step, minutesAway: minutes)
        }
    }

    private init(_ number: Int, missed: WorkflowSchedule.Missed, step: String, minutesAway: Int64) {
        let text = """
            workflow: clock\(number)
            schedule: { cron: "* * * * *", missed: \(missed.rawValue), input: { tick: "${ string(tick.time) }" } }
            steps: { s: { \(step) } }
            """
        do {
            definition = try WorkflowDefinition(yaml: text, file: "clock\(number)", agents: ["work"])
        } catch {
            preconditionFailure("The simulator wrote a definition that does not load: \(error)\n\(text)")
        }
        guard let schedule = definition.schedule else { preconditionFailure("It has a schedule:\n\(text)") }
        self.schedule = schedule
        let begin = Timestamp(microsecondsSinceEpoch: World.epoch)
        record =
            minutesAway == 0
            ? nil
            : ScheduleRecord(
                schedule, of: definition.reference.id,
                lastTick: begin.advanced(byMicroseconds: -minutesAway * 60_000_000), now: begin)
    }
}
