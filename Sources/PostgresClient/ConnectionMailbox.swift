import Synchronization

/// What the callers and the thread of one connection share.
///
///     connecting ──► open ──► closing ──► closed
///         └────────────┴─────────┴───────────►
final class ConnectionMailbox: Sendable {
    enum Phase: Sendable {
        /// Can transition to: open, closing, closed
        case connecting
        /// Can transition to: closing, closed
        case open
        /// The owner asked for the end. Can transition to: closed
        case closing
        case closed
    }

    private struct State {
        var phase = Phase.connecting
        var arrived: [Submission] = []
        /// Submissions that arrived and are not answered.
        var outstanding = 0
        var isInTransaction = false
        /// Why submissions are refused from now on.
        var refusal: PostgresError?
    }

    private let state = Mutex(State())
    let wakeup: WakeupDescriptor
    /// Set once, when the connection can be used or will never be.
    let opened = OneShot<Result<Void, PostgresError>>()
    /// Set once, when the thread has released everything.
    let terminated = OneShot<Void>()
    /// What to listen to.
    let listener: PostgresListener
    /// Told once about a connection that was open and broke; not when the owner closed it.
    let onLost: @Sendable (PostgresError) -> Void

    init(
        listener: PostgresListener, onLost: @escaping @Sendable (PostgresError) -> Void
    ) throws(PostgresError) {
        self.listener = listener
        self.onLost = onLost
        wakeup = try WakeupDescriptor()
    }

    // MARK: For the callers

    var phase: Phase { state.withLock { $0.phase } }
    var isInTransaction: Bool { state.withLock { $0.isInTransaction } }

    /// Hands work to the thread, or refuses it at once.
    func submit(_ submission: Submission) {
        enum Step {
            case wake, leave
            case refuse(PostgresError)
        }
        let step = state.withLock { state -> Step in
            if let refusal = state.refusal { return .refuse(refusal) }
            guard state.outstanding < PostgresLimits.maxQueuedTransactions else {
                return .refuse(
                    PostgresError(
                        code: .queueFull,
                        message: "\(state.outstanding) transactions wait for one connection, use more connections"
                            + " or fewer callers"))
            }
            state.outstanding += 1
            state.arrived.append(submission)
            // One signal is enough until the thread has taken what arrived.
            return state.arrived.count == 1 ? .wake : .leave
        }
        switch step {
        case .wake: wakeup.signal()
        case .leave: break
        case .refuse(let error): submission.finish(.failure(error))
        }
    }

    /// Asks the thread to end. Returns at once.
    func requestClose() {
        let mustWake = state.withLock { state -> Bool in
            switch state.phase {
            case .connecting, .open:
                state.phase = .closing
                state.refusal = .closed("connection")
                return true
            case .closing, .closed: return false
            }
        }
        if mustWake { wakeup.signal() }
    }

    // MARK: For the thread

    var isCloseRequested: Bool { phase == .closing }

    /// Takes what arrived since the last call.
    func takeArrived() -> [Submission] {
        state.withLock { state in
            guard !state.arrived.isEmpty else { return [] }
            defer { state.arrived = [] }
            return state.arrived
        }
    }

    /// From now on the connection can be used; false when the owner asked for the end meanwhile.
    func becomeOpen() -> Bool {
        state.withLock { state in
            guard state.phase == .connecting else { return false }
            state.phase = .open
            return true
        }
    }

    /// Notes that answers were given, and the state the session is in.
    func noteAnswered(_ count: Int, isInTransaction: Bool) {
        state.withLock { state in
            state.outstanding -= count
            state.isInTransaction = isInTransaction
        }
    }

    /// No work is taken any more; gives back what arrived and was not taken.
    func becomeClosed(_ refusal: PostgresError) -> [Submission] {
        state.withLock { state in
            state.phase = .closed
            state.refusal = refusal
            defer { state.arrived = [] }
            return state.arrived
        }
    }
}
