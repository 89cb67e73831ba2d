/// How a simulation went.
public struct SimulationOutcome: Sendable {
    /// What it was made of.
    public let seed: UInt64
    /// What was found wrong, or nil.
    public let failure: String?
    /// A hash over everything that happened: two runs of a seed have the same.
    public let traceHash: UInt64
    /// The last lines of what happened.
    public let traceTail: [String]
    /// Jobs and alarms.
    public let stepCount: Int
    /// How much time passed in it.
    public let virtualSeconds: Int
    /// How much happened.
    public let counts: SimulationCounts

    /// What to print about a failure: the seed, what is wrong, and what led to it.
    public func report(lines: Int = 60) -> String {
        let tail = traceTail.suffix(lines).joined(separator: "\n")
        return
            "seed \(seed) failed: \(failure ?? "it did not")\n\(tail)\nseed \(seed): run it again with `make sim SEED=\(seed) COUNT=1`"
    }
}
