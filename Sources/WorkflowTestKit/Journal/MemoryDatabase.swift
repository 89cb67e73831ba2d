import Synchronization
import WorkflowCore

/// Tables in memory that answer at once; for tests that need a journal and no faults.
public final class MemoryDatabase: JournalTransport {
    private let tables: Mutex<JournalTables>
    private let now: @Sendable () -> Timestamp

    /// Empty tables.
    ///
    /// - Parameter now: The server's clock.
    public init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        tables = Mutex(JournalTables(startedAt: now()))
    }

    /// Carries a transaction out.
    public func transact<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (inout JournalTables, Timestamp) -> Value
    ) async throws(TransportFailure) -> Value {
        tables.withLock { tables in
            defer { _ = tables.takeChanges() }
            return body(&tables, now())
        }
    }
}
