import Synchronization

/// Lends sessions to tasks that need one to themselves, or just a free one.
///
/// Sessions are made when they are needed and stay. Who waits is served in the order of arrival.
public final class PostgresPool: PostgresExecutor {
    private typealias Waiter = CheckedContinuation<Result<PostgresSession, PostgresError>, Never>
    private typealias Machine = PoolStateMachine<PostgresSession, Waiter>

    private struct State {
        var machine: Machine
        /// All sessions, lent or not, for closing.
        var sessions: [PostgresSession] = []
    }

    /// More tasks than this waiting for a session means that the database cannot keep up.
    public static let defaultMaxWaiters = 10_000

    private let configuration: PostgresConfiguration
    private let backoff: PostgresBackoff
    private let onStateChange: @Sendable (PostgresSessionState) -> Void
    private let state: Mutex<State>

    /// A pool without connections yet.
    ///
    /// - Parameters:
    ///   - configuration: where and how to connect.
    ///   - size: the most sessions, at least 1.
    ///   - maxWaiters: the most tasks waiting for one; more get `queueFull`.
    ///   - backoff: the pauses between attempts to connect.
    ///   - onStateChange: told about every change of every session.
    /// - Throws: `invalidConfiguration` for a size below 1.
    public init(
        _ configuration: PostgresConfiguration, size: Int, maxWaiters: Int = PostgresPool.defaultMaxWaiters,
        backoff: PostgresBackoff = .standard,
        onStateChange: @escaping @Sendable (PostgresSessionState) -> Void = { _ in }
    ) throws(PostgresError) {
        guard size >= 1, maxWaiters >= 0 else {
            throw PostgresConfiguration.invalid("a pool of \(size) sessions and \(maxWaiters) waiters cannot work")
        }
        self.configuration = configuration
        self.backoff = backoff
        self.onStateChange = onStateChange
        state = Mutex(State(machine: Machine(size: size, maxWaiters: maxWaiters)))
    }

    /// Lends a session for the time of `body`, waiting for a free one.
    ///
    /// A transaction that `body` opened by a script and left open is rolled back.
    ///
    /// - Throws: what `body` throws; `queueFull`, `closed` or `cancelled` while waiting.
    public func withSession<Value>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        let session = try await lend()
        defer { giveBack(session) }
        return try await body(session)
    }

    /// Runs all calls as one transaction on a free session.
    ///
    /// - Throws: see ``PostgresExecutor/transaction(_:)``; also `queueFull`.
    public func transaction(_ calls: [PostgresCall]) async throws(PostgresError) -> [PostgresResult] {
        let session = try await lend()
        defer { giveBack(session) }
        return try await session.transaction(calls)
    }

    /// Runs SQL text on a free session.
    ///
    /// - Throws: see ``PostgresExecutor/execute(script:)``; also `queueFull`.
    @discardableResult
    public func execute(script: String) async throws(PostgresError) -> [PostgresTextResult] {
        let session = try await lend()
        defer { giveBack(session) }
        return try await session.execute(script: script)
    }

    /// Tasks that wait for a session now.
    public var waiterCount: Int { state.withLock { $0.machine.waiterCount } }

    /// Ends the pool and all its sessions, lent ones included. Whoever still waits gets `closed`.
    public func close() async {
        let (waiters, sessions) = state.withLock { state in
            defer { state.sessions = [] }
            return (state.machine.close(), state.sessions)
        }
        for waiter in waiters { waiter.resume(returning: .failure(.closed("pool"))) }
        for session in sessions { await session.close() }
    }

    private func lend() async throws(PostgresError) -> PostgresSession {
        let id = state.withLock { $0.machine.makeWaiterID() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                lend(id, waiter)
            }
        } onCancel: {
            abandon(id)
        }
        return try outcome.get()
    }

    private func lend(_ id: Int, _ waiter: Waiter) {
        enum Step {
            case use(PostgresSession)
            case wait
            case refuse(PostgresError)
        }
        // Checked here, since a cancellation before this point found no waiter to end.
        if Task.isCancelled { return waiter.resume(returning: .failure(.cancelled(afterSending: false))) }
        let step = state.withLock { state -> Step in
            switch state.machine.lend(id, waiter) {
            case .use(let session):
                return .use(session)
            case .make:
                let session = PostgresSession(configuration, backoff: backoff, onStateChange: onStateChange)
                state.sessions.append(session)
                return .use(session)
            case .wait:
                return .wait
            case .refuseFull:
                return .refuse(
                    PostgresError(
                        code: .queueFull,
                        message: "\(state.machine.waiterCount) tasks wait for a session, enlarge the pool or"
                            + " lower the load"))
            case .refuseClosed:
                return .refuse(.closed("pool"))
            }
        }
        switch step {
        case .use(let session): waiter.resume(returning: .success(session))
        case .refuse(let error): waiter.resume(returning: .failure(error))
        case .wait:
            // A cancellation between the check above and the entry found nobody either.
            if Task.isCancelled { abandon(id) }
        }
    }

    private func abandon(_ id: Int) {
        let waiter = state.withLock { $0.machine.abandon(id) }
        waiter?.resume(returning: .failure(.cancelled(afterSending: false)))
    }

    private func giveBack(_ session: PostgresSession) {
        session.dropIfInTransaction()
        let next = state.withLock { $0.machine.giveBack(session) }
        next?.resume(returning: .success(session))
    }
}
