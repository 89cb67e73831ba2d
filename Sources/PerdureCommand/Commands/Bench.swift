import ArgumentParser
import Foundation
import LocalServers
import PerdureJSON
import UnixSignals
import WorkflowBenchmark
import WorkflowMessaging

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure throughput, latency and processor time on this machine.",
        discussion: """
            Starts private servers, or uses those that DATABASE_URL and AMQP_URL name. Every scenario runs after the \
            floor, which is the bare work with no workflow logic, and is compared with it. Exit status 0 only when \
            every run did all that was asked for. See docs/benchmarks.md.

            \(BenchmarkScenario.allCases.map { "\($0.rawValue.padded(15))\($0.meaning)" }.joined(separator: "\n"))
            """
    )

    @OptionGroup var options: SettingsOptions

    @Argument(
        help: ArgumentHelp(
            "What to measure: \(BenchmarkScenario.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "scenario"))
    var scenario: BenchmarkScenario

    @Option(help: ArgumentHelp("Executions to measure at full speed.", valueName: "number"))
    var executions: Int?

    @Option(help: ArgumentHelp("Requests that may be unanswered at full speed.", valueName: "number"))
    var outstanding: Int?

    @Option(help: ArgumentHelp("Requests a second of a run at a fixed rate.", valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("How long a run at a fixed rate takes.", valueName: "seconds"))
    var duration: Int?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Bytes of text in each input; several for one run each.", valueName: "bytes"))
    var payload: [Int] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("How many coordinators; several for one run each.", valueName: "number"))
    var coordinators: [Int] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Steps of a chain; several for one run each.", valueName: "number"))
    var steps: [Int] = []

    @Option(help: ArgumentHelp("Steps beside one another.", valueName: "number"))
    var width: Int?

    @Option(help: ArgumentHelp("Streams of commits of each coordinator.", valueName: "number"))
    var lanes: Int?

    @Flag(help: "Say in the definitions that the agents only compute (pure: true).")
    var pure = false

    @Option(help: ArgumentHelp("How events travel: each or batch.", valueName: "mode"))
    var eventsMode: EventPublication.Mode?

    @Option(help: ArgumentHelp("Coordinators to kill during the run.", valueName: "number"))
    var kills: Int?

    @Option(help: ArgumentHelp("Finished executions in the tables beforehand.", valueName: "number"))
    var finished: Int?

    @Option(help: ArgumentHelp("Streams of commits of the floor.", valueName: "number"))
    var floorStreams: Int?

    @Flag(help: "Use a database that holds finished executions of others; they stay as they are.")
    var anyway = false

    @Flag(help: "Print JSON.")
    var json = false

    private var chosen: BenchmarkOptions {
        var chosen = BenchmarkOptions()
        chosen.executions = executions
        chosen.outstanding = outstanding
        chosen.rate = rate
        chosen.duration = duration.map { .seconds($0) }
        chosen.payloadBytes = payload
        chosen.coordinators = coordinators
        chosen.steps = steps
        chosen.width = width
        chosen.floorStreams = floorStreams
        chosen.lanes = lanes
        chosen.isPure = pure
        chosen.eventsMode = eventsMode
        chosen.kills = kills
        chosen.finished = finished
        return chosen
    }

    func validate() throws {
        if let problem = chosen.problem(for: scenario) { throw ValidationError(problem) }
    }

    func run() async throws {
        var settings = try options.settings()
        if options.logLevel == nil && !settings.isSet(.logLevel) { settings.set(.logLevel, "warning", source: "bench") }
        let logger = try LogOutput.logger(settings)
        let stage = try await BenchmarkStage.open(
            databaseURL: settings.given(.databaseURL), amqpURL: settings.given(.amqpURL),
            directory: "\(settings[.dataDirectory])/bench-\(getpid())", acceptsForeignData: anyway, logger: logger)
        let benchmark = Benchmark(stage: stage, command: Self.workers(settings), options: chosen) { run in
            Self.tell(BenchmarkReport.line(run))
        }
        let measuring = Task { try await benchmark.run(scenario) }
        let signals = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { measuring.cancel() }
        }
        let result = await measuring.result
        await stage.close()
        signals.cancel()
        if measuring.isCancelled { throw CommandFailure("Stopped; nothing of the benchmark is left behind.") }
        let report = try result.get()
        if json {
            print(report.json.jsonText)
        } else {
            var table = TextTable(BenchmarkReport.header)
            for row in report.rows { table.add(row) }
            print(table.text)
            for note in report.notes { print(note) }
            print(report.machine.line)
        }
        if !report.isSound { throw ExitCode.failure }
    }

    private static func workers(_ settings: Settings) -> WorkerCommand {
        let level = settings[.logLevel]
        return WorkerCommand(
            coordinatorArguments: [BenchWorker.name],
            floorArguments: { [BenchWorker.name, "--floor-streams", "\($0)"] },
            environment: { assignment in
                var environment = [
                    SettingKey.databaseURL.environmentName: assignment.databaseURL,
                    SettingKey.amqpURL.environmentName: assignment.amqpURL,
                    SettingKey.amqpPrefix.environmentName: assignment.prefix,
                    SettingKey.workflowsDirectory.environmentName: assignment.workflowsFolder,
                    SettingKey.logLevel.environmentName: level,
                    // The subscriber counts every event.
                    SettingKey.eventsInclude.environmentName: SettingKey.eventsInclude.standard,
                ]
                if let mode = assignment.variant.eventsMode {
                    environment[SettingKey.eventsMode.environmentName] = mode.rawValue
                }
                if let lanes = assignment.variant.lanes {
                    environment[SettingKey.coordinatorLanes.environmentName] = "\(lanes)"
                }
                return environment
            })
    }

    private static func tell(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

extension BenchmarkScenario: ExpressibleByArgument {}
extension EventPublication.Mode: ExpressibleByArgument {}

extension Settings {
    /// A value that was given for this; a `perdure dev` that happens to run here was not: it is not to be measured.
    fileprivate func given(_ key: SettingKey) -> String? {
        isSet(key) && !source(key).hasPrefix("perdure dev") ? self[key] : nil
    }
}
