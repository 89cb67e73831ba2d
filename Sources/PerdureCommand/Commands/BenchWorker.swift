import ArgumentParser
import Foundation
import ServiceLifecycle
import WorkflowBenchmark
import WorkflowCore
import WorkflowMessaging

/// What `perdure bench` starts to do the work: a coordinator with the benchmark's agents, or the floor. Ends with its
/// standard input, so that it never outlives the benchmark.
struct BenchWorker: AsyncParsableCommand {
    static let name = "bench-worker"
    static let configuration = CommandConfiguration(commandName: name, shouldDisplay: false)

    @OptionGroup var options: SettingsOptions

    @Option(help: "Work as the floor, with so many streams of commits.")
    var floorStreams: Int?

    func run() async throws {
        let settings = try options.settings()
        let logger = try LogOutput.logger(settings)
        if let floorStreams {
            let floor = FloorWorker(
                databaseURL: settings[.databaseURL], amqpURL: settings[.amqpURL],
                topology: Topology(prefix: settings[.amqpPrefix]), eventsMode: try settings.eventPublication().mode,
                environment: SystemEnvironment.runtime,
                logger: logger)
            let work = Task { try await floor.run(streams: floorStreams) }
            Self.atEndOfInput { work.cancel() }
            try await work.value
        } else {
            let agents = AgentRegistry(BenchmarkAgents.all)
            let files = try WorkflowFiles(folder: settings[.workflowsDirectory], agents: agents.names)
            let host = try CoordinatorHost(
                settings: settings, catalog: files.catalog, agents: agents, versionsMayChange: true, logger: logger,
                signals: true)
            Self.atEndOfInput { Task { await host.group.triggerGracefulShutdown() } }
            try await host.run()
        }
    }

    /// Calls once standard input has ended, from a thread of its own: reading it blocks.
    private static func atEndOfInput(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 {}
            body()
        }
    }
}
