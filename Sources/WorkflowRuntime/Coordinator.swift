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
    private let changes: AsyncStream<DefinitionCatalog>?
    private let agents: AgentRegistry
    private let journal: any Journal
    private let intake: any RequestIntake
    private let control: any RequestIntake
    private let publisher: any EventPublisher
    private let environment: RuntimeEnvironment
    private let logger: Logger

    /// A coordinator over its ports.
    ///
    /// - Parameters:
    ///   - catalog: The definitions of the files.
    ///   - changes: What the files hold later on, each time all of it; nil when nobody looks again.
    ///   - intake: Where requests come from.
    ///   - control: Where control messages come from; apart, so that requests never delay them.
    public init(
        configuration: CoordinatorConfiguration, catalog: DefinitionCatalog,
        changes: AsyncStream<DefinitionCatalog>? = nil, agents: AgentRegistry, journal: any Journal,
        intake: any RequestIntake, control: any RequestIntake, publisher: any EventPublisher,
        environment: RuntimeEnvironment, logger: Logger
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.changes = changes
        self.agents = agents
        self.journal = journal
        self.intake = intake
        self.control = control
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
        let definitions = DefinitionRegistry(
            catalog, agents: agents.names, timeZones: configuration.timeZones)
        let invoker = AgentInvoker(
            agents: agents,
            threads: environment.executor == nil ? AgentThreads(count: configuration.agentThreads) : nil,
            limits: configuration.agentLimits, environment: environment
        )
        let clock = ScheduleClock(
            definitions: definitions, journal: journal, environment: environment, logger: logger)
        let sources = RequestSources(broker: intake, clock: clock)
        let outbox = Outbox(publisher: publisher, intake: sources)
        let answers = ControlAnswers(
            journal: journal, publisher: publisher, environment: environment, logger: logger)
        // More of them than this are as well left to the next heartbeat.
        let (hints, neighbours) = AsyncStream.makeStream(
            of: ControlHint.self, bufferingPolicy: .bufferingNewest(10_000))
        let lanes = Lanes(
            all: (0..<configuration.lanes).map { index in
                JournalLane(
                    index: index, configuration: configuration, journal: journal, intake: sources, outbox: outbox,
                    answers: answers, neighbours: neighbours, invoker: invoker,
                    definitions: definitions, environment: environment, logger: logger
                )
            })
        // The mailboxes and not the lanes, which hold the outbox.
        let mailboxes = lanes.all.map(\.mailbox)
        outbox.whenThereIsRoom { for mailbox in mailboxes { mailbox.nudge() } }
        let takeover = Takeover(
            configuration: configuration, journal: journal, publisher: publisher, outbox: outbox, lanes: lanes,
            definitions: definitions, logger: logger
        )
        let keeper = LeaseKeeper(
            configuration: configuration, journal: journal, outbox: outbox, answers: answers, lanes: lanes,
            takeover: takeover,
            environment: environment, logger: logger
        )
        let admissions = [intake, clock].map {
            Admission(
                intake: $0, definitions: definitions, journal: journal, lanes: lanes, environment: environment)
        }

        let desk = ControlDesk(
            coordinator: configuration.owner, intake: control, journal: journal, publisher: publisher, lanes: lanes,
            hints: hints, environment: environment)

        do {
            // A database that never comes must not keep the process from being stopped.
            try await shutdown.cancelling {
                try await definitions.deploy(
                    catalog, mayChange: configuration.versionsMayChange, journal: journal, logger: logger)
                await journal.maintain()
                for lane in lanes.all { try await lane.open() }
            }
            intake.begin()
            control.begin()
            if configuration.keepsSchedules { clock.begin() }
        } catch let error as JournalError where error.code == .cancelled {
            return
        }
        logger.info(
            "the coordinator is ready",
            metadata: [
                LogKey.owner: "\(configuration.owner)", LogKey.count: "\(definitions.catalog.all.count) workflows",
            ]
        )
        try await withThrowingTaskGroup { group in
            for admission in admissions { group.addTask { try await admission.run() } }
            group.addTask { try await clock.run() }
            if let changes {
                group.addTask {
                    try await definitions.follow(
                        changes, mayChange: configuration.versionsMayChange, journal: journal, logger: logger
                    ) {
                        if configuration.keepsSchedules { clock.begin() }
                    }
                }
            }
            group.addTask { try await keeper.run() }
            for lane in lanes.all { group.addTask { try await lane.run() } }
            group.addTask { await outbox.run() }
            group.addTask { try await desk.run() }
            group.addTask { await answers.run() }
            group.addTask {
                try await shutdown.wait()
                try await drain(lanes, invoker: invoker, outbox: outbox, answers: answers)
                throw Drained()
            }
            do {
                // Any of them ending early is an error or the end; the others end with it.
                while try await group.next() != nil {}
            } catch is Drained {
                group.cancelAll()
            } catch {
                lanes.close()
                group.cancelAll()
                throw error
            }
        }
    }

    private struct Drained: Error {}

    /// Lets the agents at work finish, publishes what was committed, and lets go of the rest.
    private func drain(
        _ lanes: Lanes, invoker: AgentInvoker, outbox: Outbox, answers: ControlAnswers
    ) async throws {
        let deadline = environment.uptime() + configuration.drainDeadline
        await lanes.stopTaking()
        invoker.stop()
        logger.info("stopping: waiting for agents at work", metadata: [LogKey.count: "\(invoker.runningCount)"])
        while environment.uptime() < deadline, invoker.runningCount > 0 { try await environment.sleep(Self.drainPause) }
        lanes.close()
        while environment.uptime() < deadline, await !(lanes.areFinished() && outbox.isEmpty && answers.isEmpty) {
            try await environment.sleep(Self.drainPause)
        }
        // With the database away, leases end by themselves, a little later.
        await within(max(Self.handOverGrace, deadline - environment.uptime())) {
            for lane in lanes.all { try await handOver(lane, outbox: outbox) }
            logger.info("stopped")
        }
    }

    /// Between two looks at whether there is still something at work.
    private static let drainPause = Duration.milliseconds(20)

    /// How long handing over may take when the drain deadline has passed already.
    private static let handOverGrace = Duration.seconds(2)

    private func handOver(_ lane: JournalLane, outbox: Outbox) async throws {
        let left = await lane.heldIDs
        if !left.isEmpty {
            try await journal.release(left, owner: lane.owner, isHandedOver: true)
            logger.info("executions are handed over", metadata: [LogKey.count: "\(left.count)"])
        }
        guard let writer = await lane.writer else { return }
        let publisher = configuration.owner
        let position = outbox.publishedPosition(of: writer)
        _ = try await journal.recordPublished(writer: writer, publisher: publisher, position: position)
        // Otherwise its lease ends by itself, and what is not published yet is its heir's to publish.
        if await lane.isFinished && outbox.isEmpty { try await journal.closeWriter(writer, publisher: publisher) }
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
