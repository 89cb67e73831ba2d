import Synchronization

/// A value that is set once and may be awaited by many, before or after.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Value, Never>])
        case set(Value)
    }

    private let state = Mutex<State>(.waiting([]))

    /// Sets the value and wakes all who wait; later values are ignored.
    func set(_ value: Value) {
        let waiting = state.withLock { state -> [CheckedContinuation<Value, Never>] in
            guard case .waiting(let continuations) = state else { return [] }
            state = .set(value)
            return continuations
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// Waits for the value. Not ended by cancellation: whoever cancels sets a value.
    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state -> Value? in
                switch state {
                case .set(let value): return value
                case .waiting(let continuations):
                    state = .waiting(continuations + [continuation])
                    return nil
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
