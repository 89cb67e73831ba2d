/// Every failure of this module.
///
/// Branch on ``code`` and ``sqlState``, never on the text. Never contains a password.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure.
    public var code: PostgresErrorCode
    /// What happened and what to do about it, in one sentence.
    public var message: String
    /// The server's own code, when the server reported the failure.
    public var sqlState: PostgresSQLState?
    /// The server's DETAIL. May quote values of the row.
    public var detail: String?
    /// The server's HINT.
    public var hint: String?
    /// The constraint or unique index that was violated.
    public var constraintName: String?
    /// The name of the ``PostgresStatement`` that failed.
    public var statementName: String?
    /// Whether the transaction may have been committed although it failed here. Look the work up before doing it
    /// again.
    public var isOutcomeUnknown: Bool

    /// An error with the parts that are known.
    public init(
        code: PostgresErrorCode, message: String, sqlState: PostgresSQLState? = nil, detail: String? = nil,
        hint: String? = nil, constraintName: String? = nil, statementName: String? = nil,
        isOutcomeUnknown: Bool = false
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.detail = detail
        self.hint = hint
        self.constraintName = constraintName
        self.statementName = statementName
        self.isOutcomeUnknown = isOutcomeUnknown
    }

    /// Whether trying again can succeed without anybody changing anything. When ``isOutcomeUnknown`` is also set, a
    /// plain repetition may do the work twice.
    public var isRetriable: Bool {
        switch code {
        case .connectionFailed:
            switch sqlState {
            case .invalidPassword, .invalidAuthorization, .invalidCatalogName: false
            default: true
            }
        case .connectionLost, .queueFull: true
        case .serverError: sqlState?.isTransient ?? false
        default: false
        }
    }

    /// The code, the message and, when present, SQLSTATE, detail and hint, on one line.
    public var description: String {
        var text = "\(code): \(message)"
        if let sqlState { text += " [SQLSTATE \(sqlState)]" }
        if let detail { text += " [detail: \(detail)]" }
        if let hint { text += " [hint: \(hint)]" }
        return text
    }
}
