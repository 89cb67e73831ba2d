/// What one run does: who works, what is asked of them, and how fast.
struct RunPlan: Sendable {
    /// Who does the work.
    enum Workers: Sendable, Equatable {
        /// The bare work, with so many streams of commits in one process.
        case floor(streams: Int)
        /// So many coordinators, each a process.
        case coordinators(Int)

        /// Rows in `event_writers` once all are ready.
        var writers: Int {
            switch self {
            case .floor(let streams): streams
            case .coordinators(let count): count
            }
        }
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
    /// Settings of the workers beside those that every run has, by environment variable.
    var environment: [String: String] = [:]

    /// Executions that are measured.
    var executions: Int {
        switch load {
        case .fullSpeed(let count, _): count
        case .openLoop(let schedule): schedule.count
        }
    }
}
