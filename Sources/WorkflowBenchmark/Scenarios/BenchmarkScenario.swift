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
        }
    }

    /// The options that change it; any other one is refused rather than ignored.
    var takes: Set<BenchmarkOptions.Name> {
        let fullSpeed: Set<BenchmarkOptions.Name> = [.executions, .outstanding, .floorStreams]
        switch self {
        case .floor: return fullSpeed.union([.payload, .rate, .duration])
        case .twoStep: return fullSpeed.union([.payload, .coordinators])
        case .chain: return fullSpeed.union([.payload, .coordinators, .steps])
        case .fanOut: return fullSpeed.union([.payload, .coordinators, .width])
        case .payload: return fullSpeed.union([.payload, .coordinators])
        case .coordinators: return fullSpeed.union([.payload, .coordinators])
        case .latency: return [.rate, .duration, .steps, .payload, .coordinators, .floorStreams]
        }
    }
}
