/// The state of the database server beside its tables.
struct DatabaseState {
    /// Until when it is away.
    var backAt: Int64 = 0
}

/// A transaction on its way to the database or back.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class TransactionInFlight: @unchecked Sendable {
    /// Lost before it reached the server.
    var isDropped = false
    /// Whether the server has carried it out.
    var isDone = false
    /// Tells its task that the connection broke.
    let breakOff: () -> Void

    init(breakOff: @escaping () -> Void) {
        self.breakOff = breakOff
    }
}
