/// Why a connection ended, from which every waiter gets an error that fits its own state.
enum ConnectionEnd {
    case closedByOwner
    case lost(reason: String, sqlState: PostgresSQLState?)
    case violation(reason: String)

    /// The error for one waiter. `isOutcomeUnknown` says whether its transaction may have been committed.
    func error(endpoint: String, statementName: String? = nil, isOutcomeUnknown: Bool = false) -> PostgresError {
        switch self {
        case .closedByOwner:
            return .closed("connection", isOutcomeUnknown: isOutcomeUnknown)
        case .lost(let reason, let sqlState):
            return .connectionLost(
                reason, endpoint: endpoint, sqlState: sqlState, statementName: statementName,
                isOutcomeUnknown: isOutcomeUnknown)
        case .violation(let reason):
            return PostgresError(
                code: .protocolViolation,
                message: "PostgreSQL at \(endpoint) answered unexpectedly (\(reason)), the connection was given up",
                statementName: statementName, isOutcomeUnknown: isOutcomeUnknown)
        }
    }
}
