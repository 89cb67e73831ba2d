/// When a step whose agent failed is tried again, and when that is given up.
public struct RetryPolicy: Sendable, Hashable {
    /// How the delay grows from attempt to attempt.
    public enum Backoff: String, Sendable, CaseIterable {
        /// The same each time.
        case constant
        /// `delay` more each time.
        case linear
        /// Twice as long each time.
        case exponential
    }

    /// How much of the delay is left to chance, so that what failed together does not come back together.
    public enum Jitter: String, Sendable, CaseIterable {
        /// None of it.
        case none
        /// All of it: anything from nothing to the delay.
        case full
        /// Half of it: anything from half the delay to all.
        case equal
    }

    /// Attempts in all, the first one counted.
    public var maxAttempts: Int
    /// The delay before the second attempt.
    public var delayMicroseconds: Int64
    /// How the delay grows.
    public var backoff: Backoff
    /// The longest delay.
    public var maxDelayMicroseconds: Int64
    /// How the delay is spread.
    public var jitter: Jitter
    /// Codes of errors that are not worth another attempt.
    public var except: Set<String>
    /// The only codes of errors that are; nil means all but `except`.
    public var only: Set<String>?

    /// One attempt and no other: what holds without `retry`.
    public static let never = RetryPolicy(maxAttempts: 1)

    /// Where a delay stops growing unless the policy says so, or is longer from the start: a minute.
    static let standardMaxDelayMicroseconds: Int64 = 60_000_000

    /// A policy; the defaults are those of the keys of `retry`.
    public init(
        maxAttempts: Int = 3, delayMicroseconds: Int64 = 1_000_000, backoff: Backoff = .exponential,
        maxDelayMicroseconds: Int64? = nil, jitter: Jitter = .full, except: Set<String> = [],
        only: Set<String>? = nil
    ) {
        self.maxAttempts = maxAttempts
        self.delayMicroseconds = delayMicroseconds
        self.backoff = backoff
        self.maxDelayMicroseconds = maxDelayMicroseconds ?? max(Self.standardMaxDelayMicroseconds, delayMicroseconds)
        self.jitter = jitter
        self.except = except
        self.only = only
    }

    /// Errors that no repetition mends: the definition or the program has to change, or somebody does not want it.
    private static let permanent: Set<WorkflowError.Code> = [
        .unknownAgent, .expressionError, .interruptedTooOften, .outputTooLarge, .invalidArguments, .definitionMissing,
        .totalTimeout, .childCancelled,
    ]

    /// Whether an error of this code is worth another attempt.
    func retries(_ code: WorkflowError.Code) -> Bool {
        if let only { return only.contains(code.rawValue) && !except.contains(code.rawValue) }
        return !Self.permanent.contains(code) && !except.contains(code.rawValue)
    }

    /// The delay after an attempt failed.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, from 1.
    ///   - randomBits: What the jitter is taken from.
    func delayMicroseconds(afterAttempt attempt: Int, randomBits: UInt64) -> Int64 {
        let factor: Double =
            switch backoff {
            case .constant: 1
            case .linear: Double(attempt)
            // Past 2^62 it is above any limit anyway.
            case .exponential: Double(UInt64(1) << UInt64(min(attempt - 1, 62)))
            }
        let full = min(Double(delayMicroseconds) * factor, Double(maxDelayMicroseconds))
        let chance = Double(randomBits >> 11) / Double(UInt64(1) << 53)
        switch jitter {
        case .none: return Int64(full)
        case .full: return Int64(full * chance)
        case .equal: return Int64(full / 2 + full / 2 * chance)
        }
    }
}

/// How long things may take; nil means as long as they like.
public struct StepTimeouts: Sendable, Hashable {
    /// The time from the record of an attempt to the moment its agent begins: how long it may wait for a worker.
    public var startMicroseconds: Int64?
    /// One attempt, from the moment its agent begins.
    public var runMicroseconds: Int64?
    /// The time between two signs of life of an attempt.
    public var heartbeatMicroseconds: Int64?
    /// The step, with all attempts and the delays between them.
    public var totalMicroseconds: Int64?

    /// Timeouts.
    public init(
        startMicroseconds: Int64? = nil, runMicroseconds: Int64? = nil, heartbeatMicroseconds: Int64? = nil,
        totalMicroseconds: Int64? = nil
    ) {
        self.startMicroseconds = startMicroseconds
        self.runMicroseconds = runMicroseconds
        self.heartbeatMicroseconds = heartbeatMicroseconds
        self.totalMicroseconds = totalMicroseconds
    }
}
