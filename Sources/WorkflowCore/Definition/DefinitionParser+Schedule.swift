import CEL
import Cron
import JSONSchema
import PerdureJSON

extension DefinitionParser {
    private static let scheduleKeys = ["cron", "time_zone", "missed", "input"]

    /// The first tick after this, 2026-01-01T00:00:00Z, is what the input of a schedule is checked with. A fixed time, so that a
    /// definition that loads today loads tomorrow.
    private static let sampleTime = Timestamp(microsecondsSinceEpoch: 1_767_225_600_000_000)

    /// The key `schedule`.
    ///
    /// - Parameter inputSchema: What the workflow takes; nil when it does not say, or has errors there.
    mutating func schedule(_ node: DefinitionNode, inputSchema: JSONSchema?) -> WorkflowSchedule? {
        guard let members = node.members else {
            report(
                node.place, key: "schedule",
                "'schedule' is a mapping, e.g. { cron: \"30 2 * * mon-fri\", time_zone: Europe/Berlin }; found \(node.kindName)."
            )
            return nil
        }
        checkKeys(members, at: "schedule", known: Self.scheduleKeys)
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        var expression: CronExpression?
        if let node = member("cron") {
            expression = cron(node)
        } else {
            report(
                node.place, key: "schedule",
                "The key 'cron' is missing; give minute, hour, day of the month, month and day of the week, e.g. cron: \"30 2 * * *\"."
            )
        }
        let name = member("time_zone").map { $0.text ?? "" } ?? "UTC"
        let zone = zone(name, at: member("time_zone"))
        let missed = member("missed").map { self.missed($0) } ?? .latest
        let scope = CELEnvironment(variables: ["tick": WorkflowSchedule.tickType])
        let input = member("input").map { template($0, key: "schedule.input", environment: scope) } ?? .literal([:])
        guard let expression, let zone, let missed, let input else { return nil }
        let schedule = WorkflowSchedule(
            timeZone: name, missed: missed, timetable: CronTimetable(expression, in: zone), input: input)
        check(schedule, at: member("input") ?? node, against: inputSchema)
        return schedule
    }

    private mutating func cron(_ node: DefinitionNode) -> CronExpression? {
        guard let text = node.text else {
            report(
                node.place, key: "schedule.cron",
                "A cron expression is a text, e.g. \"30 2 * * mon-fri\"; found \(node.kindName).")
            return nil
        }
        do {
            return try CronExpression(text)
        } catch {
            report(place(ofCharacter: error.offset, in: node), key: "schedule.cron", error.message)
            return nil
        }
    }

    private mutating func zone(_ name: String, at node: DefinitionNode?) -> TimeZoneRules? {
        do {
            return try zones.rules(of: name)
        } catch {
            report(node?.place ?? DefinitionPlace(line: 1, column: 1), key: "schedule.time_zone", error.message)
            return nil
        }
    }

    private mutating func missed(_ node: DefinitionNode) -> WorkflowSchedule.Missed? {
        if let missed = node.text.flatMap({ WorkflowSchedule.Missed(rawValue: $0) }) { return missed }
        let words = WorkflowSchedule.Missed.allCases.map(\.rawValue)
        let hint = Suggestion.text(for: node.text ?? "", among: words)
        report(
            node.place, key: "schedule.missed",
            "This is \(words.joined(separator: ", ")); found \(node.json.jsonText.storable(maximum: 64)).\(hint)")
        return nil
    }

    /// Computes the input of one tick, and holds it to what the workflow takes.
    private mutating func check(_ schedule: WorkflowSchedule, at node: DefinitionNode, against schema: JSONSchema?) {
        guard let tick = schedule.nextTick(after: Self.sampleTime) else { return }
        let time = WorkflowSchedule.text(of: tick)
        let input: JSONValue
        do {
            input = try schedule.input(at: tick)
        } catch {
            report(
                node.place, key: "schedule.input",
                "For the tick of \(time), the input cannot be computed: \(error.message).")
            return
        }
        guard let violation = schema?.validate(input).first else { return }
        let tokens = violation.instancePointer.tokens
        report(
            node.descendant(at: tokens).place, key: (["schedule", "input"] + tokens).joined(separator: "."),
            "What the tick of \(time) is given does not match the workflow's 'input': \(violation.message)")
    }
}
