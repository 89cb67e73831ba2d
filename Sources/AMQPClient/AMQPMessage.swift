/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    /// The exchange; empty for the default exchange, which routes by queue name.
    public var exchange: String
    /// The routing key, at most 255 bytes.
    public var routingKey: String
    /// The properties.
    public var properties: AMQPProperties
    /// The body.
    public var body: [UInt8]

    /// Creates a message.
    public init(
        exchange: String = "", routingKey: String, properties: AMQPProperties = AMQPProperties(), body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }

    /// Bytes of the content header, or an error that names what AMQP cannot express.
    ///
    /// The check is ours because librabbitmq writes one length byte whatever the length of a short string, and finds a
    /// header too large only after the method frame has gone out; either breaks the connection.
    func headerSize() throws(AMQPError) -> Int {
        guard exchange.utf8.count <= WireLimits.shortStringBytes,
            routingKey.utf8.count <= WireLimits.shortStringBytes
        else {
            throw AMQPError(
                code: .invalidMessage, message: "The exchange or routing key has more than 255 bytes; shorten it.")
        }
        guard let size = properties.encodedSize else {
            throw AMQPError(
                code: .invalidMessage,
                message: "A message property or header key has more than 255 bytes, or headers nest more than "
                    + "\(WireLimits.tableDepth) deep; shorten them.")
        }
        return size
    }
}
