import AMQPClient
import Foundation
import LocalServers
import Logging
import PostgresClient
import WorkflowCore
import WorkflowMessaging
import WorkflowStore

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
            try await prepareDatabase(settings)
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

    private static func prepareDatabase(_ settings: Settings) async throws {
        let connection = try await PostgresConnection.connect(
            PostgresConfiguration(url: settings[.databaseURL], applicationName: "perdure setup")
        )
        try await SchemaMigration.migrate(connection)
        await connection.close()
    }

    /// The definitions of the folder, or the sample where there is no folder and none was asked for.
    private static func definitions(_ settings: Settings, logger: Logger) throws -> DefinitionCatalog {
        let agents = PerdureProgram.agents.names
        let folder = settings[.workflowsDirectory]
        let hasFolder = settings.isSet(.workflowsDirectory) || FileManager.default.fileExists(atPath: folder)
        let files =
            hasFolder ? try WorkflowFiles(folder: folder, agents: agents) : WorkflowFiles(sampleWithAgents: agents)
        for error in files.errors.flatMap(\.errors) { logger.error("a definition cannot be used: \(error.summary)") }
        return files.catalog
    }
}
