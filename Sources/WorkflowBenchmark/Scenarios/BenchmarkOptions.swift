import WorkflowMessaging

/// What a user may choose about a benchmark; what is left out takes the scenario's own default.
public struct BenchmarkOptions: Sendable, Equatable {
    /// The names of the options, as the command line spells them.
    public enum Name: String, Sendable, CaseIterable {
        case executions
        case outstanding
        case rate
        case duration
        case payload
        case coordinators
        case steps
        case width
        case lanes
        case pure
        case eventsMode = "events-mode"
        case kills
        case finished
        case floorStreams = "floor-streams"
    }

    /// Executions to measure at full speed.
    public var executions: Int?
    /// Requests that may be unanswered at a time, at full speed.
    public var outstanding: Int?
    /// Requests a second, in open loop.
    public var rate: Double?
    /// How long an open-loop run takes.
    public var duration: Duration?
    /// Bytes of text in each input, one run for each.
    public var payloadBytes: [Int] = []
    /// How many coordinators there are, one run for each.
    public var coordinators: [Int] = []
    /// Steps of a chain, one run for each.
    public var steps: [Int] = []
    /// Steps beside one another.
    public var width: Int?
    /// Streams of commits of the floor.
    public var floorStreams: Int?
    /// Streams of commits of each coordinator.
    public var lanes: Int?
    /// Whether the definitions say that the agents only compute.
    public var isPure = false
    /// How events travel, for coordinators and the floor alike.
    public var eventsMode: EventPublication.Mode?
    /// Coordinators to kill.
    public var kills: Int?
    /// Finished executions in the tables beforehand.
    public var finished: Int?

    /// Nothing chosen.
    public init() {}

    /// The options that were given.
    var given: Set<Name> {
        var names: Set<Name> = []
        if executions != nil { names.insert(.executions) }
        if outstanding != nil { names.insert(.outstanding) }
        if rate != nil { names.insert(.rate) }
        if duration != nil { names.insert(.duration) }
        if !payloadBytes.isEmpty { names.insert(.payload) }
        if !coordinators.isEmpty { names.insert(.coordinators) }
        if !steps.isEmpty { names.insert(.steps) }
        if width != nil { names.insert(.width) }
        if lanes != nil { names.insert(.lanes) }
        if eventsMode != nil { names.insert(.eventsMode) }
        if isPure { names.insert(.pure) }
        if kills != nil { names.insert(.kills) }
        if finished != nil { names.insert(.finished) }
        if floorStreams != nil { names.insert(.floorStreams) }
        return names
    }

    /// What is wrong with the options for a scenario, in a sentence; nil when nothing is.
    public func problem(for scenario: BenchmarkScenario) -> String? {
        for name in given.subtracting(scenario.takes).map(\.rawValue).sorted() {
            let known = scenario.takes.map { "--\($0.rawValue)" }.sorted().joined(separator: ", ")
            return "--\(name) means nothing to '\(scenario.rawValue)', which takes \(known)."
        }
        let ranges: [(Name, [Int], ClosedRange<Int>)] = [
            (.executions, [executions].compactMap { $0 }, 1...10_000_000),
            (.outstanding, [outstanding].compactMap { $0 }, 1...100_000),
            (.payload, payloadBytes, 1...4_000_000),
            (.coordinators, coordinators, 1...64),
            (.steps, steps, 1...1000),
            (.width, [width].compactMap { $0 }, 1...999),
            (.floorStreams, [floorStreams].compactMap { $0 }, 1...16),
            (.lanes, [lanes].compactMap { $0 }, 1...64),
            (.kills, [kills].compactMap { $0 }, 1...1000),
            (.finished, [finished].compactMap { $0 }, 1...100_000_000),
        ]
        for (name, values, range) in ranges where values.contains(where: { !range.contains($0) }) {
            return "--\(name.rawValue) must be from \(range.lowerBound) to \(range.upperBound)."
        }
        if let rate, !(rate > 0 && rate <= 100_000) { return "--rate must be more than 0 and at most 100000 a second." }
        if let duration, !(duration >= .seconds(1) && duration <= .seconds(86_400)) {
            return "--duration must be from 1 to 86400 seconds."
        }
        return nil
    }
}
