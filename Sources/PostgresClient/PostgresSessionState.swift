/// What a session tells about its connection. One line of log each.
public enum PostgresSessionState: Sendable, Equatable {
    /// Connected, to `endpoint` (host and port).
    case connected(endpoint: String)
    /// An attempt failed, the `attempt`th in a row; the next one follows after `retryAfter`.
    case connectFailed(PostgresError, attempt: Int, retryAfter: Duration)
    /// The connection broke; the next use connects again.
    case lost(PostgresError)
    /// The owner closed the session.
    case closed
}
