/// What a step does.
public enum StepWork: Sendable {
    /// An agent is called.
    case agent(AgentWork)
    /// A value is computed.
    indirect case set(Template, reads: ExpressionReads)
    /// A time is waited for.
    indirect case wait(WaitTime)
    /// A signal from outside is waited for.
    indirect case signal(SignalWait)
    /// A workflow runs as an execution of its own.
    case child(ChildWork)

    /// The call, if it is one.
    public var agent: AgentWork? { if case .agent(let work) = self { work } else { nil } }

    /// The child, if it is one.
    public var child: ChildWork? { if case .child(let work) = self { work } else { nil } }

    /// When it is tried again; nil for what is not tried at all.
    public var retry: RetryPolicy? {
        switch self {
        case .agent(let work): work.retry
        case .child(let work): work.retry
        case .set, .wait, .signal: nil
        }
    }

    /// How long its attempts may take; nil for what has none.
    public var timeouts: StepTimeouts? {
        switch self {
        case .agent(let work): work.timeouts
        case .child(let work): work.timeouts
        case .set, .wait, .signal: nil
        }
    }

    /// What it is called in a definition.
    public var key: String {
        switch self {
        case .agent: "agent"
        case .set: "set"
        case .wait: "wait"
        case .signal: "signal"
        case .child: "workflow"
        }
    }
}

/// How long a step waits.
public enum WaitTime: Sendable {
    /// For so long from its start, in microseconds.
    case span(Int64)
    /// Until a time.
    case until(Timestamp)
    /// For as long as an expression says.
    case computedSpan(Template, reads: ExpressionReads)
    /// Until the time that an expression gives.
    case computedTime(Template, reads: ExpressionReads)
}

/// Which signal a step waits for.
public struct SignalWait: Sendable {
    /// The signal's name.
    public let name: String
    /// How long it waits, in microseconds; nil for as long as it takes.
    public let timeoutMicroseconds: Int64?
    /// Whether the step succeeds without the signal when that time is up.
    public let continuesWithoutSignal: Bool
}
