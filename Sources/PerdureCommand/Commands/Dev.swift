import ArgumentParser
import Foundation
import LocalServers
import Logging
import WorkflowCore

struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start everything on this machine: private database, broker, coordinator. Ctrl-C stops it all.",
        discussion:
            """
            Data and ports stay in .perdure/ for the next time. With DATABASE_URL or AMQP_URL set, those servers are used. \
            Definitions are read again when a file changes.
            """
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let given = try options.settings()
        let logger = try LogOutput.logger(given)
        // Ctrl-C while the servers start must stop them too; afterwards the service group listens.
        let stack = try await LocalStack.start(given, logger: logger, management: true)
        let settings = stack.settings
        let directory = settings[.dataDirectory]
        if stack.servers != nil {
            try DevEndpoints(process: getpid(), databaseURL: settings[.databaseURL], amqpURL: settings[.amqpURL])
                .write(to: directory)
        }
        print("PostgreSQL   \(settings[.databaseURL])")
        print("RabbitMQ     \(settings[.amqpURL])")
        if let management = stack.servers?.managementURL {
            print("Management   \(management)   (user workflow, password workflow)")
        }
        let names = stack.catalog.all.map { "\($0.reference.id) v\($0.reference.version)" }.joined(separator: ", ")
        print("Workflows    \(names.isEmpty ? "none" : names)")
        print(
            stack.servers == nil
                ? "Ready: one more coordinator on servers that go on without it. Ctrl-C stops it."
                : "Ready. Other commands in this directory find these servers by themselves; Ctrl-C stops everything.")
        fflush(nil)
        let host = try CoordinatorHost(
            settings: settings, catalog: stack.catalog, reload: .change, versionsMayChange: true, logger: logger,
            signals: true)
        do {
            try await host.run()
        } catch {
            await stop(stack, directory)
            throw error
        }
        await stop(stack, directory)
    }

    /// The endpoints are removed only by the one who left them: another `perdure dev` may own the servers used here.
    private func stop(_ stack: LocalStack, _ directory: String) async {
        guard let servers = stack.servers else { return }
        DevEndpoints.remove(from: directory)
        await servers.stop()
    }
}
