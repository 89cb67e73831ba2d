import DequeModule
import Foundation

/// Threads of the agents' own: an agent that computes for seconds delays no heartbeat and no commit.
///
/// A task executor (SE-0417): tasks started with it as their preference run their synchronous stretches here. The
/// threads live as long as the process; they sleep when there is nothing to do.
///
/// Work that has begun goes before work that waits to begin: a thread asks for a new call when it has nothing else to do.
///
/// Sendable without the compiler's proof: what changes is touched only with `condition` locked.
final class AgentThreads: TaskExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: Deque<UnownedJob> = []
    /// New calls that may begin.
    private var offers = 0
    private var begin: (@Sendable () -> Void)?

    /// Stretches of work that a thread does one after another while a new call waits: agents that never stop to ask for
    /// a thread must not keep others from beginning.
    private static let patience = 32

    /// Starts `count` threads.
    init(count: Int) {
        for index in 0..<count {
            let thread = Thread { [self] in work() }
            thread.name = "agent-\(index)"
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    /// Sets what begins a call that waits, if there is still one.
    func whenFree(_ body: @escaping @Sendable () -> Void) {
        condition.lock()
        begin = body
        condition.unlock()
    }

    /// Says that one more call waits for a thread.
    func offer() {
        condition.lock()
        offers += 1
        condition.signal()
        condition.unlock()
    }

    private func work() {
        var streak = 0
        while true {
            condition.lock()
            while jobs.isEmpty && offers == 0 { condition.wait() }
            if offers > 0 && (jobs.isEmpty || streak >= Self.patience) {
                offers -= 1
                let begin = begin
                condition.unlock()
                streak = 0
                begin?()
            } else {
                let taken = jobs.removeFirst()
                condition.unlock()
                streak += 1
                taken.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
    }
}
