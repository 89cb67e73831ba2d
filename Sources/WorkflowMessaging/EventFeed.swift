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

    /// One message.
    public struct Message: Sendable {
        /// `<workflow_id>.<subject>.<verb>`.
        public let routingKey: String
        /// The CloudEvent as JSON text.
        public let body: [UInt8]
        /// Its position in the stream, when it came out of it.
        public let offset: Int64?
    }

    /// Deliveries under way; a stream needs a bound.
    private static let prefetch: UInt16 = 200

    private let subscription: AMQPSubscription
    private let pattern: RoutingPattern?
    private let streamOffset: Int64?
    private let position = StreamPosition()

    /// A feed.
    ///
    /// - Parameter pattern: A binding pattern, e.g. `document_analysis.#` or `#.failed`. The broker applies it to
    ///   live feeds, the feed itself to what comes out of the stream.
    public init(
        configuration: AMQPConfiguration, topology: Topology, start: Start, pattern: String, logger: Logger
    ) {
        let report = BrokerReport(address: configuration.address, role: "events", logger: logger)
        switch start {
        case .live:
            self.pattern = nil
            streamOffset = nil
            subscription = AMQPSubscription(
                configuration: configuration, queue: "", prefetch: Self.prefetch, exclusive: true,
                setup: { connection in
                    let queue = try await connection.declareQueue(durable: false, exclusive: true, autoDelete: true)
                    try await connection.bindQueue(queue.name, to: topology.events, routingKey: pattern)
                    return queue.name
                },
                onStateChange: { report.changed($0) }
            )
        case .stream(let offset):
            self.pattern = RoutingPattern(pattern)
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
                for delivery in batch.deliveries where isWanted(delivery) {
                    let message = Message(
                        routingKey: delivery.routingKey, body: delivery.body, offset: delivery.streamOffset
                    )
                    guard try await receive(message) else { return }
                    if let offset = delivery.streamOffset { position.advance(past: offset) }
                }
                if let last = batch.deliveries.last {
                    subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                }
            }
        }
    }

    private func isWanted(_ delivery: AMQPDelivery) -> Bool {
        // The broker begins at the chunk that holds an offset, so earlier ones may come first.
        if let offset = delivery.streamOffset, offset < max(streamOffset ?? 0, position.next ?? 0) { return false }
        return pattern?.matches(delivery.routingKey) ?? true
    }
}

/// A binding pattern of a topic exchange: words parted by dots, `*` for one word, `#` for any number.
struct RoutingPattern: Sendable, Hashable {
    private let words: [Substring]

    init(_ pattern: String) {
        words = Self.words(pattern)
    }

    /// An empty key has no words at all.
    private static func words(_ text: String) -> [Substring] {
        text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false)
    }

    func matches(_ key: String) -> Bool {
        let keyWords = Self.words(key)
        // reachable[n]: the pattern up to here matches the first n words of the key.
        var reachable = [true] + [Bool](repeating: false, count: keyWords.count)
        for word in words {
            var next = [Bool](repeating: false, count: keyWords.count + 1)
            for count in 0...keyWords.count {
                if word == "#" {
                    next[count] = reachable[count] || (count > 0 && next[count - 1])
                } else if count > 0 {
                    next[count] = reachable[count - 1] && (word == "*" || word == keyWords[count - 1])
                }
            }
            reachable = next
        }
        return reachable[keyWords.count]
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
