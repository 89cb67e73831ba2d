import FoundationEssentials
import PerdureJSON

/// All runs of a session, for people and for programs.
public struct BenchmarkReport: Sendable {
    /// The runs in order.
    public var runs: [RunFigures] = []
    /// The machine they ran on.
    public let machine: MachineDescription

    /// An empty report about this machine.
    public init(machine: MachineDescription) {
        self.machine = machine
    }

    /// Whether every check of every run held.
    public var isSound: Bool { runs.allSatisfy(\.problems.isEmpty) }

    /// The columns of the table for people.
    public static let header = [
        "RUN", "EXEC/S", "OF FLOOR", "EVENTS/S", "OF FLOOR", "COMMITS/S", "ROWS/S", "P50 ms", "P90", "P99", "P99.9",
        "CPU coord", "pg", "rmq", "load", "CHECK",
    ]

    /// One row for each run. Processor time is in cores: seconds computed per second.
    public var rows: [[String]] { runs.map(Self.row) }

    private static func row(_ run: RunFigures) -> [String] {
        func number(_ value: Double?, _ digits: Int = 0) -> String { value.map { decimal($0, digits) } ?? "-" }
        var row = [run.name, number(run.executionsPerSecond), number(run.ratioToFloor, 2)]
        row += [number(run.eventsPerSecond), number(run.eventsRatioToFloor, 2)]
        row += [number(run.commitsPerSecond), number(run.rowsPerSecond)]
        row += [run.latency?.p50, run.latency?.p90, run.latency?.p99, run.latency?.p999].map { number($0, 1) }
        row += UsageSnapshot.Group.allCases.map { group in
            number(run.processorSeconds[group.rawValue].flatMap { run.seconds > 0 ? $0 / run.seconds : nil }, 2)
        }
        row.append(run.problems.isEmpty ? "ok" : "FAILED")
        return row
    }

    /// A run in one line, for who waits for the next.
    public static func line(_ run: RunFigures) -> String {
        let figures =
            run.executions > 0
            ? ["\(decimal(run.executionsPerSecond, 0)) executions/s"]
            : run.more.map { "\($0.name) \(decimal($0.value, 2))" }
        return "\(run.name): \((figures + run.problems).joined(separator: "; "))"
    }

    /// Lines below the table: further figures, and what is wrong.
    public var notes: [String] {
        runs.flatMap { run in
            run.more.map { "\(run.name): \($0.name) \(Self.decimal($0.value, $0.value == $0.value.rounded() ? 0 : 2))" }
                + run.problems.map { "\(run.name): WRONG: \($0)" }
        }
    }

    /// Everything for a program.
    public var json: JSONValue {
        ["machine": machine.json, "sound": .bool(isSound), "runs": .array(runs.map(\.json))]
    }

    /// A number with so many digits after the point.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "-" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % scale)
        return sign + "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension RunFigures {
    /// The run for a program: units are in the names.
    public var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "is_floor": .bool(isFloor), "executions": .int(Int64(executions)),
            "events": .int(Int64(events)), "seconds": .double(seconds),
            "executions_per_second": .double(executionsPerSecond), "events_per_second": .double(eventsPerSecond),
            "commits_per_second": .double(commitsPerSecond),
        ]
        object["rows_per_second"] = rowsPerSecond.map { .double($0) }
        object["ratio_to_floor"] = ratioToFloor.map { .double($0) }
        object["events_ratio_to_floor"] = eventsRatioToFloor.map { .double($0) }
        if let latency {
            object["latency_ms"] = [
                "p50": .double(latency.p50), "p90": .double(latency.p90), "p99": .double(latency.p99),
                "p99_9": .double(latency.p999), "max": .double(latency.maximum),
            ]
        }
        object["cpu_seconds"] = Self.object(processorSeconds.mapValues { .double($0) })
        object["resident_megabytes"] = Self.object(
            residentMegabytes.mapValues { values in
                .object(JSONObject(uniqueKeysWithValues: zip(["start", "most", "end"], values.map { .double($0) })))
            })
        for figure in more { object[figure.name] = .double(figure.value) }
        object["sound"] = .bool(problems.isEmpty)
        object["problems"] = .array(problems.map { .string($0) })
        return .object(object)
    }

    /// By group, in the order in which groups are shown.
    private static func object(_ values: [String: JSONValue]) -> JSONValue {
        let known = UsageSnapshot.Group.allCases.map(\.rawValue)
        return .object(
            JSONObject(uniqueKeysWithValues: known.compactMap { name in values[name].map { (name, $0) } }))
    }
}
