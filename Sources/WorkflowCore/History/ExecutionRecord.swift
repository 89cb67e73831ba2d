import PerdureJSON

/// An execution that has ended, as the tables hold it.
public struct ExecutionRecord: Sendable {
    /// A step, or an instance of one.
    public struct Step: Sendable {
        /// Its name.
        public let name: String
        /// How it ended.
        public let status: StepStatus
        /// What it was given.
        public let input: JSONValue?
        /// What it gave.
        public let output: JSONValue?
        /// Why it failed.
        public let error: WorkflowError?
        /// When it started, if it did.
        public let startedAt: Timestamp?
        /// When it was over.
        public let completedAt: Timestamp?

        /// A step from its parts.
        public init(
            name: String, status: StepStatus, input: JSONValue? = nil, output: JSONValue? = nil,
            error: WorkflowError? = nil, startedAt: Timestamp? = nil, completedAt: Timestamp? = nil
        ) {
            self.name = name
            self.status = status
            self.input = input
            self.output = output
            self.error = error
            self.startedAt = startedAt
            self.completedAt = completedAt
        }
    }

    /// Its id.
    public let id: ExecutionID
    /// The definition that it ran.
    public let workflow: WorkflowReference
    /// How it ended.
    public let status: ExecutionStatus
    /// What it was given.
    public let input: JSONValue
    /// What its caller attached.
    public let metadata: JSONValue
    /// The priority that its request asked for.
    public let priority: Int?
    /// When it was accepted.
    public let createdAt: Timestamp
    /// When it ended.
    public let completedAt: Timestamp?
    /// What it gave.
    public let output: JSONValue?
    /// Why it failed or was cancelled.
    public let error: WorkflowError?
    /// Its steps in their order, then the instances.
    public let steps: [Step]
    /// Its events in order.
    public let events: [JournalEvent]

    /// A record from its parts.
    public init(
        id: ExecutionID, workflow: WorkflowReference, status: ExecutionStatus, input: JSONValue,
        metadata: JSONValue = .object([:]),
        priority: Int? = nil, createdAt: Timestamp, completedAt: Timestamp?, output: JSONValue?,
        error: WorkflowError?, steps: [Step], events: [JournalEvent]
    ) {
        self.id = id
        self.workflow = workflow
        self.status = status
        self.input = input
        self.metadata = metadata
        self.priority = priority
        self.createdAt = createdAt
        self.completedAt = completedAt
        self.output = output
        self.error = error
        self.steps = steps
        self.events = events
    }

    /// The record of an execution whose state and events are at hand.
    public init(_ state: ExecutionState, events: [JournalEvent]) {
        self.init(
            id: state.id, workflow: state.workflow, status: state.status, input: state.input,
            metadata: state.metadata, priority: state.priority, createdAt: state.createdAt,
            completedAt: state.completedAt, output: state.output, error: state.error,
            steps: state.steps.map {
                Step(
                    name: $0.name, status: $0.status, input: $0.input, output: $0.output, error: $0.error,
                    startedAt: $0.startedAt, completedAt: $0.completedAt)
            },
            events: events)
    }
}
