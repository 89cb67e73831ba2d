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
    /// The step that started it; nil when a request did.
    public let parent: ParentStep?

    /// Where it stands.
    public var status: ExecutionStatus = .pending
    /// Its steps in the order of the definition, and what was made of them since.
    public var steps: StepStates
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
    /// How it is about to end, while there is something left to do before that.
    public var ending: Ending?

    /// How an execution is about to end.
    public struct Ending: Sendable, Equatable {
        /// `failed` or `cancelled`.
        public let status: ExecutionStatus
        /// Why.
        public let error: WorkflowError

        /// An end.
        public init(status: ExecutionStatus, error: WorkflowError) {
            self.status = status
            self.error = error
        }
    }

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
        createdAt: Timestamp, parent: ParentStep? = nil
    ) {
        self.parent = parent
        self.priority = priority
        self.id = id
        self.workflow = workflow
        self.input = input
        self.metadata = metadata
        self.traceparent = traceparent
        self.createdAt = createdAt
        steps = StepStates(stepNames.map { StepState(name: $0) })
        lastEventAt = createdAt
    }
}
