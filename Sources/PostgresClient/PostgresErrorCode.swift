/// What kind of failure a ``PostgresError`` reports. Open for later additions: always handle the unknown.
public struct PostgresErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The stable spelling, as it appears in logs.
    public let rawValue: String

    /// A code by its spelling.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The stable spelling.
    public var description: String { rawValue }

    /// No connection could be made: refused, timed out, TLS or authentication failed.
    public static let connectionFailed = Self(rawValue: "connectionFailed")
    /// An established connection broke, or the server ended it.
    public static let connectionLost = Self(rawValue: "connectionLost")
    /// The server refused a statement; ``PostgresError/sqlState`` says why. The transaction was rolled back.
    public static let serverError = Self(rawValue: "serverError")
    /// The server answered something that was not asked for; the connection is given up.
    public static let protocolViolation = Self(rawValue: "protocolViolation")
    /// A value of a row does not have the asked type, is null, or its column does not exist.
    public static let decoding = Self(rawValue: "decoding")
    /// The connection, session or pool was closed by its owner.
    public static let closed = Self(rawValue: "closed")
    /// The waiting task was cancelled.
    public static let cancelled = Self(rawValue: "cancelled")
    /// The connection URL or a setting cannot be used.
    public static let invalidConfiguration = Self(rawValue: "invalidConfiguration")
    /// A statement or its parameters break a limit; nothing was sent.
    public static let invalidStatement = Self(rawValue: "invalidStatement")
    /// Too many callers wait already; nothing was sent.
    public static let queueFull = Self(rawValue: "queueFull")
}
