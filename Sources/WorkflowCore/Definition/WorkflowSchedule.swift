import CEL
import Cron
import PerdureJSON

/// When a workflow is started by the clock, and with what.
public struct WorkflowSchedule: Sendable {
    /// What becomes of ticks that came while nothing could start them.
    public enum Missed: String, Sendable, CaseIterable {
        /// They are passed over.
        case skip
        /// The last of them is started, for all.
        case latest
        /// Each is started, up to `Limits.missedTicks` of them.
        case all
    }

    /// The name of the time zone.
    public let timeZone: String
    /// What becomes of missed ticks.
    public let missed: Missed
    let timetable: CronTimetable
    let input: Template

    /// A tick that nobody has looked at for so long is missed, in microseconds. Long enough for a restart, and as long as the
    /// shortest time between two ticks.
    static let punctualityMicroseconds: Int64 = 60_000_000

    /// The cron expression, as it was written.
    public var cron: String { timetable.expression.text }

    /// The first tick after a time; nil when there is none any more.
    public func nextTick(after time: Timestamp) -> Timestamp? {
        timetable.next(after: time.secondsSinceEpoch).map { Timestamp(microsecondsSinceEpoch: $0 * 1_000_000) }
    }

    /// Whether a time is one of the ticks.
    public func isTick(_ time: Timestamp) -> Bool {
        nextTick(after: time.advanced(byMicroseconds: -1)) == time
    }

    /// The tick that is to be started now, if there is one.
    ///
    /// - Parameter last: Every tick up to here has been started or passed over.
    public func dueTick(after last: Timestamp, now: Timestamp) -> Timestamp? {
        switch missed {
        case .all: ticks(after: last, through: now, atMost: Limits.missedTicks).first
        case .latest: ticks(after: last, through: now, atMost: 1).first
        case .skip:
            ticks(after: last, through: now, atMost: 1).first {
                now.microsecondsSinceEpoch - $0.microsecondsSinceEpoch <= Self.punctualityMicroseconds
            }
        }
    }

    /// The last ticks of a time, in order.
    private func ticks(after last: Timestamp, through now: Timestamp, atMost limit: Int) -> [Timestamp] {
        // Looked for from the end, in spans that double: the time may be long, and most of its ticks not wanted.
        var length: Int64 = 120_000_000
        while last < now {
            let from = max(last, now.advanced(byMicroseconds: -length))
            var found: [Timestamp] = []
            var time = from
            while let next = nextTick(after: time), next <= now {
                found.append(next)
                time = next
            }
            if found.count >= limit || from == last { return found.suffix(limit) }
            length *= 2
        }
        return []
    }

    // MARK: - What a tick asks for

    /// The variable of the expressions of `input`.
    static let tickType = CELType.object(
        CELObjectType(
            name: "tick", fields: ["time": .timestamp, "local": .string, "date": .string, "yesterday": .string],
            isOpen: false))

    /// What the execution of a tick is given.
    ///
    /// - Throws: `CELError` when an expression cannot be evaluated.
    public func input(at tick: Timestamp) throws(CELError) -> JSONValue {
        let seconds = tick.secondsSinceEpoch
        let offset = timetable.zone.offset(at: seconds)
        let local = Timestamp(microsecondsSinceEpoch: (seconds + offset) * 1_000_000).rfc3339.prefix(19)
        let dayBefore = Timestamp(microsecondsSinceEpoch: (seconds + offset - 86_400) * 1_000_000).rfc3339.prefix(10)
        let fields: [(String, CELValue)] = [
            ("time", CELTimestamp(seconds: seconds).map { .timestamp($0) } ?? .null),
            ("local", .string(local + Self.offsetText(offset))),
            ("date", .string(String(local.prefix(10)))),
            ("yesterday", .string(String(dayBefore))),
        ]
        return try input.evaluate(CELDictionaryActivation(["tick": .map(CELMap(fields: fields))]))
    }

    /// `+01:00`; zones have whole minutes since long ago.
    private static func offsetText(_ seconds: Int64) -> String {
        let minutes = seconds.magnitude / 60
        func twoDigits(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(seconds < 0 ? "-" : "+")\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }

    /// The request that starts a tick.
    ///
    /// Its key and the id of its execution follow from the workflow and the time, so that it is one execution however many
    /// coordinators ask for it.
    /// - Throws: `RequestRejection` when its input cannot be computed.
    public func request(for workflowID: String, tick: Timestamp) throws(RequestRejection) -> ExecutionRequest {
        let key = Self.key(of: workflowID, tick: tick)
        let input: JSONValue
        do {
            input = try self.input(at: tick)
        } catch {
            throw RequestRejection(.invalidInput, "The input of the schedule cannot be computed: \(error.message).")
        }
        return ExecutionRequest(
            workflowID: workflowID, input: input, executionID: ExecutionID(named: key), metadata: metadata(at: tick),
            idempotencyKey: key)
    }

    /// What the metadata of an execution say of its tick.
    public func metadata(at tick: Timestamp) -> JSONValue {
        [
            "schedule": [
                "cron": .string(cron), "time_zone": .string(timeZone), "tick": .string(Self.text(of: tick)),
            ]
        ]
    }

    /// `perdure:schedule/WORKFLOW/2026-11-23T02:30:00Z`: one of the runtime's own keys, so that no message from outside has it.
    public static func key(of workflowID: String, tick: Timestamp) -> String {
        "\(InternalControl.keyPrefix)schedule/\(workflowID)/\(text(of: tick))"
    }

    /// A tick in UTC, to the second, e.g. `2026-11-23T02:30:00Z`.
    public static func text(of tick: Timestamp) -> String { tick.rfc3339.prefix(19) + "Z" }
}
