/// What a connection tells without being asked, in the order in which the broker sent it.
public enum AMQPConnectionEvent: Sendable {
    /// Messages for the consumers.
    case deliveries([AMQPDelivery])
    /// Confirms of published messages.
    case confirms([AMQPConfirm])
    /// A mandatory message came back; its confirm follows.
    case returned(replyCode: Int, replyText: String, message: AMQPMessage)
    /// The broker takes no more messages for now.
    case blocked(reason: String)
    /// The broker takes messages again.
    case unblocked
    /// The broker has ended a consumer, because its queue is gone or moves.
    case consumerCancelled(tag: String)
    /// The broker has closed the channel; without consumers on it, it is opened again. What was published and not yet
    /// confirmed is unknown, and confirms count from 1 again.
    case channelClosed(AMQPError)
    /// The channel is open again, in confirm mode and with the prefetch as before.
    case channelReopened
    /// The connection is over; nothing follows. After `close()` the code is `closed`.
    case closed(AMQPError)
}
