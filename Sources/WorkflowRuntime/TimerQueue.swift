import HeapModule
import Synchronization
import WorkflowCore

/// Times that steps wait for, in memory: one task sleeps for the next of them, however many there are.
///
/// Nothing here is durable. What waits is in the journal, and whoever takes an execution over puts its times in again.
final class TimerQueue: Sendable {
    private struct Entry: Comparable {
        let timer: StepTimer
        static func < (left: Entry, right: Entry) -> Bool { left.timer.due < right.timer.due }
        static func == (left: Entry, right: Entry) -> Bool { left.timer == right.timer }
    }

    private struct State {
        var heap = Heap<Entry>()
        var sleeper: Task<Void, Never>?
    }

    /// The longest sleep: a clock that is set forward is noticed after that long.
    private static let longestSleepMicroseconds: Int64 = 60_000_000

    private let environment: RuntimeEnvironment
    private let fire: @Sendable (StepTimer) -> Void
    private let state = Mutex(State())

    init(environment: RuntimeEnvironment, fire: @escaping @Sendable (StepTimer) -> Void) {
        self.environment = environment
        self.fire = fire
    }

    /// Adds a time to wait for.
    func schedule(_ timer: StepTimer) {
        state.withLock { state in
            let isFirst = state.heap.min.map { timer.due < $0.timer.due } ?? true
            state.heap.insert(Entry(timer: timer))
            if isFirst { sleep(&state) }
        }
    }

    private func sleep(_ state: inout State) {
        state.sleeper?.cancel()
        guard let next = state.heap.min?.timer.due else { return }
        let left = next.microsecondsSinceEpoch - environment.now().microsecondsSinceEpoch
        let pause = Duration.microseconds(max(0, min(left, Self.longestSleepMicroseconds)))
        state.sleeper = Task(executorPreference: environment.executor) { [weak self, sleep = environment.sleep] in
            do { try await sleep(pause) } catch { return }
            self?.wake()
        }
    }

    private func wake() {
        let due = state.withLock { state in
            let time = environment.now()
            var due: [StepTimer] = []
            while let first = state.heap.min, first.timer.due <= time {
                due.append(first.timer)
                state.heap.removeMin()
            }
            sleep(&state)
            return due
        }
        for timer in due { fire(timer) }
    }
}
