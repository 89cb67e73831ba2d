import AMQPClient
import LocalServers
import Logging
import WorkflowCore
import WorkflowMessaging

/// Everything that a coordinator needs on this machine: private servers for whatever the settings do not name,
/// tables, topology, definitions.
struct LocalStack {
    let settings: Settings
    let catalog: DefinitionCatalog
    let servers: LocalServers?

    static func start(_ given: Settings, logger: Logger, management: Bool) async throws -> LocalStack {
        var settings = given
        var servers: LocalServers?
        let wantsPostgres = !settings.isSet(.databaseURL)
        let wantsBroker = !settings.isSet(.amqpURL)
        if wantsPostgres || wantsBroker {
            let started = try await LocalServers.start(
                LocalServersConfiguration(
                    directory: settings[.dataDirectory], wantsPostgres: wantsPostgres, wantsBroker: wantsBroker,
                    brokerPlugins: management ? ["rabbitmq_management"] : []
                ))
            if let url = started.databaseURL { settings.set(.databaseURL, url, source: "private server") }
            if let url = started.amqpURL { settings.set(.amqpURL, url, source: "private server") }
            servers = started
        }
        do {
            _ = try await Database.migrate(settings)
            let broker = try await AMQPConnection.open(
                AMQPConfiguration(url: settings[.amqpURL], connectionName: "perdure setup"))
            try await Topology(prefix: settings[.amqpPrefix]).declare(on: broker, logger: logger)
            await broker.close()
            return LocalStack(settings: settings, catalog: try definitions(settings, logger: logger), servers: servers)
        } catch {
            await servers?.stop()
            throw error
        }
    }

    /// The definitions that can be used; the others are told about.
    private static func definitions(_ settings: Settings, logger: Logger) throws -> DefinitionCatalog {
        let files = try WorkflowFiles(settings)
        files.report(to: logger)
        return files.catalog
    }
}
