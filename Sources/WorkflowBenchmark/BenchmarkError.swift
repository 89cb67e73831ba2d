/// Why a benchmark could not be run, in one sentence that says what to do.
public struct BenchmarkError: Error, Sendable, CustomStringConvertible {
    /// A kind of failure; more may be added, so a `switch` needs a default.
    public enum Code: String, Sendable {
        /// The database holds executions that are not the benchmark's.
        case databaseInUse = "DATABASE_IN_USE"
        /// A process that was to do the work did not start or has ended.
        case workerFailed = "WORKER_FAILED"
        /// Nothing has moved for too long.
        case stalled = "STALLED"
        /// The connection that the load goes over was lost.
        case connectionLost = "CONNECTION_LOST"
        /// The operating system refused a call.
        case systemCall = "SYSTEM_CALL"
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do.
    public let message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
