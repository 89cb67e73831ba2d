/// What one run does: who works, what is asked of them, how fast, and under which circumstances.
struct RunPlan: Sendable {
    /// Who does the work.
    enum Workers: Sendable, Equatable {
        /// The bare work, with so many streams of commits in one process.
        case floor(streams: Int)
        /// So many coordinators, each a process.
        case coordinators(Int)

        /// Publishers in `event_writers` once all are ready.
        var publishers: Int {
            switch self {
            case .floor(let streams): streams
            case .coordinators(let count): count
            }
        }
    }

    /// What else holds during the run.
    enum Circumstance: Sendable, Equatable {
        /// A transaction that sees the tables as they were before the run stays open until it is over.
        case heldSnapshot
        /// So many executions are in the tables already, finished.
        case finishedExecutions(Int)
        /// A coordinator is killed, and another started, so many times.
        case kills(Int)
        /// Every execution is under way at the same time.
        case allInFlight
    }

    /// What the run is called in the table.
    var name: String
    /// What is asked for.
    var workflow: BenchmarkWorkflow
    /// Who does it.
    var workers: Workers
    /// How it is asked for.
    var load: LoadGenerator.Load
    /// Bytes of text in each input.
    var payloadBytes: Int
    /// Executions before the measurement: connections, plans and caches are warm afterwards.
    var warmUp: Int
    /// What is special about the run; nil in the plain case.
    var circumstance: Circumstance?
    /// The run of the same group whose speed this one is also compared with.
    var baseline: String?
    /// Settings of the coordinators that are not their defaults.
    var variant = RunVariant()

    /// Executions that are measured.
    var executions: Int {
        switch load {
        case .none: 0
        case .fullSpeed(let count, _): count
        case .openLoop(let schedule): schedule.count
        }
    }

    /// Whether copies of events and answers are to be expected.
    var allowsDuplicates: Bool {
        if case .kills = circumstance { true } else { false }
    }
}
