/// Where an execution stands. The raw values are the `status` column of `executions`.
public enum ExecutionStatus: String, Sendable, CaseIterable {
    /// Accepted, no step started. Can transition to: running, cancelled.
    case pending = "PENDING"
    /// At least one step may be working. Can transition to: waiting, paused, success, failed, cancelled.
    case running = "RUNNING"
    /// Only timers, signals or children are awaited. Can transition to: running, paused, failed, cancelled.
    case waiting = "WAITING"
    /// Held by an operator. Can transition to: running, cancelled.
    case paused = "PAUSED"
    /// Ended with an output.
    case success = "SUCCESS"
    /// Ended with an error.
    case failed = "FAILED"
    /// Ended by request.
    case cancelled = "CANCELLED"

    /// Whether an execution in this status never changes again.
    public var isTerminal: Bool {
        switch self {
        case .success, .failed, .cancelled: true
        case .pending, .running, .waiting, .paused: false
        }
    }
}

/// Where a step stands. The raw values are the `status` column of `execution_steps`.
public enum StepStatus: String, Sendable, CaseIterable {
    /// What it needs is not over. Can transition to: running, waiting, success, failed, cancelled, skipped.
    case pending = "PENDING"
    /// An attempt is recorded and its agent has been or is being called, or items of it are at work. Can transition to:
    /// success, waiting, failed, cancelled.
    case running = "RUNNING"
    /// It waits for its next attempt, a time or a signal; when that is due is recorded. Can transition to: running, success,
    /// failed, cancelled.
    case waiting = "WAITING"
    /// Ended with an output. Can transition to: compensated, when its execution fails later.
    case success = "SUCCESS"
    /// Ended with an error.
    case failed = "FAILED"
    /// Never to run, because the execution ended first.
    case cancelled = "CANCELLED"
    /// Not run because its condition did not hold.
    case skipped = "SKIPPED"
    /// Its effect was undone after the execution failed.
    case compensated = "COMPENSATED"

    /// Whether a step in this status is over.
    public var isTerminal: Bool {
        switch self {
        case .pending, .running, .waiting: false
        case .success, .failed, .cancelled, .skipped, .compensated: true
        }
    }
}
