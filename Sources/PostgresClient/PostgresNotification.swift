/// What another session said with NOTIFY on a channel that this one listens to.
public struct PostgresNotification: Sendable, Equatable {
    /// The channel.
    public let channel: String
    /// What was said; empty when nothing was.
    public let payload: String

    /// A notification from its parts.
    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
