/// What to start, where, and with which names.
public struct LocalServersConfiguration: Sendable {
    /// The folder for data, logs and remembered ports, absolute or relative to the working directory; made if missing.
    public var directory: String
    /// Whether a PostgreSQL cluster is started.
    public var wantsPostgres: Bool
    /// Whether a RabbitMQ node is started.
    public var wantsBroker: Bool
    /// Ports that must be used; a port left out is chosen once and remembered in the directory.
    public var fixedPorts: [LocalPort: Int]
    /// The database, its owner and the owner's password, and the broker's user and password.
    public var name: String
    /// RabbitMQ plugins. Streams over AMQP need none; each plugin costs boot time, and the management plugin makes
    /// an orderly stop take five seconds more than `stopGrace` allows.
    public var brokerPlugins: [String]
    /// Lines for the end of the broker's configuration file, for what nothing else here says.
    public var brokerSettings: [String]
    /// A definitions file for the broker to import at boot; it must then name the user and the virtual host itself.
    public var definitionsFile: String?
    /// Loads only the broker's needed libraries, which makes boot about a third faster. Off: the plain installation.
    public var usesSlimBrokerHome: Bool
    /// How long each server may take until it answers. Generous, for a slow machine: a server that ends early is noticed at once.
    public var startTimeout: Duration
    /// How long a server may take to stop in order before it is killed. Safe to be short: PostgreSQL recovers from
    /// its log, and RabbitMQ syncs what it has confirmed.
    public var stopGrace: Duration

    /// Makes a configuration; the defaults are those of `perdure dev`.
    public init(
        directory: String = ".perdure",
        wantsPostgres: Bool = true,
        wantsBroker: Bool = true,
        fixedPorts: [LocalPort: Int] = [:],
        name: String = "workflow",
        brokerPlugins: [String] = ["rabbitmq_management"],
        brokerSettings: [String] = [],
        definitionsFile: String? = nil,
        usesSlimBrokerHome: Bool = true,
        startTimeout: Duration = .seconds(180),
        stopGrace: Duration = .seconds(3)
    ) {
        self.directory = directory
        self.wantsPostgres = wantsPostgres
        self.wantsBroker = wantsBroker
        self.fixedPorts = fixedPorts
        self.name = name
        self.brokerPlugins = brokerPlugins
        self.brokerSettings = brokerSettings
        self.definitionsFile = definitionsFile
        self.usesSlimBrokerHome = usesSlimBrokerHome
        self.startTimeout = startTimeout
        self.stopGrace = stopGrace
    }
}
