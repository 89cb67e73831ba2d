/// A message that the broker has delivered.
public struct AMQPDelivery: Sendable, Hashable {
    /// The tag to acknowledge with; valid only on the connection it came from.
    public var tag: UInt64
    /// Whether it may have been delivered before.
    public var redelivered: Bool
    /// The exchange it was published to.
    public var exchange: String
    /// The routing key it was published with.
    public var routingKey: String
    /// The properties.
    public var properties: AMQPProperties
    /// The body.
    public var body: [UInt8]
    /// The consumer that it is for; empty for a message fetched with `get`.
    public var consumerTag: String

    /// Creates a delivery, for tests of what consumes them.
    public init(
        tag: UInt64,
        redelivered: Bool = false,
        exchange: String = "",
        routingKey: String,
        properties: AMQPProperties = AMQPProperties(),
        body: [UInt8],
        consumerTag: String = ""
    ) {
        self.tag = tag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.consumerTag = consumerTag
    }

    /// The position in a stream queue, from the header `x-stream-offset`; `nil` for other queues.
    public var streamOffset: Int64? {
        properties.headers["x-stream-offset"]?.integerValue
    }
}
