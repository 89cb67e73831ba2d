/// What can be measured.
public enum BenchmarkScenario: String, Sendable, CaseIterable {
    /// The bare work of the two-step workflow, with no workflow logic.
    case floor
    /// The shape of the sample, at full speed.
    case twoStep = "two-step"
    /// Three and nine steps one after another.
    case chain
    /// A hundred steps beside one another.
    case fanOut = "fan-out"
    /// Inputs of 1 KB, 64 KB and 1 MB.
    case payload
    /// One, two and four coordinators.
    case coordinators
    /// Two and three steps at a fixed rate.
    case latency
    /// A transaction that is held open for the whole run.
    case heldSnapshot = "held-snapshot"
    /// A million finished executions in the tables.
    case million
    /// Coordinators that are killed.
    case kill
    /// A coordinator with nothing to do.
    case idle
    /// Ten thousand executions under way at a time.
    case memory
    /// Half an hour at a fixed rate.
    case soak
    /// All of them but the soak, with moderate sizes.
    case all

    /// What it measures, in a few words.
    public var meaning: String {
        switch self {
        case .floor: "the bare work through our own clients, with no workflow logic"
        case .twoStep: "the two-step sample at full speed"
        case .chain: "three and nine steps one after another"
        case .fanOut: "a hundred steps beside one another, and one that needs them all"
        case .payload: "two steps with inputs of 1 KB, 64 KB and 1 MB"
        case .coordinators: "two steps on one, two and four coordinators"
        case .latency: "two and three steps at a fixed rate, measured from when each request was due"
        case .heldSnapshot: "two steps while a REPEATABLE READ transaction stays open, and without it"
        case .million: "two steps with a million finished executions in the tables, and without them"
        case .kill: "two steps on two coordinators that are killed and replaced in turn"
        case .idle: "what a coordinator costs that has nothing to do"
        case .memory: "10,000 executions under way at a time, on agents that wait"
        case .soak: "two steps at 1,000 requests a second for half an hour: whether memory stays flat"
        case .all: "all of these but the soak, which takes about a quarter of an hour"
        }
    }

    /// The options that change it; any other one is refused rather than ignored.
    var takes: Set<BenchmarkOptions.Name> {
        let floor: Set<BenchmarkOptions.Name> = [.executions, .outstanding, .floorStreams, .payload, .eventsMode]
        let fullSpeed = floor.union([.coordinators, .lanes, .pure])
        switch self {
        case .floor: return floor.union([.rate, .duration])
        case .twoStep, .payload, .coordinators, .heldSnapshot: return fullSpeed
        case .chain: return fullSpeed.union([.steps])
        case .fanOut: return fullSpeed.union([.width])
        case .million: return fullSpeed.union([.finished])
        case .kill: return fullSpeed.union([.kills])
        case .latency:
            return [.rate, .duration, .steps, .payload, .coordinators, .floorStreams, .lanes, .pure, .eventsMode]
        case .soak: return [.rate, .duration, .payload, .coordinators, .lanes, .pure, .eventsMode]
        case .idle: return [.duration, .coordinators, .lanes]
        case .memory: return [.executions, .payload, .lanes, .eventsMode]
        case .all: return [.executions, .duration, .lanes, .floorStreams]
        }
    }
}
