import Glibc

/// A private PostgreSQL cluster and a private RabbitMQ node on loopback, owned by this process.
///
/// They stop with `stop()`, and also when this process ends in any other way, `kill -9` included. Their data and
/// their ports stay in the directory, so the next start finds them. Any number of instances may run on one machine,
/// each in a directory of its own. Works as root (PostgreSQL then runs as the user `postgres`) and as anyone else.
/// Meant for development and tests: the passwords are known and the listeners are local.
public actor LocalServers {
    /// The absolute path of the directory.
    public nonisolated let directory: String
    /// Every settled port, those of servers that were not wanted included.
    public nonisolated let ports: [LocalPort: Int]
    /// The folder with PostgreSQL's data; outside the directory where the user `postgres` cannot reach into it.
    public nonisolated let databasePath: String?
    /// `postgresql://workflow:workflow@127.0.0.1:PORT/workflow`, nil where no cluster was wanted.
    public nonisolated let databaseURL: String?
    /// `amqp://workflow:workflow@127.0.0.1:PORT/%2F`, nil where no node was wanted.
    public nonisolated let amqpURL: String?
    /// The management page (user and password as for AMQP), nil without the plugin.
    public nonisolated let managementURL: String?
    /// The port of the stream protocol, nil without the plugin `rabbitmq_stream`.
    public nonisolated let streamPort: Int?

    let configuration: LocalServersConfiguration
    let database: DatabaseServer?
    let broker: BrokerServer?
    let folder: ServerDirectory
    var databaseKeeper: Keeper?
    var brokerKeeper: Keeper?
    var isStopped = false

    /// Starts the wanted servers, both at once, and returns when both take clients.
    ///
    /// The first start makes the cluster, which takes a second or two more. Whatever was started is stopped again
    /// when a part fails.
    ///
    /// - Throws: `LocalServersError`, with the last lines of the server's log where it was the server that failed.
    public static func start(_ configuration: LocalServersConfiguration) async throws(LocalServersError) -> LocalServers
    {
        let folder = try await ServerDirectory(configuration.directory, stopGrace: configuration.stopGrace)
        var book = PortBook(path: folder.portsFile)
        do throws(LocalServersError) {
            do throws(LocalServersError) {
                return try await start(configuration, folder, &book)
            } catch  where error.code == .portUnavailable && configuration.fixedPorts.isEmpty {
                // Someone took a port between our choice and the server's bind; other ports will do.
                book.forget()
                return try await start(configuration, folder, &book)
            }
        } catch {
            // Not left to the last reference: a thread that ran the actor may hold one a little longer than the caller waits.
            folder.release()
            throw error
        }
    }

    private static func start(
        _ configuration: LocalServersConfiguration, _ folder: ServerDirectory, _ book: inout PortBook
    ) async throws(LocalServersError) -> LocalServers {
        try book.settle(fixed: configuration.fixedPorts, seed: folder.seed &+ UInt64.random(in: 0..<1_000))
        let servers = try await LocalServers(configuration, folder, book.ports)
        async let database = servers.begin(configuration.wantsPostgres) { (s) async throws(LocalServersError) in
            try await s.startDatabase()
        }
        async let broker = servers.begin(configuration.wantsBroker) { (s) async throws(LocalServersError) in
            try await s.startBroker()
        }
        for failure in await [database, broker] {
            guard let failure else { continue }
            // Not `stop()`, which would let the directory go before the second attempt.
            await servers.stopServers()
            throw failure
        }
        return servers
    }

    private init(
        _ configuration: LocalServersConfiguration, _ folder: ServerDirectory, _ ports: [LocalPort: Int]
    ) async throws(LocalServersError) {
        self.configuration = configuration
        self.folder = folder
        self.ports = ports
        directory = folder.path
        database =
            configuration.wantsPostgres
            ? try await DatabaseServer(name: configuration.name, port: ports[.postgres] ?? 0, directory: folder) : nil
        broker = configuration.wantsBroker ? try BrokerServer(configuration, ports: ports, directory: folder) : nil
        databasePath = database?.dataPath
        databaseURL = database?.url
        amqpURL = broker?.url
        managementURL = broker?.managementURL
        streamPort = broker?.streamPort
    }

    /// Lets the servers go with the last reference; `stop()` also waits for them.
    deinit {
        databaseKeeper?.release()
        brokerKeeper?.release()
    }

    /// Stops both servers in order, waits for them, and lets the directory go; a server that takes longer than
    /// `stopGrace` is killed. The last call of an instance: start a new one to go on.
    public func stop() async {
        isStopped = true
        await stopServers()
        folder.release()
    }

    private func stopServers() async {
        async let database: Void? = databaseKeeper?.stop()
        async let broker: Void? = brokerKeeper?.stop()
        _ = await (database, broker)
        databaseKeeper = nil
        brokerKeeper = nil
    }

    /// The log file of PostgreSQL, for whoever looks for the reason of something.
    public nonisolated var databaseLogPath: String { folder.logFile("postgres") }
    /// The log file of RabbitMQ.
    public nonisolated var brokerLogPath: String { folder.logFile("broker") }

    private func begin(
        _ isWanted: Bool, _ start: @Sendable (LocalServers) async throws(LocalServersError) -> Void
    ) async -> LocalServersError? {
        guard isWanted else { return nil }
        do throws(LocalServersError) {
            try await start(self)
            return nil
        } catch {
            return error
        }
    }
}
