/// What became of one published message.
public enum AMQPPublishOutcome: Sendable, Hashable {
    /// The broker has taken responsibility for it in every queue that it was routed to.
    case confirmed
    /// It was mandatory and no queue was bound for it; the broker does not have it.
    case returned(replyCode: Int, replyText: String)
    /// A queue refused it (for example its length limit); the broker does not have it. Publish again later.
    case rejected
    /// The broker will never take it as it is: unknown exchange, no permission, too large, or not expressible.
    case failed(AMQPError)

    /// Whether the broker has it.
    public var isConfirmed: Bool { self == .confirmed }
}
