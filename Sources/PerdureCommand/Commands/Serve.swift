import ArgumentParser
import Logging
import WorkflowCore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a coordinator, until Ctrl-C or SIGTERM.",
        discussion:
            """
            Any number of coordinators share the work. The database and the broker may come later, or go away and come back. \
            SIGHUP lets it read the definitions again.
            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try options.settings()
        let logger = try LogOutput.logger(settings)
        let files = try WorkflowFiles(folder: settings[.workflowsDirectory], agents: PerdureProgram.agents.names)
        files.report(to: logger)
        guard !files.catalog.all.isEmpty else {
            throw CommandFailure(
                "No usable definition in \(settings[.workflowsDirectory]); see `perdure workflows validate`.")
        }
        let host = try CoordinatorHost(
            settings: settings, catalog: files.catalog, reload: .hangup, logger: logger, signals: true)
        try await host.run()
    }
}
