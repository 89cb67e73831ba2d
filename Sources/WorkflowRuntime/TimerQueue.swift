import Synchronization
import WorkflowCore

/// Times that executions wait for, in memory: one task sleeps for the next of them, however many there are.
///
/// Nothing here is durable. What waits is in the journal, and whoever takes an execution over puts its times in again.
final class TimerQueue: Sendable {
    /// The executions that may still be told of their times.
    private final class Waiting: Sendable {
        let ids = Mutex<Set<ExecutionID>>([])
    }

    private let waiting: Waiting
    private let alarm: Alarm<ExecutionTimer>

    init(environment: RuntimeEnvironment, fire: @escaping @Sendable (ExecutionTimer) -> Void) {
        let waiting = Waiting()
        self.waiting = waiting
        alarm = Alarm(
            environment: environment, now: { environment.now().microsecondsSinceEpoch },
            isWanted: { timer in waiting.ids.withLock { $0.contains(timer.executionID) } },
            ring: { timer in
                fire(timer)
                return nil
            }
        )
    }

    /// Adds a time to wait for.
    func schedule(_ timer: ExecutionTimer) {
        waiting.ids.withLock { _ = $0.insert(timer.executionID) }
        alarm.add(timer, due: timer.due.microsecondsSinceEpoch)
    }

    /// Drops the times of an execution that has ended or is somebody else's.
    func forget(_ execution: ExecutionID) {
        waiting.ids.withLock { _ = $0.remove(execution) }
    }

    /// How many times are kept, dropped ones that are still to be cleared away included.
    var count: Int { alarm.count }
}
