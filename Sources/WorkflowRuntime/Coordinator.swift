import Logging
import ServiceLifecycle
import WorkflowCore

/// Runs executions: takes requests in, decides, commits, calls agents, lets events and results out.
///
/// A service: `run()` ends at graceful shutdown, after the agents at work have answered or the drain deadline has
/// passed, and what was held has been let go for others to take. Cancelled instead, it stops at once, as a crash
/// would.
public struct Coordinator: Service {
    private let configuration: CoordinatorConfiguration
    private let catalog: DefinitionCatalog
    private let agents: AgentRegistry
    private let journal: any Journal
    private let intake: any RequestIntake
    private let publisher: any EventPublisher
    private let environment: RuntimeEnvironment
    private let logger: Logger

    /// A coordinator over its ports.
    public init(
        configuration: CoordinatorConfiguration, catalog: DefinitionCatalog, agents: AgentRegistry,
        journal: any Journal,
        intake: any RequestIntake, publisher: any EventPublisher, environment: RuntimeEnvironment, logger: Logger
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.agents = agents
        self.journal = journal
        self.intake = intake
        self.publisher = publisher
        self.environment = environment
        self.logger = logger
    }

    /// Works until graceful shutdown or cancellation.
    ///
    /// - Throws: `JournalError` when the tables are missing; `CancellationError` when cancelled.
    public func run() async throws {
        try await ShutdownSignal.observing { try await run(until: $0) }
    }

    private func run(until shutdown: ShutdownSignal) async throws {
        let definitions = DefinitionRegistry(catalog, agents: agents.names)
        let invoker = AgentInvoker(
            agents: agents,
            threads: environment.executor == nil ? AgentThreads(count: configuration.agentThreads) : nil,
            limits: configuration.agentLimits, environment: environment
        )
        let outbox = Outbox(publisher: publisher, intake: intake)
        let lane = JournalLane(
            configuration: configuration, journal: journal, intake: intake, outbox: outbox, invoker: invoker,
            environment: environment, logger: logger
        )
        outbox.whenThereIsRoom { lane.mailbox.nudge() }
        let takeover = Takeover(
            configuration: configuration, journal: journal, publisher: publisher, lane: lane, definitions: definitions,
            logger: logger
        )
        let keeper = LeaseKeeper(
            configuration: configuration, journal: journal, outbox: outbox, lane: lane, takeover: takeover,
            environment: environment, logger: logger
        )
        let admission = Admission(
            intake: intake, definitions: definitions, mailbox: lane.mailbox, environment: environment)

        do {
            // A database that never comes must not keep the process from being stopped.
            try await shutdown.cancelling {
                try await journal.keep(catalog.all)
                try await lane.open()
            }
            intake.begin()
        } catch let error as JournalError where error.code == .cancelled {
            return
        }
        logger.info(
            "the coordinator is ready",
            metadata: [LogKey.owner: "\(configuration.owner)", LogKey.count: "\(catalog.all.count) workflows"]
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await admission.run() }
            group.addTask { try await keeper.run() }
            group.addTask { try await lane.run() }
            group.addTask { await outbox.run() }
            group.addTask {
                try await shutdown.wait()
                try await drain(lane: lane, invoker: invoker, outbox: outbox)
                throw Drained()
            }
            do {
                // Any of them ending early is an error or the end; the others end with it.
                while try await group.next() != nil {}
            } catch is Drained {
                group.cancelAll()
            } catch {
                lane.mailbox.close()
                group.cancelAll()
                throw error
            }
        }
    }

    private struct Drained: Error {}

    /// Lets the agents at work finish, publishes what was committed, and lets go of the rest.
    private func drain(lane: JournalLane, invoker: AgentInvoker, outbox: Outbox) async throws {
        let deadline = environment.uptime() + configuration.drainDeadline
        await lane.stopTaking()
        invoker.stop()
        logger.info("stopping: waiting for agents at work", metadata: [LogKey.count: "\(invoker.runningCount)"])
        while environment.uptime() < deadline, invoker.runningCount > 0 { try await environment.sleep(Self.drainPause) }
        lane.mailbox.close()
        while environment.uptime() < deadline, await !(lane.isFinished && outbox.isEmpty) {
            try await environment.sleep(Self.drainPause)
        }
        // With the database away, leases end by themselves, a little later.
        await within(max(Self.handOverGrace, deadline - environment.uptime())) {
            try await handOver(lane: lane, outbox: outbox)
        }
    }

    /// Between two looks at whether there is still something at work.
    private static let drainPause = Duration.milliseconds(20)

    /// How long handing over may take when the drain deadline has passed already.
    private static let handOverGrace = Duration.seconds(2)

    private func handOver(lane: JournalLane, outbox: Outbox) async throws {
        let left = await lane.heldIDs
        if !left.isEmpty { try await journal.release(left, owner: configuration.owner, isHandedOver: true) }
        guard let writer = await lane.writer else { return }
        let position = outbox.publishedPosition(of: writer)
        _ = try await journal.recordPublished(writer: writer, owner: configuration.owner, position: position)
        if await lane.isFinished && outbox.isEmpty { try await journal.closeWriter(writer, owner: configuration.owner) }
        logger.info("stopped", metadata: [LogKey.count: "\(left.count) executions handed over"])
    }

    /// Runs something until it ends, fails or the time is up.
    private func within(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async {
        await withTaskGroup { group in
            group.addTask { try? await body() }
            group.addTask { try? await environment.sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
