import AMQPClient
import Foundation
import Logging
import PostgresClient
import ServiceLifecycle
import UnixSignals
import WorkflowCore
import WorkflowMessaging
import WorkflowRuntime
import WorkflowStore

/// A coordinator with its shells, as a group of services that start in order and stop in reverse.
struct CoordinatorHost {
    let group: ServiceGroup
    let journal: PostgresJournal

    /// Control messages delivered and not yet in the inbox. One statement takes in what has gathered.
    private static let controlPrefetch: UInt16 = 100

    /// - Parameters:
    ///   - agents: What the steps may call; those of the program unless said otherwise.
    ///   - reload: When the definitions are read again; nil for never.
    ///   - versionsMayChange: Whether a file may change what its version holds.
    ///   - keepsSchedules: Whether workflows are started by the clock.
    ///   - signals: Whether Ctrl-C and SIGTERM shut the group down.
    init(
        settings: Settings, catalog: DefinitionCatalog, agents: AgentRegistry = PerdureProgram.agents,
        reload: DefinitionReload.Occasion? = nil, versionsMayChange: Bool = false, keepsSchedules: Bool = true,
        logger: Logger, signals: Bool
    ) throws {
        let environment = SystemEnvironment.runtime
        let topology = Topology(prefix: settings[.amqpPrefix])
        let lease = try settings.duration(.coordinatorLease)
        let owner = Self.ownerName()
        let broker = try AMQPConfiguration(url: settings[.amqpURL], connectionName: "perdure \(owner)")
        let lanes = try settings.integer(.coordinatorLanes, upTo: 64)
        journal = try PostgresJournal(
            PostgresConfiguration(url: settings[.databaseURL], applicationName: "perdure \(owner)"), lanes: lanes,
            lease: lease, keepDays: try settings.eventKeepDays(), logger: logger
        )
        let publisher = BrokerPublisher(
            configuration: broker, topology: topology, events: try settings.eventPublication(),
            environment: environment, logger: logger
        )
        let intake = BrokerRequestIntake(
            configuration: broker, topology: topology,
            prefetch: UInt16(try settings.integer(.amqpPrefetch, upTo: Int(UInt16.max))), publisher: publisher,
            logger: logger
        )
        let control = BrokerRequestIntake(
            configuration: broker, topology: topology, source: .control, prefetch: Self.controlPrefetch,
            publisher: publisher, logger: logger
        )
        let reloading = reload.map {
            DefinitionReload($0, settings: settings, catalog: catalog, logger: logger)
        }
        let coordinator = Coordinator(
            configuration: CoordinatorConfiguration(
                owner: owner, lease: lease, maxInFlight: try settings.integer(.coordinatorMaxInFlight), lanes: lanes,
                maxBatch: try settings.integer(.coordinatorMaxBatch, upTo: 10_000),
                agentThreads: try settings.integer(.coordinatorAgentThreads, upTo: 1024),
                agentLimits: try settings.agentLimits(agents: PerdureProgram.agents.names),
                keepsSchedules: keepsSchedules, timeZones: .files(),
                drainDeadline: try settings.duration(.coordinatorDrainDeadline), versionsMayChange: versionsMayChange
            ),
            catalog: catalog, changes: reloading?.catalogs, agents: agents, journal: journal, intake: intake,
            control: control,
            publisher: publisher, environment: environment, logger: logger
        )
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: UntilShutdown { await publisher.run() }),
            .init(service: UntilShutdown { await intake.run() }),
            .init(service: UntilShutdown { await control.run() }),
            .init(service: coordinator, successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        if let reloading { services.append(.init(service: UntilShutdown { await reloading.run() })) }
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: signals ? [.sigint, .sigterm] : [], logger: logger
            ))
    }

    /// Runs until shut down.
    ///
    /// - Throws: `CommandFailure` when the tables are missing.
    func run() async throws {
        do {
            try await group.run()
        } catch let error as JournalError {
            throw CommandFailure(error.message)
        }
        await journal.close()
    }

    /// `host/process/nonce`: readable in `execution_locks`, and never the same twice.
    private static func ownerName() -> String {
        let nonce = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(ProcessInfo.processInfo.hostName)/\(getpid())/\(nonce)"
    }
}

/// A service that is cancelled at graceful shutdown; what it runs ends in order by itself.
struct UntilShutdown: Service {
    let body: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
    }
}
