import ArgumentParser
import Foundation
import LocalServers
import Logging
import PerdureJSON
import ServiceLifecycle
import WorkflowCore
import WorkflowMessaging

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one execution through the broker and print its result.",
        discussion: "Exit status 0 only when the execution succeeds."
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var request: RequestOptions

    @Option(help: ArgumentHelp("How long to wait for the result.", valueName: "seconds"))
    var timeout = 300

    @Flag(help: "Start private servers and a coordinator for this one execution, unless `perdure dev` runs here.")
    var local = false

    func run() async throws {
        let request = try request.request()
        var settings = try options.settings()
        if local && !(settings.isSet(.databaseURL) && settings.isSet(.amqpURL)) {
            if options.logLevel == nil && !settings.isSet(.logLevel) {
                settings.set(.logLevel, "warning", source: "--local")
            }
            try await runLocally(request, settings)
        } else {
            try await Self.execute(request, settings, timeout: timeout)
        }
    }

    private func runLocally(_ request: ExecutionRequest, _ settings: Settings) async throws {
        let logger = try LogOutput.logger(settings)
        FileHandle.standardError.write(
            Data("Starting a private PostgreSQL and RabbitMQ in \(settings[.dataDirectory])/ …\n".utf8))
        let stack = try await LocalStack.start(settings, logger: logger, management: false)
        let host = try CoordinatorHost(
            settings: stack.settings, catalog: stack.catalog, versionsMayChange: true, keepsSchedules: false,
            logger: logger, signals: true)
        // Whichever ends first decides: a result, or a coordinator that cannot give one.
        let waiting = Task { try await Self.execute(request, stack.settings, timeout: timeout) }
        let serving = Task {
            defer { waiting.cancel() }
            try await host.run()
        }
        let result = await waiting.result
        await host.group.triggerGracefulShutdown()
        let served = await serving.result
        await stack.servers?.stop()
        try served.get()
        do {
            try result.get()
        } catch is CancellationError {
            throw CommandFailure(
                "Stopped before the result came; the request is durable, and the next start goes on with it.")
        }
    }

    /// Prints the result; anything but success is an error.
    static func execute(_ request: ExecutionRequest, _ settings: Settings, timeout: Int) async throws {
        let result = try await RequestClient(settings, command: "run").execute(request, timeout: .seconds(timeout))
        print("Execution result: \(result.jsonText)")
        if result["status"]?.stringValue != "SUCCESS" { throw ExitCode.failure }
    }
}
