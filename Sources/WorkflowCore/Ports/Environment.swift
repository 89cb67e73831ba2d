/// Time, randomness and where tasks run, injected so that a simulator can own all three.
///
/// The runtime reads no clock, sleeps nowhere and starts no task on its own except through this.
public struct RuntimeEnvironment: Sendable {
    /// The time now. It may be set forward and back while a process runs.
    public let now: @Sendable () -> Timestamp
    /// The time since some moment; it only goes forward, and at an even pace.
    public let uptime: @Sendable () -> Duration
    /// Waits for so long; throws `CancellationError` when the task is cancelled first.
    public let sleep: @Sendable (Duration) async throws -> Void
    /// 64 random bits.
    public let randomBits: @Sendable () -> UInt64
    /// What runs the tasks that the runtime starts, agents included; nil for the process's own threads.
    ///
    /// Child tasks follow their parents; this is for the others, which would not.
    public let executor: (any TaskExecutor)?

    /// An environment from its parts.
    public init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void, randomBits: @escaping @Sendable () -> UInt64,
        executor: (any TaskExecutor)? = nil
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.randomBits = randomBits
        self.executor = executor
    }

    /// A new id for an execution.
    public func newExecutionID() -> ExecutionID {
        ExecutionID(now: now(), randomBits: randomBits(), randomBits())
    }
}
