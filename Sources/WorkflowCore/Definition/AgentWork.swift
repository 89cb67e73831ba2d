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
