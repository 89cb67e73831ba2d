/// One step of a definition.
public struct StepDefinition: Sendable {
    /// The step's name, unique in the workflow.
    public let name: String
    /// What it does.
    public let work: StepWork
    /// The steps that it names as its needs, by index.
    public let needs: [Int]
    /// The steps that must be over before it starts, by index: its needs, the handlers of those, and the step that it is
    /// the handler of itself.
    public let predecessors: [Int]
    /// Whether it runs at all; nil when it always does.
    public let condition: StepCondition?
    /// The list that it does its work for, item by item; nil when it does its work once.
    public let loop: StepLoop?
    /// What becomes of the execution when it fails for good.
    public let onError: FailureRule
    /// The step whose failure it is there for, by index.
    public let handledStep: Int?
    /// How its effect is undone when the execution fails later.
    public let compensation: AgentWork?

    /// What is done when a step has failed for good.
    public enum FailureRule: Sendable, Hashable {
        /// The execution fails too.
        case fail
        /// The steps that need it run, and see its status and error.
        case goOn
        /// The same, once the step of this index has run.
        case handle(by: Int)
    }

    /// The name of its agent, if it has one.
    public var agent: String? { work.agent?.agent }
    /// Whether its agent may be called before the attempt is recorded.
    public var isPure: Bool { work.agent?.isPure == true }
}

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

    /// The call, if it is one.
    public var agent: AgentWork? { if case .agent(let work) = self { work } else { nil } }

    /// What it is called in a definition.
    public var key: String {
        switch self {
        case .agent: "agent"
        case .set: "set"
        case .wait: "wait"
        case .signal: "signal"
        }
    }
}

/// A call of an agent as a definition describes it.
///
/// Looked up at every transition, so it is an object: that costs one count of references rather than one for each part.
public final class AgentWork: Sendable {
    /// The agent that does the work.
    public let agent: String
    /// Whether its agent may be called before the attempt is recorded, and once more without harm: it only computes.
    public let isPure: Bool
    /// What the agent is given; an object of values and expressions.
    public let arguments: Template
    /// When it is tried again.
    public let retry: RetryPolicy
    /// How long it may take.
    public let timeouts: StepTimeouts
    /// What the expressions of `arguments` read.
    let reads: ExpressionReads

    init(
        agent: String, isPure: Bool, arguments: Template, retry: RetryPolicy, timeouts: StepTimeouts,
        reads: ExpressionReads
    ) {
        self.agent = agent
        self.isPure = isPure
        self.arguments = arguments
        self.retry = retry
        self.timeouts = timeouts
        self.reads = reads
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

/// A condition: an expression that gives true or false.
public struct StepCondition: Sendable {
    /// The expression.
    public let template: Template
    /// What it reads.
    let reads: ExpressionReads
}

/// The items that a step does its work for.
public struct StepLoop: Sendable {
    /// Gives the list.
    public let items: Template
    /// What `items` reads.
    let reads: ExpressionReads
    /// What expressions call an item.
    public let variable: String
    /// How many items are at work at a time.
    public let maxConcurrency: Int
    /// How many may fail.
    public let tolerance: Tolerance
    /// After so many successes the rest is not waited for; nil when all items are.
    public let minSuccess: Int?

    /// How many items may fail before the step does.
    public enum Tolerance: Sendable, Hashable {
        /// As many as leave enough for `minSuccess`, or none without that.
        case standard
        /// So many.
        case count(Int)
        /// So many of a hundred, rounded down.
        case percent(Int)
    }

    /// How many of `count` items have to succeed; a shorter list asks for no more than it has.
    func needed(of count: Int) -> Int? { minSuccess.map { min($0, count) } }

    /// How many of `count` items may fail.
    func tolerated(of count: Int) -> Int {
        let reserve = count - (needed(of: count) ?? 0)
        switch tolerance {
        case .standard: return minSuccess == nil ? 0 : reserve
        case .count(let limit): return min(limit, reserve)
        case .percent(let percent): return min(count * percent / 100, reserve)
        }
    }
}
