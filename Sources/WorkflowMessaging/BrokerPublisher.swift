import AMQPClient
import Logging
import Synchronization
import WorkflowCore

/// Publishes with confirms, until the broker has taken everything.
///
/// Run it as a service, on a connection of its own: an alarm at the broker stops a connection that publishes, and
/// must not stop the acknowledgements of another.
public final class BrokerPublisher: EventPublisher {
    /// Pause before what the broker refused is published again; a full queue does not empty faster for being asked.
    private static let refusalPause = Duration.seconds(1)
    /// How often a reply is offered to a queue that is full before it is parked: others wait behind it.
    private static let replyAttempts = 3

    private let publisher: AMQPPublisher
    private let topology: Topology
    private let events: Mutex<EventMessages>
    private let environment: RuntimeEnvironment
    private let logger: Logger

    /// A publisher; it connects when it runs.
    ///
    /// - Parameter events: Which events leave, and in what form.
    public init(
        configuration: AMQPConfiguration, topology: Topology, events: EventPublication = EventPublication(),
        environment: RuntimeEnvironment, logger: Logger
    ) {
        self.topology = topology
        self.events = Mutex(EventMessages(events, topology: topology))
        self.environment = environment
        self.logger = logger
        let report = BrokerReport(address: configuration.address, role: "publishing", logger: logger)
        publisher = AMQPPublisher(configuration: configuration) { report.changed($0) }
    }

    /// Serves publications until the task is cancelled and what was on its way is confirmed.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tellOfSilence() }
            await publisher.run()
            group.cancelAll()
        }
    }

    private func tellOfSilence() async {
        var watch = ConfirmWatch()
        while (try? await Task.sleep(for: ConfirmWatch.interval)) != nil {
            switch watch.look(publisher.oldestUnconfirmed) {
            case .silent(let message, let since):
                logger.warning(
                    "RabbitMQ has not confirmed a message for \(since); the coordinator waits. Look whether the queues that it goes to have a leader and room (rabbitmqctl list_queues name type state messages).",
                    metadata: [
                        LogKey.destination: "\(message.exchange.isEmpty ? message.routingKey : message.exchange)"
                    ]
                )
            case .confirming: logger.info("RabbitMQ confirms messages again")
            case nil: continue
            }
        }
    }

    /// Publishes those of the events that are to be, in this order, and replies; returns when the broker has confirmed
    /// all of it.
    ///
    /// - Parameter inLine: Called when the events are in the line of the connection, which keeps its order when it is made
    ///   anew.
    /// - Throws: `AMQPError` when the task is cancelled or the publisher has ended.
    public func publish(
        _ groups: [EventGroup], replies: [ResultReply], inLine: @escaping @Sendable () -> Void
    ) async throws {
        let messages = events.withLock { $0.messages(groups) }
        guard !replies.isEmpty else { return try await publish(inOrder: messages, inLine: inLine) }
        // Beside one another: a caller need not wait until the broker has confirmed the events.
        async let published: Void = publish(inOrder: messages, inLine: inLine)
        async let delivered: Void = deliver(replies)
        _ = try await (published, delivered)
    }

    /// Publishes until every message is confirmed. From the first one that the broker refused, all are published
    /// again, so that the order stays. One that no broker will ever take is told of and passed over: it must not stand
    /// in the way of the others, and what it says is in the tables.
    func publish(inOrder messages: [AMQPMessage], inLine: @escaping @Sendable () -> Void = {}) async throws {
        if messages.isEmpty { inLine() }
        var rest = messages[...]
        while !rest.isEmpty {
            let outcomes = try await publisher.publish(Array(rest), inLine: inLine)
            guard let refused = outcomes.firstIndex(where: { !$0.isConfirmed }) else { return }
            rest = rest.dropFirst(refused)
            if case .failed(let error) = outcomes[refused], error.isPermanent {
                let message = rest.removeFirst()
                logger.error(
                    "a message cannot be published and is left out: \(error.message)",
                    metadata: [
                        LogKey.destination: "\(message.exchange)",
                        LogKey.messageID: "\(message.properties.messageID ?? "")",
                    ]
                )
                continue
            }
            logger.warning(
                "the broker does not take messages for \(rest[rest.startIndex].exchange): \(outcomes[refused]); trying again",
                metadata: [LogKey.destination: "\(rest[rest.startIndex].exchange)"]
            )
            try await Task.sleep(for: Self.refusalPause)
        }
    }

    /// Publishes to the parking lot. Where the message's own headers leave no room for the reason, they stay behind.
    func park(_ message: AMQPMessage) async throws {
        let outcome = try await publisher.publish([message]).first
        guard case .failed(let error) = outcome, error.code == .invalidMessage else {
            if outcome?.isConfirmed != true { try await publish(inOrder: [message]) }
            return
        }
        try await publish(inOrder: [message.withoutForeignHeaders()])
    }

    /// Sends results to their callers. A caller whose queue is gone, or stays full, gets its result parked instead.
    private func deliver(_ replies: [ResultReply]) async throws {
        let now = environment.now()
        try await deliver(
            replies.map { AMQPMessage($0, messageID: environment.newExecutionID().description, now: now) })
    }

    /// Parks what was refused, then tells the senders.
    public func answer(_ controls: [SettledControl]) async throws {
        let now = environment.now()
        try await publish(inOrder: controls.compactMap { AMQPMessage(parking: $0, topology: topology, now: now) })
        try await deliver(
            controls.flatMap { settled in settled.callers.map { message(settled.outcome, to: $0) } })
    }

    /// Tells one more sender.
    public func reply(_ outcome: ControlOutcome, to caller: ReplyAddress) async throws {
        try await deliver([message(outcome, to: caller)])
    }

    private func message(_ outcome: ControlOutcome, to caller: ReplyAddress) -> AMQPMessage {
        AMQPMessage(
            outcome, to: caller, messageID: environment.newExecutionID().description, now: environment.now())
    }

    private func deliver(_ replies: [AMQPMessage]) async throws {
        var messages = replies
        var attempt = 1
        while !messages.isEmpty {
            let outcomes = try await publisher.publish(messages, mandatory: true)
            var refused: [AMQPMessage] = []
            for (message, outcome) in zip(messages, outcomes) where !outcome.isConfirmed {
                if outcome == .rejected && attempt < Self.replyAttempts {
                    refused.append(message)
                } else {
                    try await parkReply(message, outcome)
                }
            }
            messages = refused
            attempt += 1
            if !messages.isEmpty { try await Task.sleep(for: Self.refusalPause) }
        }
    }

    private func parkReply(_ message: AMQPMessage, _ outcome: AMQPPublishOutcome) async throws {
        logger.info(
            "a result could not be delivered; it is parked",
            metadata: [LogKey.destination: "\(message.routingKey)"]
        )
        var parked = message
        parked.properties = parked.properties.fitted
        parked.exchange = topology.dead
        parked.routingKey = "\(topology.prefix).replies.reply_unroutable"
        parked.properties.headers[MessageConventions.errorCodeHeader] = "REPLY_UNROUTABLE"
        parked.properties.headers[MessageConventions.errorMessageHeader] = .string(
            "The reply to '\(message.routingKey)' was not taken (\(outcome.summary)); the result is in the tables too."
        )
        parked.properties.headers[MessageConventions.originalRoutingKeyHeader] = .string(message.routingKey)
        try await publish(inOrder: [parked])
    }
}

extension AMQPPublishOutcome {
    /// What became of it, in a few words.
    fileprivate var summary: String {
        switch self {
        case .confirmed: "confirmed"
        case .returned: "no queue of that name"
        case .rejected: "refused by the queue, which may be full"
        case .failed(let error): error.message
        }
    }
}

extension AMQPError {
    /// Whether no broker will ever take the message as it is.
    fileprivate var isPermanent: Bool { code == .invalidMessage || code == .preconditionFailed }
}
