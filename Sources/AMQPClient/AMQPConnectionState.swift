/// What a publisher or subscription reports about its connection.
public enum AMQPConnectionState: Sendable, Hashable {
    /// An attempt has failed; the next begins after the delay.
    case connectFailed(AMQPError, nextAttemptIn: Duration)
    /// Connected and ready (for a subscription: set up and consuming).
    case connected
    /// The connection was lost or its consumer cancelled; the next attempt begins after the delay.
    case lost(AMQPError, nextAttemptIn: Duration)
    /// The broker takes no more messages for now, because of an alarm such as memory or disk space.
    case blocked(reason: String)
    /// The broker takes messages again.
    case unblocked
    /// The service has ended.
    case stopped
}
