import PerdureJSON

/// Everything about one execution that decisions depend on; what the tables hold, and nothing else.
public struct ExecutionState: Sendable, Equatable {
    /// Its identity.
    public let id: ExecutionID
    /// The definition it started with and keeps.
    public let workflow: WorkflowReference
    /// What it was given.
    public let input: JSONValue
    /// What its caller attached: an object, shown to expressions and to operators.
    public let metadata: JSONValue
    /// The W3C trace context of its request, carried into every event.
    public let traceparent: String?
    /// 0 to 9, as its request asked for; nil when it did not.
    public let priority: Int?
    /// When its request was accepted.
    public let createdAt: Timestamp

    /// Where it stands.
    public var status: ExecutionStatus = .pending
    /// Its steps, in the order of the definition.
    public var steps: [StepState]
    /// The sequence of its last event; 0 before the first.
    public var sequence: Int64 = 0
    /// The time of its last event; the next one is later by a microsecond at least.
    public var lastEventAt: Timestamp
    /// The order of the last step that finished; 0 before the first.
    public var currentStep = 0
    /// When its first step could start.
    public var startedAt: Timestamp?
    /// When it ended.
    public var completedAt: Timestamp?
    /// What it gave, once it succeeded.
    public var output: JSONValue?
    /// Why it failed or was cancelled.
    public var error: WorkflowError?
    /// The signals that no step has taken yet.
    public var signals = WaitingSignals()

    /// About how many bytes its inputs, outputs and signals have as JSON.
    public var approximateByteCount: Int {
        steps.reduce(input.approximateByteCount + signals.approximateByteCount) { sum, step in
            sum + (step.input?.approximateByteCount ?? 0) + (step.output?.approximateByteCount ?? 0)
        }
    }

    /// A new execution, before its first event.
    public init(
        id: ExecutionID, workflow: WorkflowReference, stepNames: [String], input: JSONValue,
        metadata: JSONValue = .object([:]), traceparent: String? = nil, priority: Int? = nil,
        createdAt: Timestamp
    ) {
        self.priority = priority
        self.id = id
        self.workflow = workflow
        self.input = input
        self.metadata = metadata
        self.traceparent = traceparent
        self.createdAt = createdAt
        steps = stepNames.map { StepState(name: $0) }
        lastEventAt = createdAt
    }
}

/// One step of an execution.
public struct StepState: Sendable, Equatable {
    /// Its name in the definition.
    public let name: String
    /// Where it stands.
    public var status: StepStatus = .pending
    /// The attempt that is running or was the last; 0 before the first. It is committed before the agent is called.
    public var attempt = 0
    /// When the next attempt is due, while the step waits for it.
    public var retryAt: Timestamp?
    /// How often this attempt lost its coordinator before an answer came.
    public var interruptions = 0
    /// The arguments its agent was given.
    public var input: JSONValue?
    /// What its agent gave.
    public var output: JSONValue?
    /// Why it failed.
    public var error: WorkflowError?
    /// When its first attempt was recorded.
    public var startedAt: Timestamp?
    /// When it was over.
    public var completedAt: Timestamp?

    /// A step that has not started.
    public init(name: String) {
        self.name = name
    }

    /// How often it was tried again.
    public var retryCount: Int { max(0, attempt - 1) }
}
