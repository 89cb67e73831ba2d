/// The broker's answer to the declaration of a queue.
public struct AMQPQueueInfo: Sendable, Hashable {
    /// The name, chosen by the broker if none was given.
    public var name: String
    /// Messages ready for delivery.
    public var messageCount: Int
    /// Active consumers.
    public var consumerCount: Int

    /// Creates an answer.
    public init(name: String, messageCount: Int, consumerCount: Int) {
        self.name = name
        self.messageCount = messageCount
        self.consumerCount = consumerCount
    }
}
