import AMQPClient
import Logging
import Synchronization
import WorkflowCore

/// Requests from the broker's queue, or control messages from theirs.
///
/// Run it as a service. A delivery is remembered until it is settled, so that one that cannot be used is parked as it
/// came.
public final class BrokerRequestIntake: RequestIntake {
    private struct State {
        var window = AckWindow()
        var open: [UInt64: AMQPDelivery] = [:]
    }

    /// Bytes of requests that are delivered and not committed, about: eight of the largest. A prefetch of 500 would let
    /// 4 GB of them in.
    private static let openBytes = 64 * 1024 * 1024

    private struct Rejected: Sendable {
        let delivery: AMQPDelivery
        let receipt: DeliveryReceipt
        let rejection: RequestRejection
    }

    /// Requests as they arrive, several at a time.
    public let requests: AsyncStream<[IncomingRequest]>

    private let continuation: AsyncStream<[IncomingRequest]>.Continuation
    private let subscription: AMQPSubscription
    private let publisher: BrokerPublisher
    private let topology: Topology
    private let source: Source
    private let logger: Logger
    private let rejected: AsyncStream<Rejected>
    private let rejectedContinuation: AsyncStream<Rejected>.Continuation
    /// Ends when requests may come.
    private let gate: AsyncStream<Never>
    private let gateContinuation: AsyncStream<Never>.Continuation
    private let state = Mutex(State())

    /// An intake; it connects when it runs.
    ///
    /// - Parameters:
    ///   - configuration: The broker.
    ///   - topology: What the queues are called.
    ///   - source: Which of them it is.
    ///   - prefetch: Messages delivered and not yet committed at most, fewer when they are large; the write buffer of the
    ///     journal.
    ///   - publisher: Where rejected requests and their answers go.
    public init(
        configuration: AMQPConfiguration, topology: Topology, source: Source = .requests, prefetch: UInt16,
        publisher: BrokerPublisher, logger: Logger
    ) {
        self.topology = topology
        self.source = source
        self.publisher = publisher
        self.logger = logger
        let report = BrokerReport(address: configuration.address, role: source.role, logger: logger)
        subscription = AMQPSubscription(
            configuration: configuration, queue: source.queue(topology), prefetch: prefetch,
            byteLimit: Self.openBytes, expectedBytes: source.messageBytes,
            setup: { connection in
                try await topology.declare([source.part], on: connection, logger: logger)
                return source.queue(topology)
            },
            onStateChange: { report.changed($0) }
        )
        (requests, continuation) = AsyncStream.makeStream()
        (rejected, rejectedContinuation) = AsyncStream.makeStream()
        (gate, gateContinuation) = AsyncStream.makeStream()
    }

    /// Lets requests come.
    public func begin() {
        gateContinuation.finish()
    }

    /// Takes requests in, once `begin()` has been called, until the task is cancelled.
    public func run() async {
        for await _ in gate {}
        guard !Task.isCancelled else { return finish() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.subscription.run() }
            group.addTask { await self.parkRejected() }
            for await batch in subscription.deliveries { hand(on: batch) }
            finish()
            group.cancelAll()
        }
    }

    private func finish() {
        continuation.finish()
        rejectedContinuation.finish()
    }

    private func hand(on batch: AMQPDeliveryBatch) {
        state.withLock { state in
            if state.window.generation != batch.generation {
                state.window.begin(generation: batch.generation)
                state.open.removeAll()
            }
            for delivery in batch.deliveries {
                state.window.deliver(delivery.tag)
                state.open[delivery.tag] = delivery
            }
        }
        continuation.yield(
            batch.deliveries.map { delivery in
                let properties = delivery.properties
                return IncomingRequest(
                    body: delivery.body,
                    envelope: ExecutionRequest.Envelope(
                        messageID: properties.messageID, replyTo: properties.replyTo,
                        correlationID: properties.correlationID,
                        traceparent: properties.headers[MessageConventions.traceparentHeader]?.stringValue,
                        priority: properties.priority, isRedelivered: delivery.redelivered
                    ),
                    receipt: DeliveryReceipt(generation: batch.generation, tag: delivery.tag)
                )
            })
    }

    /// Whether a delivery came over the connection that is open now.
    public func isOpen(_ receipt: DeliveryReceipt) -> Bool {
        state.withLock { $0.window.generation == receipt.generation }
    }

    /// Acknowledges deliveries with as few frames as their order allows; stale ones are ignored.
    public func acknowledge(_ receipts: [DeliveryReceipt]) {
        guard !receipts.isEmpty else { return }
        // Within the lock, so that acknowledgements leave in the order in which they were worked out.
        state.withLock { state in
            let generation = state.window.generation
            let tags = receipts.lazy.filter { $0.generation == generation }.map(\.tag)
            for tag in tags { state.open[tag] = nil }
            for acknowledgement in state.window.settle(tags) {
                subscription.acknowledge(
                    acknowledgement.tag, multiple: acknowledgement.multiple, generation: generation
                )
            }
        }
    }

    /// Hands a message over for parking and returns; it is acknowledged once it is parked and answered.
    public func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async {
        let delivery = state.withLock { state in
            state.window.generation == receipt.generation ? state.open[receipt.tag] : nil
        }
        // Without it the connection has been lost since, and the broker delivers the message again.
        guard let delivery else { return }
        logger.info(
            "\(source.noun) is rejected and parked",
            metadata: [LogKey.errorType: "\(rejection.code.rawValue)", LogKey.error: "\(rejection.message)"]
        )
        rejectedContinuation.yield(Rejected(delivery: delivery, receipt: receipt, rejection: rejection))
    }

    private func parkRejected() async {
        for await item in rejected {
            let properties = item.delivery.properties
            var replies: [ResultReply] = []
            if let replyTo = properties.replyTo, !replyTo.isEmpty {
                let address = ReplyAddress(replyTo: replyTo, correlationID: properties.correlationID)
                replies = [ResultReply(address: address, result: .rejected(item.rejection))]
            }
            let parked = AMQPMessage(
                parking: item.delivery, code: item.rejection.code.rawValue, reason: item.rejection.message,
                from: source.queue(topology), topology: topology
            )
            do {
                try await publisher.park(parked)
                try await publisher.publish([], replies: replies)
            } catch {
                return
            }
            acknowledge([item.receipt])
        }
    }
}
