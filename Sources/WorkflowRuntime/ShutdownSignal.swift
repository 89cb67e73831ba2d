import ServiceLifecycle
import Synchronization

/// Whether a graceful shutdown was asked for, for tasks that wait for that.
///
/// ServiceLifecycle has such waits too, but they go through tasks that follow no executor, which a simulation could not
/// repeat.
final class ShutdownSignal: Sendable {
    private struct State {
        var isTriggered = false
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Runs something that can wait for the shutdown of the service that it is part of.
    static func observing<Value>(_ body: (ShutdownSignal) async throws -> Value) async rethrows -> Value {
        let signal = ShutdownSignal()
        return try await withGracefulShutdownHandler {
            try await body(signal)
        } onGracefulShutdown: {
            signal.trigger()
        }
    }

    private func trigger() {
        let waiters = state.withLock { state in
            state.isTriggered = true
            defer { state.waiters = [:] }
            return state.waiters.sorted { $0.key < $1.key }
        }
        for waiter in waiters { waiter.value.resume() }
    }

    /// Waits for the shutdown.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func wait() async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isTriggered || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
        if !state.withLock({ $0.isTriggered }) { throw CancellationError() }
    }

    /// Runs something, and cancels it at shutdown.
    func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [self] in
                try? await wait()
            }
            group.addTask { try await body() }
            // Whichever ends first ends the other. What the body throws is what the caller hears.
            while try await group.next() != nil { group.cancelAll() }
        }
    }
}
