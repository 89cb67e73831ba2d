/// What one run has measured.
public struct RunFigures: Sendable {
    /// A latency distribution, in milliseconds.
    public struct Latency: Sendable, Equatable {
        /// Half of the requests took no longer.
        public var p50: Double
        /// 90 % took no longer.
        public var p90: Double
        /// 99 % took no longer.
        public var p99: Double
        /// 99.9 % took no longer.
        public var p999: Double
        /// The longest.
        public var maximum: Double

        /// The distribution of samples; nil without any.
        public init?(_ samples: LatencySamples) {
            func milliseconds(_ share: Double) -> Double { Double(samples.percentile(share) ?? 0) / 1e6 }
            guard let longest = samples.maximum else { return nil }
            p50 = milliseconds(0.5)
            p90 = milliseconds(0.9)
            p99 = milliseconds(0.99)
            p999 = milliseconds(0.999)
            maximum = Double(longest) / 1e6
        }
    }

    /// What was run, such as `two-step` or `chain of 9`.
    public var name: String
    /// Executions measured, without those that warmed the servers up.
    public var executions = 0
    /// Events published for them.
    public var events = 0
    /// From the first request to the last answer or event.
    public var seconds = 0.0
    /// Transactions that wrote events.
    public var commits = 0
    /// Rows inserted, updated and deleted for each execution, the warm-up's among them.
    public var rowsPerExecution: Double?
    /// From when a request was published, or due at a fixed rate, to its answer.
    public var latency: Latency?
    /// Processor seconds of each group of processes while it was measured.
    public var processorSeconds: [String: Double] = [:]
    /// Megabytes of memory of each group: at the start, the most seen, and at the end.
    public var residentMegabytes: [String: [Double]] = [:]
    /// Whether the run is a floor.
    public var isFloor = false
    /// Executions a second as a share of the floor of the same session.
    public var ratioToFloor: Double?
    /// Events a second as a share of that floor: the fairer one for other shapes than two steps.
    public var eventsRatioToFloor: Double?
    /// Further figures of the scenario, in order.
    public var more: [(name: String, value: Double)] = []
    /// What is wrong with the run; empty when every check held.
    public var problems: [String] = []

    /// Figures to be filled in.
    public init(name: String) {
        self.name = name
    }

    /// Executions a second.
    public var executionsPerSecond: Double { rate(Double(executions)) }
    /// Events a second.
    public var eventsPerSecond: Double { rate(Double(events)) }
    /// Commits a second.
    public var commitsPerSecond: Double { rate(Double(commits)) }
    /// Rows a second.
    public var rowsPerSecond: Double? { rowsPerExecution.map { $0 * executionsPerSecond } }

    private func rate(_ count: Double) -> Double { seconds > 0 ? count / seconds : 0 }

    /// Compares with the floor of the same session.
    public mutating func compare(to floor: RunFigures) {
        guard floor.executionsPerSecond > 0, floor.eventsPerSecond > 0, executions > 0 else { return }
        ratioToFloor = executionsPerSecond / floor.executionsPerSecond
        eventsRatioToFloor = eventsPerSecond / floor.eventsPerSecond
    }
}
