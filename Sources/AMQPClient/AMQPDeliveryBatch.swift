/// What arrived together on a subscription.
public struct AMQPDeliveryBatch: Sendable, Hashable {
    /// The deliveries in the order of their tags; never empty.
    public var deliveries: [AMQPDelivery]
    /// The connection they came from; acknowledgements must carry it, and are ignored once it is over.
    public var generation: UInt64

    /// Creates a batch, for tests of what consumes them.
    public init(deliveries: [AMQPDelivery], generation: UInt64) {
        self.deliveries = deliveries
        self.generation = generation
    }
}
