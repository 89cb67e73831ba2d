import PostgresClient

/// Measures scenarios on a stage, each against the floor of the same session.
public struct Benchmark: Sendable {
    /// Executions of a full-speed run of two steps: about a quarter of a minute on two cores.
    static let standardExecutions = 20_000
    /// Requests unanswered at a time, at full speed: enough to fill every commit of several coordinators.
    static let standardOutstanding = 2_000
    /// Bytes of text in an input; with what is around it, a request has about 500 bytes.
    static let standardPayloadBytes = 400
    /// Requests a second of a latency run.
    static let standardRate = 200.0
    /// How long a latency run takes.
    static let standardDuration = Duration.seconds(30)
    /// Streams of commits of the floor: with two, one computes while the other waits for the disk.
    static let standardFloorStreams = 2
    /// Bytes of inputs that a run sends at most, so that a run with large inputs does not take minutes.
    static let payloadBudget = 128 << 20
    /// Bytes of inputs that may be unanswered.
    static let outstandingBudget = 32 << 20

    let stage: BenchmarkStage
    let command: WorkerCommand
    var options: BenchmarkOptions
    let onRun: @Sendable (RunFigures) -> Void

    /// A session.
    ///
    /// - Parameter onRun: Told of each run as it ends.
    public init(
        stage: BenchmarkStage, command: WorkerCommand, options: BenchmarkOptions,
        onRun: @escaping @Sendable (RunFigures) -> Void
    ) {
        self.stage = stage
        self.command = command
        self.options = options
        self.onRun = onRun
    }

    /// Runs a scenario, after the floor that it is compared with.
    ///
    /// - Throws: `BenchmarkError` when a run cannot be finished; a run that is wrong says so in its figures.
    public func run(_ scenario: BenchmarkScenario) async throws -> BenchmarkReport {
        let database = try await stage.connect()
        var report = BenchmarkReport(machine: try await MachineDescription.current(database))
        await database.close()
        for plans in sessions(scenario) {
            var group: [RunFigures] = []
            for plan in plans {
                var figures = try await execute(plan)
                if let floor = group.first, floor.isFloor { figures.compare(to: floor) }
                if let other = group.first(where: { $0.name == plan.baseline }), other.executionsPerSecond > 0 {
                    figures.more.append(
                        ("speed_relative_to_\(other.name)", figures.executionsPerSecond / other.executionsPerSecond))
                }
                onRun(figures)
                group.append(figures)
            }
            report.runs += group
        }
        return report
    }

    /// One run from its start to its figures.
    func execute(_ plan: RunPlan) async throws -> RunFigures {
        let run = try await BenchmarkRun.begin(plan, stage: stage, command: command)
        do {
            let figures = try await run.measure()
            await run.end()
            return figures
        } catch {
            await run.end()
            throw error
        }
    }
}
