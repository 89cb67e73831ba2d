/// A time that an execution waits for.
public struct ExecutionTimer: Sendable, Equatable {
    /// What is to happen then.
    public enum Purpose: Sendable, Equatable {
        /// The next attempt of a step, after this one failed.
        case retry(step: Int, attempt: Int)
        /// The time that a step waits for, or up to which it waits for a signal.
        case wait(step: Int)
        /// The time that a child may take.
        case childTimeout(step: Int, attempt: Int)
        /// The execution has taken as long as its workflow allows.
        case executionTimeout
    }

    /// The execution it belongs to.
    public let executionID: ExecutionID
    /// What is to happen then.
    public let purpose: Purpose
    /// When it is due.
    public let due: Timestamp

    /// A timer from its parts.
    public init(executionID: ExecutionID, purpose: Purpose, due: Timestamp) {
        self.executionID = executionID
        self.purpose = purpose
        self.due = due
    }
}
