import Synchronization

/// Collects what arrives until its one reader takes all of it, or as much as it wants, at once.
final class Gathering<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Adds elements and wakes the reader.
    func add(_ elements: [Element]) {
        wake { $0.elements += elements }
    }

    /// Lets the reader end once it has taken everything.
    func finish() {
        wake { $0.isFinished = true }
    }

    /// What has gathered, at most `limit`; waits for the first. Empty only at the end.
    func take(atMost limit: Int) async -> [Element] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.elements.isEmpty && !state.isFinished {
                    state.waiter = continuation
                    return false
                }
                return true
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            let taken = Array(state.elements.prefix(limit))
            state.elements.removeFirst(taken.count)
            return taken
        }
    }

    private func wake(_ change: (inout sending State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
