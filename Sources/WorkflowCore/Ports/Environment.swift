/// Time and randomness for the runtime, injected so that a simulator can own both.
public struct RuntimeEnvironment: Sendable {
    /// The time now.
    public let now: @Sendable () -> Timestamp
    /// 64 random bits.
    public let randomBits: @Sendable () -> UInt64

    /// An environment from its parts.
    public init(now: @escaping @Sendable () -> Timestamp, randomBits: @escaping @Sendable () -> UInt64) {
        self.now = now
        self.randomBits = randomBits
    }

    /// A new id for an execution.
    public func newExecutionID() -> ExecutionID {
        ExecutionID(now: now(), randomBits: randomBits(), randomBits())
    }
}
