import Foundation

/// Threads of the agents' own: an agent that computes for seconds delays no heartbeat and no commit.
///
/// A task executor (SE-0417): tasks started with it as their preference run their synchronous stretches here. The
/// threads live as long as the process; they sleep when there is nothing to do.
///
/// Sendable without the compiler's proof: `jobs` is touched only with `condition` locked.
final class AgentThreads: TaskExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

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

    private func work() {
        while true {
            condition.lock()
            while jobs.isEmpty { condition.wait() }
            let taken = jobs.removeFirst()
            condition.unlock()
            taken.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
