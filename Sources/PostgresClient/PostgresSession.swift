import Synchronization

/// A connection that comes back: it connects when it is first used, and again after it broke.
///
/// Attempts go on, with growing pauses, for as long as a task waits for the connection; every change is reported, so
/// that the owner can log it. A transaction is repeated by itself only when none of it was sent. One that was under
/// way when the connection broke throws `connectionLost` with ``PostgresError/isOutcomeUnknown``.
public final class PostgresSession: PostgresExecutor {
    private typealias Waiter = CheckedContinuation<Result<PostgresConnection, PostgresError>, Never>
    private typealias Machine = SessionStateMachine<PostgresConnection, Waiter>

    private struct State {
        var machine = Machine()
        var attempts: Task<Void, Never>?
    }

    private let configuration: PostgresConfiguration
    private let listener: PostgresListener
    private let backoff: PostgresBackoff
    private let onStateChange: @Sendable (PostgresSessionState) -> Void
    private let state = Mutex(State())

    /// A session that is not connected yet.
    ///
    /// - Parameters:
    ///   - configuration: where and how to connect.
    ///   - listener: the channels to listen to; again on each new connection.
    ///   - backoff: the pauses between attempts.
    ///   - onStateChange: called for every change, possibly from the connection's thread; must not block.
    public init(
        _ configuration: PostgresConfiguration, listener: PostgresListener = .none,
        backoff: PostgresBackoff = .standard,
        onStateChange: @escaping @Sendable (PostgresSessionState) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.listener = listener
        self.backoff = backoff
        self.onStateChange = onStateChange
    }

    deinit {
        state.withLock { $0.attempts }?.cancel()
    }

    /// Whether there is a connection now. For health pages; a use does not need to ask.
    public var isConnected: Bool {
        state.withLock { state in
            if case .connected(let connection) = state.machine.phase { connection.isOpen } else { false }
        }
    }

    /// Waits until connected, for start-up.
    ///
    /// - Throws: `cancelled` or `closed`; failures to connect are reported and tried again.
    public func connect() async throws(PostgresError) {
        _ = try await acquire()
    }

    /// Runs all calls as one transaction in one round trip, connecting first where needed.
    ///
    /// - Throws: see ``PostgresExecutor/transaction(_:)``.
    public func transaction(_ calls: [PostgresCall]) async throws(PostgresError) -> [PostgresResult] {
        while true {
            let connection = try await acquire()
            do throws(PostgresError) {
                let results = try await connection.transaction(calls)
                noteWork()
                return results
            } catch {
                try noteFailure(error, of: connection)
            }
        }
    }

    /// Runs SQL text without parameters, connecting first where needed.
    ///
    /// - Throws: see ``PostgresExecutor/execute(script:)``.
    @discardableResult
    public func execute(script: String) async throws(PostgresError) -> [PostgresTextResult] {
        while true {
            let connection = try await acquire()
            do throws(PostgresError) {
                let results = try await connection.execute(script: script)
                noteWork()
                return results
            } catch {
                try noteFailure(error, of: connection)
            }
        }
    }

    /// Ends the session and its connection. Whoever still waits gets `closed`.
    public func close() async {
        let (end, attempts) = state.withLock { ($0.machine.close(), $0.attempts) }
        attempts?.cancel()
        for waiter in end.waiters { waiter.resume(returning: .failure(.closed("session"))) }
        await end.connection?.close()
        if end.wasOpen { onStateChange(.closed) }
    }

    /// Gives up a connection that was left in an open transaction; the server rolls it back.
    func dropIfInTransaction() {
        let dropped = state.withLock { state -> PostgresConnection? in
            guard case .connected(let connection) = state.machine.phase, connection.isInTransaction else { return nil }
            return state.machine.drop()
        }
        // Its last reference goes here, which closes it.
        _ = dropped
    }

    // MARK: Work

    private func noteWork() {
        state.withLock { $0.machine.noteWork() }
    }

    /// Returns when the work was not sent and can be tried on a new connection, throws otherwise.
    private func noteFailure(_ error: PostgresError, of connection: PostgresConnection) throws(PostgresError) {
        switch error.code {
        case .connectionLost where !error.isOutcomeUnknown:
            // Usually known by now, but the connection's own report may still be on its way.
            if state.withLock({ $0.machine.lose { $0 === connection } }) { onStateChange(.lost(error)) }
            return
        case .closed where !error.isOutcomeUnknown && !isClosed: return
        case .serverError: noteWork()
        default: break
        }
        throw error
    }

    private var isClosed: Bool {
        state.withLock { if case .closed = $0.machine.phase { true } else { false } }
    }

    // MARK: Connecting

    private func acquire() async throws(PostgresError) -> PostgresConnection {
        let (ready, id) = state.withLock { state -> (PostgresConnection?, Int) in
            if case .connected(let connection) = state.machine.phase { return (connection, 0) }
            return (nil, state.machine.makeWaiterID())
        }
        if let ready { return ready }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                acquire(id, waiter)
            }
        } onCancel: {
            abandon(id)
        }
        return try outcome.get()
    }

    private func acquire(_ id: Int, _ waiter: Waiter) {
        // Checked here, since a cancellation before this point found no waiter to end.
        if Task.isCancelled { return waiter.resume(returning: .failure(.cancelled(afterSending: false))) }
        let action = state.withLock { state -> Machine.AcquireAction in
            let action = state.machine.acquire(id, waiter)
            if case .waitAndConnect(let generation) = action {
                state.attempts = Task { await self.attempt(generation) }
            }
            return action
        }
        switch action {
        case .use(let connection): waiter.resume(returning: .success(connection))
        case .refuse: waiter.resume(returning: .failure(.closed("session")))
        case .wait, .waitAndConnect:
            // A cancellation between the check above and the entry found nobody either.
            if Task.isCancelled { abandon(id) }
        }
    }

    private func abandon(_ id: Int) {
        let (waiter, attempts) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            let (waiter, mustStop) = state.machine.abandon(id)
            return (waiter, mustStop ? state.attempts : nil)
        }
        attempts?.cancel()
        waiter?.resume(returning: .failure(.cancelled(afterSending: false)))
    }

    /// Tries until it succeeds or nobody wants the connection any more.
    private func attempt(_ generation: Int) async {
        var pause = backoff.delay(afterFailures: state.withLock { $0.machine.failures })
        while true {
            if pause > .zero {
                do { try await Task.sleep(for: pause) } catch { return }
            }
            do throws(PostgresError) {
                let connection = try await PostgresConnection.connect(configuration, listener: listener) {
                    [weak self] error in
                    self?.lose(error, generation)
                }
                return await succeed(connection, generation)
            } catch {
                if Task.isCancelled { return }
                let failures = state.withLock { state in
                    state.machine.fail(generation: generation) ? state.machine.failures : nil
                }
                guard let failures else { return }
                pause = backoff.delay(afterFailures: failures)
                onStateChange(.connectFailed(error, attempt: failures, retryAfter: pause))
            }
        }
    }

    private func succeed(_ connection: PostgresConnection, _ generation: Int) async {
        let waiters = state.withLock { $0.machine.succeed(connection, generation: generation) }
        guard let waiters else { return await connection.close() }
        onStateChange(.connected(endpoint: configuration.endpoint))
        if !connection.isOpen {
            // It broke before the machine knew of it, so its report was taken for a stale one.
            lose(.connectionLost("right after connecting", endpoint: configuration.endpoint), generation)
        }
        for waiter in waiters { waiter.resume(returning: .success(connection)) }
    }

    private func lose(_ error: PostgresError, _ generation: Int) {
        if state.withLock({ $0.machine.lose(generation: generation) }) { onStateChange(.lost(error)) }
    }
}
