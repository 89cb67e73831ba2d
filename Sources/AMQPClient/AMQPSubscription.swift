import Synchronization

/// A consumer of one queue that survives the loss of its connection.
///
/// Run it as a service (``run()``) and read ``deliveries`` in one task. What is read must be acknowledged with the
/// generation of its batch: after a reconnection the broker delivers everything unacknowledged again, and
/// acknowledgements of the old generation are ignored. The prefetch is the only bound on what waits in memory, so
/// `noAck` is for short-lived answers only.
public final class AMQPSubscription: Sendable {
    /// Runs on each fresh connection before it consumes, to declare and bind what is needed. Returns the name of the
    /// queue to consume from.
    public typealias Setup = @Sendable (AMQPConnection) async throws -> String

    /// Deliveries on their way and unacknowledged: enough for group commits of a few hundred.
    public static let defaultPrefetch: UInt16 = 500

    struct State {
        var generation: UInt64 = 0
        /// `nil` unless the consumer of ``generation`` may be acknowledged to.
        var connection: AMQPConnection?
    }

    /// Where it connects to.
    public let configuration: AMQPConfiguration
    /// The queue it was created for; a `setup` closure may choose another.
    public let queue: String
    /// What has arrived, in batches as they were read. Ends with ``run()``. For one reader.
    public let deliveries: AsyncStream<AMQPDeliveryBatch>

    let prefetch: UInt16
    let arguments: @Sendable () -> AMQPTable
    let isExclusive: Bool
    let noAck: Bool
    let setup: Setup?
    let onStateChange: @Sendable (AMQPConnectionState) -> Void
    let continuation: AsyncStream<AMQPDeliveryBatch>.Continuation
    let state = Mutex(State())

    /// Creates a subscription; it connects when ``run()`` is called.
    ///
    /// - Parameters:
    ///   - queue: the queue to consume, unless `setup` returns another.
    ///   - prefetch: the most unacknowledged deliveries; 0 means no limit for classic queues and is refused by streams.
    ///   - arguments: arguments of the consumer, asked for on each connection, so that a stream can go on where its
    ///     reader has come to; see ``AMQPStreamOffset``.
    ///   - exclusive: whether nobody else may consume.
    ///   - noAck: whether the broker forgets messages as it sends them; then nothing bounds what waits in memory.
    ///   - setup: run on each fresh connection before it consumes.
    ///   - onStateChange: told about the connection, on a thread that it must not block.
    public init(
        configuration: AMQPConfiguration,
        queue: String,
        prefetch: UInt16 = AMQPSubscription.defaultPrefetch,
        arguments: @escaping @Sendable () -> AMQPTable = { [:] },
        exclusive: Bool = false,
        noAck: Bool = false,
        setup: Setup? = nil,
        onStateChange: @escaping @Sendable (AMQPConnectionState) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.queue = queue
        self.prefetch = prefetch
        self.arguments = arguments
        self.isExclusive = exclusive
        self.noAck = noAck
        self.setup = setup
        self.onStateChange = onStateChange
        (deliveries, continuation) = AsyncStream.makeStream(of: AMQPDeliveryBatch.self)
    }

    /// Acknowledges a delivery, with `multiple` all of the generation up to it. Returns at once; ignored when the
    /// generation is over, since the broker will deliver the message again.
    public func acknowledge(_ tag: UInt64, multiple: Bool = false, generation: UInt64) {
        post(.acknowledge(tag: tag, multiple: multiple), generation)
    }

    /// Refuses a delivery: back into the queue, or else dropped or dead-lettered. Ignored when the generation is over.
    public func reject(_ tag: UInt64, requeue: Bool, generation: UInt64) {
        post(.reject(tag: tag, requeue: requeue), generation)
    }

    private func post(_ command: ConnectionCommand, _ generation: UInt64) {
        let connection = state.withLock { $0.generation == generation ? $0.connection : nil }
        connection?.post(command)
    }
}
