import AMQPClient
import Logging
import PostgresClient
import Synchronization
import WorkflowCore
import WorkflowMessaging

/// The bare work of the two-step workflow, through this project's own clients and with no workflow logic at all.
///
/// It takes what is there from the queue of requests, writes the rows of the three transitions in three commits that all
/// of it shares, acknowledges after the first, publishes the ten events of each with confirms, answers, and moves the
/// cursor. There are no definitions, expressions, leases, mailboxes or agents, and nothing is checked. So it shows what
/// the broker, the database and the two clients allow on a machine; a coordinator is measured against that.
public struct FloorWorker: Sendable {
    /// What the owners of the floor's writers begin with.
    static let ownerPrefix = "floor/"

    /// Requests delivered and not yet acknowledged, for each stream.
    private static let prefetch: UInt16 = 500
    /// Requests that share a commit: past a hundred, commits carry hardly more per second.
    private static let batchLimit = 100
    /// Commits whose messages may wait for confirms before the next commit does.
    private static let publicationsWaiting = 4

    /// Published events after which a commit takes the cursor along, as in the runtime.
    private static let cursorStride: Int64 = 1000

    private let databaseURL: String
    private let amqpURL: String
    private let topology: Topology
    private let eventsMode: EventPublication.Mode
    private let workflow: BenchmarkWorkflow
    private let environment: RuntimeEnvironment
    private let logger: Logger

    /// A worker for the two-step chain.
    public init(
        databaseURL: String, amqpURL: String, topology: Topology, eventsMode: EventPublication.Mode,
        environment: RuntimeEnvironment, logger: Logger
    ) {
        self.eventsMode = eventsMode
        self.databaseURL = databaseURL
        self.amqpURL = amqpURL
        self.topology = topology
        self.environment = environment
        self.logger = logger
        workflow = .chain(2)
    }

    /// Works until the task is cancelled.
    ///
    /// - Parameter streams: How many streams of commits there are, each with its own connections.
    /// - Throws: `PostgresError` or `AMQPError`; a floor that has lost a connection measures nothing.
    public func run(streams: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...max(1, streams) { group.addTask { try await runStream(number) } }
            defer { group.cancelAll() }
            try await group.waitForAll()
        }
    }

    private func runStream(_ number: Int) async throws {
        let owner = "\(Self.ownerPrefix)\(number)/\(environment.randomBits())"
        // The plans that the runtime's commits run under, for the same reason: every row is reached by its key.
        let database = try await PostgresConnection.connect(
            PostgresConfiguration(
                url: databaseURL, applicationName: "perdure bench floor",
                sessionSettings: [
                    ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
                ]))
        let writer = try await database.query(FloorStatement.openWriter, [.text(owner)]).only().int64(0)
        let broker = try AMQPConfiguration(url: amqpURL, connectionName: "perdure bench floor")
        let publisher = AMQPPublisher(configuration: broker)
        let subscription = AMQPSubscription(
            configuration: broker, queue: topology.requests, prefetch: Self.prefetch)
        let arrived = Gathering<(delivery: AMQPDelivery, generation: UInt64)>()
        let outbox = FloorOutbox(publisher: publisher, waiting: Self.publicationsWaiting)
        await withDiscardingTaskGroup { group in
            group.addTask { await publisher.run() }
            group.addTask { await subscription.run() }
            group.addTask { await outbox.run() }
            group.addTask {
                for await batch in subscription.deliveries {
                    arrived.add(batch.deliveries.map { ($0, batch.generation) })
                }
                arrived.finish()
            }
            var position: Int64 = 0
            let events = FloorEvent.all(workflowID: workflow.id)
            while !Task.isCancelled {
                let taken = await arrived.take(atMost: Self.batchLimit)
                guard let last = taken.last else { break }
                let batch = FloorBatch(
                    taken.map(\.delivery), environment: environment, events: events, workflowID: workflow.id,
                    owner: owner, writer: writer)
                do {
                    for commit in FloorEvent.perCommit.indices {
                        let now = environment.now()
                        let payloads = batch.payloads(commit: commit)
                        _ = try await database.transaction(
                            batch.calls(
                                commit: commit, at: now, payloads: payloads, firstPosition: position + 1,
                                cursor: outbox.cursor(stride: Self.cursorStride)))
                        if commit == 0 {
                            subscription.acknowledge(last.delivery.tag, multiple: true, generation: last.generation)
                        }
                        position += Int64(payloads.count)
                        let messages = batch.messages(
                            commit: commit, at: now, payloads: payloads, exchange: topology.events,
                            mode: eventsMode)
                        await outbox.add(messages, lastPosition: position)
                    }
                } catch {
                    logger.error("the floor cannot go on: \(error)")
                    break
                }
            }
            outbox.finish()
            group.cancelAll()
        }
        // A task of its own: this one may be cancelled, and would not wait for the database any more.
        await Task {
            _ = try? await database.query(FloorStatement.moveCursor, [.int64(writer), .int64(outbox.published)])
            _ = try? await database.query(FloorStatement.closeWriter, [.int64(writer)])
            await database.close()
        }.value
    }
}
