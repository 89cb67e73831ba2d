/// Channels that a connection listens to from its beginning, and who is told.
///
/// A notification can get lost: nobody hears those that are sent while there is no connection. So they are hints, and what
/// they hint at must be found without them too.
public struct PostgresListener: Sendable {
    /// Listens to nothing.
    public static let none = PostgresListener(channels: []) { _ in }

    /// The names of the channels, at most 63 bytes each.
    public let channels: [String]
    /// Told of each notification, on the connection's thread; must not block.
    public let onNotification: @Sendable (PostgresNotification) -> Void

    /// A listener.
    public init(channels: [String], onNotification: @escaping @Sendable (PostgresNotification) -> Void) {
        self.channels = channels
        self.onNotification = onNotification
    }

    /// The statements that begin to listen.
    var statements: [PostgresStatement] {
        channels.map { channel in
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            return PostgresStatement(name: "listen \(channel)", sql: "LISTEN \"\(quoted)\"")
        }
    }
}
