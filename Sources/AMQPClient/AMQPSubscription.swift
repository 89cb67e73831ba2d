import Synchronization

/// A consumer of one queue that survives the loss of its connection.
///
/// Run it as a service (``run()``) and read ``deliveries`` in one task. What is read must be acknowledged with the
/// generation of its batch: after a reconnection the broker delivers everything unacknowledged again, and
/// acknowledgements of the old generation are ignored. The prefetch bounds what waits in memory, so `noAck` is for
/// short-lived answers only; with a `byteLimit` it follows the sizes of the messages.
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
        /// How much is open, where that is limited.
        var window: PrefetchWindow?
        /// Wakes what changes the consumer of ``generation``.
        var attention: AsyncStream<Void>.Continuation?
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
    let state: Mutex<State>

    /// Creates a subscription; it connects when ``run()`` is called.
    ///
    /// - Parameters:
    ///   - queue: the queue to consume, unless `setup` returns another.
    ///   - prefetch: the most unacknowledged deliveries; 0 means no limit for classic queues and is refused by streams.
    ///   - byteLimit: about the most bytes of unacknowledged deliveries: the prefetch is kept so low that messages as
    ///     large as those of late fit, and when more comes all the same, it goes back into the queue until half of
    ///     the limit is free. Not for streams, nor for consumers that are exclusive or do not acknowledge.
    ///   - expectedBytes: how large a message may be as long as none has come.
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
        byteLimit: Int? = nil,
        expectedBytes: Int = 1,
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
        let isCounted = !exclusive && !noAck && prefetch > 0
        let window = (isCounted ? byteLimit : nil).map {
            PrefetchWindow(maximum: prefetch, byteLimit: $0, expectedBytes: expectedBytes)
        }
        state = Mutex(State(window: window))
        (deliveries, continuation) = AsyncStream.makeStream(of: AMQPDeliveryBatch.self)
    }

    /// Acknowledges a delivery, with `multiple` all of the generation up to it. Returns at once; ignored when the
    /// generation is over, since the broker will deliver the message again.
    public func acknowledge(_ tag: UInt64, multiple: Bool = false, generation: UInt64) {
        settle(tag, multiple: multiple, generation)
        post(.acknowledge(tag: tag, multiple: multiple), generation)
    }

    /// Refuses a delivery: back into the queue, or else dropped or dead-lettered. Ignored when the generation is over.
    public func reject(_ tag: UInt64, requeue: Bool, generation: UInt64) {
        settle(tag, multiple: false, generation)
        post(.reject(tag: tag, requeue: requeue), generation)
    }

    private func settle(_ tag: UInt64, multiple: Bool, _ generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation, state.window != nil else { return }
            state.window?.settled(tag, multiple: multiple)
            if state.window?.action != nil { state.attention?.yield() }
        }
    }

    private func post(_ command: ConnectionCommand, _ generation: UInt64) {
        let connection = state.withLock { $0.generation == generation ? $0.connection : nil }
        connection?.post(command)
    }
}
