import CLibPQ

/// The fields of an error report, by the letters of the wire protocol.
enum DiagnosticField: UInt8 {
    case severity = 0x56  // V, never translated
    case sqlState = 0x43  // C
    case primary = 0x4D  // M
    case detail = 0x44  // D
    case hint = 0x48  // H
    case constraint = 0x6E  // n

    /// Copies the field out of a result, which stays the caller's.
    func read(from result: OpaquePointer?) -> String? {
        PQresultErrorField(result, Int32(rawValue)).map { String(cString: $0) }
    }
}

extension PostgresError {
    /// Whether a report ends the connection rather than the statement.
    static func endsConnection(_ result: OpaquePointer?) -> Bool {
        switch DiagnosticField.severity.read(from: result) {
        case "FATAL", "PANIC": true
        default: false
        }
    }

    /// The server's report about a statement. The result stays the caller's.
    init(result: OpaquePointer?, statementName: String?) {
        let state = DiagnosticField.sqlState.read(from: result).map(PostgresSQLState.init(rawValue:))
        let words =
            DiagnosticField.primary.read(from: result)
            ?? LibPQText.line(PQresultErrorMessage(result).map { String(cString: $0) } ?? "no message")
        var message = statementName.map { "statement \"\($0)\" failed: \(words)" } ?? words
        if let advice = state?.advice { message += "; \(advice)" }
        self.init(
            code: .serverError, message: message, sqlState: state,
            detail: DiagnosticField.detail.read(from: result), hint: DiagnosticField.hint.read(from: result),
            constraintName: DiagnosticField.constraint.read(from: result), statementName: statementName)
    }

    /// A connection that could not be made. `report` is libpq's text, written with verbose errors.
    static func connectFailed(_ report: String, to configuration: PostgresConfiguration) -> PostgresError {
        let state = LibPQText.sqlState(in: report)
        let words = LibPQText.line(report, without: state)
        let advice = state?.advice ?? "check that the server runs there and accepts connections"
        return PostgresError(
            code: .connectionFailed,
            message: "cannot connect to PostgreSQL at \(configuration.endpoint): \(words); \(advice)", sqlState: state)
    }

    /// An established connection that broke while `statementName` ran, if any.
    static func connectionLost(
        _ reason: String, endpoint: String, sqlState: PostgresSQLState? = nil, statementName: String? = nil,
        isOutcomeUnknown: Bool = false
    ) -> PostgresError {
        let consequence =
            isOutcomeUnknown
            ? "whether the transaction was committed is unknown, look it up before repeating it"
            : "nothing was committed, it can be repeated"
        return PostgresError(
            code: .connectionLost,
            message: "connection to PostgreSQL at \(endpoint) was lost (\(reason)); \(consequence)",
            sqlState: sqlState, statementName: statementName, isOutcomeUnknown: isOutcomeUnknown)
    }

    /// The waiting task was cancelled, before or after its transaction was sent.
    static func cancelled(afterSending: Bool) -> PostgresError {
        PostgresError(
            code: .cancelled,
            message: afterSending
                ? "the task was cancelled while its transaction ran, which may still be committed"
                : "the task was cancelled before anything was sent",
            isOutcomeUnknown: afterSending)
    }

    /// The owner closed `what`.
    static func closed(_ what: String, isOutcomeUnknown: Bool = false) -> PostgresError {
        PostgresError(
            code: .closed,
            message: isOutcomeUnknown
                ? "the \(what) was closed while the transaction ran, which may have been committed"
                : "the \(what) is closed, open a new one",
            isOutcomeUnknown: isOutcomeUnknown)
    }
}
