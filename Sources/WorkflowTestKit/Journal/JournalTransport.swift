import WorkflowCore

/// Why a transaction was not answered.
public enum TransportFailure: Error, Sendable {
    /// The connection broke; the transaction may have happened or may still happen. There is a new connection now.
    case outcomeUnknown
    /// The task was cancelled.
    case cancelled
}

/// The way from a coordinator to the in-memory tables and back.
public protocol JournalTransport: Sendable {
    /// Has one transaction carried out.
    ///
    /// - Parameters:
    ///   - name: What it is, for traces.
    ///   - body: The transaction; it gets the server's time.
    func transact<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (inout JournalTables, Timestamp) -> Value
    ) async throws(TransportFailure) -> Value

    /// The hints that the server sends to this coordinator.
    var controlHints: AsyncStream<ControlHint> { get }
}

extension JournalTransport {
    /// None.
    public var controlHints: AsyncStream<ControlHint> {
        AsyncStream { $0.finish() }
    }
}
