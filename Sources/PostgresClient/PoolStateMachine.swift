/// Who has which session of a ``PostgresPool``, and who waits. Decides only; the pool carries the actions out.
///
/// A session that comes back goes to whoever has waited longest, so nobody starves. Generic, so that a test needs
/// neither sessions nor tasks.
struct PoolStateMachine<Session, Waiter> {
    enum LendAction {
        case use(Session)
        /// There is room for another: make it and use it.
        case make
        case wait
        case refuseFull
        case refuseClosed
    }

    private let size: Int
    private let maxWaiters: Int
    private var idle: [Session] = []
    private var madeCount = 0
    /// In the order of arrival. Those who left stay in `order` until their turn.
    private var waiters: [Int: Waiter] = [:]
    private var order = FIFOQueue<Int>()
    private var nextWaiter = 0
    private(set) var isClosed = false

    init(size: Int, maxWaiters: Int) {
        self.size = size
        self.maxWaiters = maxWaiters
    }

    var waiterCount: Int { waiters.count }

    /// A number for a waiter to come.
    mutating func makeWaiterID() -> Int {
        nextWaiter += 1
        return nextWaiter
    }

    /// Somebody wants a session.
    mutating func lend(_ id: Int, _ waiter: Waiter) -> LendAction {
        if isClosed { return .refuseClosed }
        // The one used last has the warmest caches on the server.
        if let session = idle.popLast() { return .use(session) }
        if madeCount < size {
            madeCount += 1
            return .make
        }
        if waiters.count >= maxWaiters { return .refuseFull }
        waiters[id] = waiter
        order.append(id)
        return .wait
    }

    /// Somebody no longer waits.
    mutating func abandon(_ id: Int) -> Waiter? {
        waiters.removeValue(forKey: id)
    }

    /// A session comes back; gives it to the next in line, if any.
    mutating func giveBack(_ session: Session) -> Waiter? {
        while let id = order.popFirst() {
            if let waiter = waiters.removeValue(forKey: id) { return waiter }
        }
        if !isClosed { idle.append(session) }
        return nil
    }

    /// The end: nobody is served any more.
    mutating func close() -> [Waiter] {
        isClosed = true
        idle = []
        defer {
            waiters = [:]
            _ = order.removeAll()
        }
        return Array(waiters.values)
    }
}
