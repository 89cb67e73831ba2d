import AMQPClient
import FoundationEssentials
import LocalServers
import Logging
import PostgresClient
import Synchronization
import WorkflowMessaging
import WorkflowStore

/// The servers that a benchmark runs on: private ones, or given ones in which it touches nothing but its own.
///
/// Its own are rows of workflows whose ids begin with `BenchmarkWorkflow.idPrefix`, and exchanges and queues under a
/// prefix that is made up for each run.
public final class BenchmarkStage: Sendable {
    /// The database.
    public let databaseURL: String
    /// The broker.
    public let amqpURL: String
    /// Whether the database was started for this benchmark and holds nothing else.
    let ownsDatabase: Bool
    /// Where logs and definitions of this benchmark are; removed with the stage.
    let folder: String
    let logger: Logger
    private let servers: LocalServers?
    /// The processes that have worked here: by their numbers their writers are known.
    private let workers = Mutex<[Int32]>([])

    private init(
        databaseURL: String, amqpURL: String, ownsDatabase: Bool, folder: String, servers: LocalServers?, logger: Logger
    ) {
        self.databaseURL = databaseURL
        self.amqpURL = amqpURL
        self.ownsDatabase = ownsDatabase
        self.folder = folder
        self.servers = servers
        self.logger = logger
    }

    /// Starts private servers for whatever is not given, and makes the tables.
    ///
    /// - Parameters:
    ///   - databaseURL: A database to use; nil for a private cluster.
    ///   - amqpURL: A broker to use; nil for a private node.
    ///   - directory: Where private servers keep their data while the benchmark runs.
    ///   - acceptsForeignData: Whether a given database may hold finished executions of others.
    /// - Throws: `LocalServersError`, `PostgresError`, or `BenchmarkError` for a database that is in use.
    public static func open(
        databaseURL: String?, amqpURL: String?, directory: String, acceptsForeignData: Bool, logger: Logger
    ) async throws -> BenchmarkStage {
        var servers: LocalServers?
        if databaseURL == nil || amqpURL == nil {
            servers = try await LocalServers.start(
                LocalServersConfiguration(
                    directory: directory, wantsPostgres: databaseURL == nil, wantsBroker: amqpURL == nil,
                    brokerPlugins: []))
        } else {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }
        let stage = BenchmarkStage(
            databaseURL: databaseURL ?? servers?.databaseURL ?? "", amqpURL: amqpURL ?? servers?.amqpURL ?? "",
            ownsDatabase: databaseURL == nil, folder: directory, servers: servers, logger: logger
        )
        do {
            let connection = try await stage.connect()
            try await SchemaMigration.migrate(connection)
            if !stage.ownsDatabase {
                try await stage.refuseForeignData(connection, acceptsFinished: acceptsForeignData)
            }
            await connection.close()
            return stage
        } catch {
            await stage.close()
            throw error
        }
    }

    /// Stops private servers and removes their data; in a given database, removes the benchmark's own rows. Does so
    /// even when the task is cancelled.
    public func close() async {
        await Task { await clear() }.value
    }

    private func clear() async {
        if !ownsDatabase, let connection = try? await connect() {
            try? await deleteOwnRows(connection)
            await connection.close()
        }
        await servers?.stop()
        for path in [servers?.databasePath, folder].compactMap({ $0 }) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// A connection of its own for a question or a script.
    func connect() async throws(PostgresError) -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(url: databaseURL, applicationName: "perdure bench"))
    }

    /// The broker under a name for its log.
    func broker(_ name: String) throws(AMQPError) -> AMQPConfiguration {
        try AMQPConfiguration(url: amqpURL, connectionName: "perdure bench \(name)")
    }

    // MARK: - The database

    /// Rows that are not the benchmark's: somebody else's executions, or a coordinator that could take ours over, or
    /// whose executions ours would take over.
    private func refuseForeignData(_ connection: PostgresConnection, acceptsFinished: Bool) async throws {
        let mine = "workflow_id LIKE '\(Self.ownPattern)'"
        let found = try await connection.queryText(
            """
            SELECT (SELECT count(*) FROM event_writers)
                   + (SELECT count(*) FROM execution_locks l JOIN executions e ON e.id = l.execution_id WHERE NOT \(mine)),
                   EXISTS (SELECT FROM executions WHERE NOT \(mine))
            """)
        let row = found.rows.first ?? []
        guard row.first == "0" else {
            throw BenchmarkError(
                .databaseInUse,
                "Coordinators or unfinished executions are in this database, and the benchmark would meddle with them; "
                    + "name an empty database (--database-url), or none to start a private one.")
        }
        guard acceptsFinished || row.last != "t" else {
            throw BenchmarkError(
                .databaseInUse,
                "This database has executions already; name an empty one (--database-url), none to start a private one, "
                    + "or say --anyway: the benchmark leaves them as they are.")
        }
    }

    /// Empties the tables of what earlier runs have left, so that every run begins alike.
    func reset() async throws {
        let connection = try await connect()
        if ownsDatabase {
            try await connection.execute(
                script: """
                    TRUNCATE executions, execution_steps, execution_state, execution_events, execution_locks, event_writers,
                             execution_callers;
                    CHECKPOINT
                    """)
        } else {
            try await deleteOwnRows(connection)
        }
        await connection.close()
    }

    /// Remembers a process whose rows in `event_writers` are the benchmark's own.
    func remember(worker: Int32) {
        workers.withLock { $0.append(worker) }
    }

    private func deleteOwnRows(_ connection: PostgresConnection) async throws {
        // The owner of a writer is host/process/nonce.
        let owners = (["\(FloorWorker.ownerPrefix)%"] + workers.withLock { $0.map { "%/\($0)/%" } })
            .map { "owner LIKE '\($0)'" }
        try await connection.execute(script: "DELETE FROM event_writers WHERE \(owners.joined(separator: " OR "))")
        let mine = "SELECT id FROM executions WHERE workflow_id LIKE '\(Self.ownPattern)'"
        for table in ["execution_steps", "execution_state", "execution_events", "execution_locks", "execution_callers"]
        {
            try await connection.execute(script: "DELETE FROM \(table) WHERE execution_id IN (\(mine))")
        }
        try await connection.execute(
            script: """
                DELETE FROM executions WHERE workflow_id LIKE '\(Self.ownPattern)';
                DELETE FROM workflow_definitions WHERE workflow_id LIKE '\(Self.ownPattern)'
                """)
    }

    /// The ids of the benchmark's workflows, for LIKE.
    static let ownPattern = BenchmarkWorkflow.idPrefix.split(separator: "_").joined(separator: #"\_"#) + #"\_%"#

    // MARK: - The broker

    /// A topology that no other run has, declared.
    func declareTopology() async throws -> Topology {
        let topology = Topology(prefix: "perdure_bench_\(String(UInt64.random(in: .min ... .max), radix: 16))")
        let connection = try await AMQPConnection.open(broker("setup"))
        try await topology.declare(on: connection, logger: logger)
        await connection.close()
        return topology
    }

    /// Deletes a topology with all that is left in it.
    func delete(_ topology: Topology) async {
        guard let configuration = try? broker("setup"), let connection = try? await AMQPConnection.open(configuration)
        else { return }
        for queue in [topology.requests, topology.eventsLog, topology.dead] {
            _ = try? await connection.deleteQueue(queue)
        }
        for exchange in [topology.requests, topology.events, topology.dead] {
            try? await connection.deleteExchange(exchange)
        }
        await connection.close()
    }

    // MARK: - The processes

    /// The database's processes, if they are on this machine.
    var databaseProcesses: ProcessGroup? {
        guard let configuration = try? PostgresConfiguration(url: databaseURL), Self.isLocal(configuration.host),
            let port = Int(configuration.port)
        else { return nil }
        return Listener.process(port: port).map { ProcessGroup(root: $0) }
    }

    /// The broker's processes, if they are on this machine.
    var brokerProcesses: ProcessGroup? {
        guard let configuration = try? broker(""), Self.isLocal(configuration.host) else { return nil }
        return Listener.process(port: configuration.port).map { ProcessGroup(root: $0) }
    }

    private static func isLocal(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1", "local socket"].contains(host) || host.hasPrefix("/")
    }
}
