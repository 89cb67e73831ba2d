import AMQPClient
import Logging
import Synchronization
import WorkflowCore

/// Published events as a subscriber receives them: live, or out of the stream from any point.
///
/// Run it as a service and read `events`.
public struct EventFeed: Sendable {
    /// Where to begin.
    public enum Start: Sendable, Hashable {
        /// With what is published from now on.
        case live
        /// At a point of the stream.
        case stream(AMQPStreamOffset)
    }

    /// One event, whether it travelled alone or with others.
    public struct Message: Sendable {
        /// `<workflow_id>.<subject>.<verb>`.
        public let routingKey: String
        /// The CloudEvent as JSON text.
        public let body: [UInt8]
        /// The position of its message in the stream, when it came out of it.
        public let offset: Int64?
    }

    /// Deliveries under way; a stream needs a bound.
    private static let prefetch: UInt16 = 200

    private let subscription: AMQPSubscription
    private let pattern: RoutingPattern
    private let streamOffset: Int64?
    private let position = StreamPosition()

    /// A feed.
    ///
    /// - Parameter pattern: A binding pattern, e.g. `document_analysis.#` or `#.failed`, that events have to match. The
    ///   broker is asked for all messages of the workflows in question, since a message with several events goes under
    ///   the key of the last one.
    public init(
        configuration: AMQPConfiguration, topology: Topology, start: Start, pattern: String, logger: Logger
    ) {
        let report = BrokerReport(address: configuration.address, role: "events", logger: logger)
        let wanted = RoutingPattern(pattern)
        self.pattern = wanted
        switch start {
        case .live:
            streamOffset = nil
            subscription = AMQPSubscription(
                configuration: configuration, queue: "", prefetch: Self.prefetch, exclusive: true,
                setup: { connection in
                    let queue = try await connection.declareQueue(durable: false, exclusive: true, autoDelete: true)
                    try await connection.bindQueue(queue.name, to: topology.events, routingKey: wanted.ofWholeWorkflows)
                    return queue.name
                },
                onStateChange: { report.changed($0) }
            )
        case .stream(let offset):
            if case .offset(let first) = offset { streamOffset = first } else { streamOffset = nil }
            // After a broken connection it goes on behind the last message, not at the beginning again.
            let position = position
            subscription = AMQPSubscription(
                configuration: configuration, queue: topology.eventsLog, prefetch: Self.prefetch,
                arguments: { (position.next.map { .offset($0) } ?? offset).consumerArguments },
                onStateChange: { report.changed($0) }
            )
        }
    }

    /// Receives until the task is cancelled or `receive` returns false.
    public func run(_ receive: @Sendable (Message) async throws -> Bool) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await subscription.run() }
            defer { group.cancelAll() }
            for await batch in subscription.deliveries {
                for delivery in batch.deliveries where isNew(delivery) {
                    for item in EventBatch.items(delivery) where pattern.matches(item.routingKey) {
                        let message = Message(
                            routingKey: item.routingKey, body: item.body, offset: delivery.streamOffset
                        )
                        guard try await receive(message) else { return }
                    }
                    if let offset = delivery.streamOffset { position.advance(past: offset) }
                }
                if let last = batch.deliveries.last {
                    subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                }
            }
        }
    }

    /// The broker begins at the chunk that holds an offset, so earlier ones may come first.
    private func isNew(_ delivery: AMQPDelivery) -> Bool {
        guard let offset = delivery.streamOffset else { return true }
        return offset >= max(streamOffset ?? 0, position.next ?? 0)
    }
}

/// How far a reader of a stream has come.
private final class StreamPosition: Sendable {
    private let state = Mutex<Int64?>(nil)

    /// The offset to go on at; nil before the first message.
    var next: Int64? { state.withLock { $0 } }

    func advance(past offset: Int64) {
        state.withLock { $0 = max($0 ?? 0, offset + 1) }
    }
}
