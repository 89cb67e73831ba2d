/// What a ``PostgresSession`` does about its connection. Decides only; the session carries the actions out.
///
///     disconnected ──use──► connecting ──success──► connected
///          ▲                  │   ▲ └──failure──┐       │
///          │◄──last waiter───┘   └────wait─────┘       │
///          └────────────────────lost──────────────────┘        any ──close──► closed
///
/// Generic over the connection and the waiter so that a test needs neither.
struct SessionStateMachine<Connection, Waiter> {
    enum Phase {
        /// Can transition to: connecting, closed
        case disconnected
        /// Can transition to: connected, disconnected, closed
        case connecting
        /// Can transition to: disconnected, connecting, closed
        case connected(Connection)
        case closed
    }

    enum AcquireAction {
        case use(Connection)
        case wait
        /// Wait, and start attempts under this generation.
        case waitAndConnect(generation: Int)
        case refuse
    }

    private(set) var phase = Phase.disconnected
    /// Counts the connections; reports about an older one are stale.
    private(set) var generation = 0
    /// Failed attempts, and connections that broke before they did any work, since the last success.
    private(set) var failures = 0
    private var waiters: [Int: Waiter] = [:]
    private var nextWaiter = 0

    /// A number for a waiter to come.
    mutating func makeWaiterID() -> Int {
        nextWaiter += 1
        return nextWaiter
    }

    /// Somebody needs the connection.
    mutating func acquire(_ id: Int, _ waiter: Waiter) -> AcquireAction {
        switch phase {
        case .connected(let connection):
            return .use(connection)
        case .connecting:
            waiters[id] = waiter
            return .wait
        case .disconnected:
            waiters[id] = waiter
            phase = .connecting
            generation += 1
            return .waitAndConnect(generation: generation)
        case .closed:
            return .refuse
        }
    }

    /// Somebody no longer waits. When nobody is left the attempts end: `mustStop`.
    mutating func abandon(_ id: Int) -> (waiter: Waiter?, mustStop: Bool) {
        let waiter = waiters.removeValue(forKey: id)
        if case .connecting = phase, waiter != nil, waiters.isEmpty {
            phase = .disconnected
            return (waiter, true)
        }
        return (waiter, false)
    }

    /// An attempt succeeded. Gives back who waits for it, or nil when it is not wanted any more.
    mutating func succeed(_ connection: Connection, generation: Int) -> [Waiter]? {
        guard case .connecting = phase, generation == self.generation else { return nil }
        phase = .connected(connection)
        defer { waiters = [:] }
        return Array(waiters.values)
    }

    /// An attempt failed; false when it is not wanted any more.
    mutating func fail(generation: Int) -> Bool {
        guard case .connecting = phase, generation == self.generation else { return false }
        failures += 1
        return true
    }

    /// The connection broke; false when that was known.
    mutating func lose(generation: Int) -> Bool {
        guard case .connected = phase, generation == self.generation else { return false }
        phase = .disconnected
        failures += 1
        return true
    }

    /// Somebody found this connection broken; false when that was known.
    mutating func lose(where isBroken: (Connection) -> Bool) -> Bool {
        guard case .connected(let connection) = phase, isBroken(connection) else { return false }
        return lose(generation: generation)
    }

    /// The connection did work, so it is healthy.
    mutating func noteWork() {
        failures = 0
    }

    /// The owner gives the connection up without closing the session.
    mutating func drop() -> Connection? {
        guard case .connected(let connection) = phase else { return nil }
        phase = .disconnected
        return connection
    }

    /// The end. `wasOpen` is false when it was closed before.
    mutating func close() -> (wasOpen: Bool, connection: Connection?, waiters: [Waiter]) {
        defer {
            phase = .closed
            waiters = [:]
        }
        switch phase {
        case .closed: return (false, nil, [])
        case .connected(let connection): return (true, connection, [])
        case .disconnected, .connecting: return (true, nil, Array(waiters.values))
        }
    }
}
