/// What runs the tasks of one simulated process: they all end up with the scheduler.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class ProcessExecutor: TaskExecutor, @unchecked Sendable {
    private let scheduler: Scheduler
    /// Whether the process stands still, as after SIGSTOP.
    var isPaused = false

    init(_ scheduler: Scheduler) {
        self.scheduler = scheduler
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(UnownedJob(job), on: self)
    }
}
