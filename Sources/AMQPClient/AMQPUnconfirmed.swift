/// A message that the broker has not answered for. Two values are equal when it is the same message on the same channel.
public struct AMQPUnconfirmed: Sendable, Hashable {
    /// Which of the publisher's connections it was written to, counted from 1.
    public let connection: UInt64
    /// Which channel of that connection, counted from 1.
    public let channel: UInt64
    /// Its number on the channel, counted from 1.
    public let sequence: UInt64
    /// Where it was published to; empty for the default exchange.
    public let exchange: String
    /// Its routing key: for the default exchange, the name of a queue.
    public let routingKey: String

    /// A message; made by ``AMQPPublisher``.
    public init(connection: UInt64, channel: UInt64, sequence: UInt64, exchange: String, routingKey: String) {
        self.connection = connection
        self.channel = channel
        self.sequence = sequence
        self.exchange = exchange
        self.routingKey = routingKey
    }
}
