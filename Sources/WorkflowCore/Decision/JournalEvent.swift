import PerdureJSON

/// One committed fact in the life of an execution; a row of `execution_events` and, published, a CloudEvent.
public struct JournalEvent: Sendable, Equatable {
    /// Its place within the execution: 1, 2, … without a gap.
    public let sequence: Int64
    /// What happened.
    public let type: EventType
    /// When; strictly later than the event before it.
    public let timestamp: Timestamp
    /// The `data` of the CloudEvent as JSON text, encoded once for the table and for the broker alike.
    public let payload: [UInt8]

    /// An event from its parts.
    public init(sequence: Int64, type: EventType, timestamp: Timestamp, payload: [UInt8]) {
        self.sequence = sequence
        self.type = type
        self.timestamp = timestamp
        self.payload = payload
    }
}

/// What kind of event it is. Raw values are `SUBJECT_VERB`, as the tables hold them.
///
/// An open set: during an upgrade, a coordinator publishes what a newer one has committed.
public struct EventType: RawRepresentable, Sendable, Hashable {
    /// The word itself.
    public let rawValue: String

    /// A type from its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The request is durable, and the execution waits for its turn among those of its workflow.
    public static let executionQueued = EventType(rawValue: "EXECUTION_QUEUED")
    /// The request is durable and the execution's first steps are about to start.
    public static let executionStarted = EventType(rawValue: "EXECUTION_STARTED")
    /// All needs of a step are done and its arguments are known.
    public static let stepStarted = EventType(rawValue: "STEP_STARTED")
    /// An attempt is recorded; its agent is called once this is committed.
    public static let agentInvoked = EventType(rawValue: "AGENT_INVOKED")
    /// The agent answered, with an output or an error.
    public static let agentResponse = EventType(rawValue: "AGENT_RESPONSE")
    /// The step has its output.
    public static let stepCompleted = EventType(rawValue: "STEP_COMPLETED")
    /// The step ended with an error.
    public static let stepFailed = EventType(rawValue: "STEP_FAILED")
    /// An attempt failed and another one will be made; the event says when.
    public static let stepRetryScheduled = EventType(rawValue: "STEP_RETRY_SCHEDULED")
    /// The step does not run, and the event says why.
    public static let stepSkipped = EventType(rawValue: "STEP_SKIPPED")
    /// The effect of the step was undone.
    public static let stepCompensated = EventType(rawValue: "STEP_COMPENSATED")
    /// A time that a step waited for has come.
    public static let timerFired = EventType(rawValue: "TIMER_FIRED")
    /// The step was running when its execution failed or was cancelled; its answer is no longer waited for.
    public static let stepCancelled = EventType(rawValue: "STEP_CANCELLED")
    /// Every step is done and the output is known.
    public static let executionCompleted = EventType(rawValue: "EXECUTION_COMPLETED")
    /// The execution is about to end with an error; what is to be done and undone before that begins now.
    public static let executionEnding = EventType(rawValue: "EXECUTION_ENDING")
    /// The execution ended with an error.
    public static let executionFailed = EventType(rawValue: "EXECUTION_FAILED")

    /// The execution ended because somebody asked for it.
    public static let executionCancelled = EventType(rawValue: "EXECUTION_CANCELLED")
    /// A signal came from outside; it is kept until a step takes it.
    public static let signalReceived = EventType(rawValue: "SIGNAL_RECEIVED")

    /// A step has started an execution of its own.
    public static let childStarted = EventType(rawValue: "CHILD_STARTED")
    /// The execution that a step had started succeeded.
    public static let childCompleted = EventType(rawValue: "CHILD_COMPLETED")
    /// The execution that a step had started failed.
    public static let childFailed = EventType(rawValue: "CHILD_FAILED")
    /// The execution that a step had started was cancelled.
    public static let childCancelled = EventType(rawValue: "CHILD_CANCELLED")

    /// The types that this version records.
    public static let all: [EventType] = [
        .executionQueued, .executionStarted, .stepStarted, .agentInvoked, .agentResponse, .stepCompleted, .stepFailed,
        .stepRetryScheduled, .stepCancelled, .stepSkipped, .stepCompensated, .timerFired, .executionEnding,
        .executionCompleted, .executionFailed, .executionCancelled, .signalReceived, .childStarted, .childCompleted,
        .childFailed, .childCancelled,
    ]

    /// What the event is about, in lower case: `execution`, `step`, `agent`, `child`, `timer` or `signal`.
    public var subject: String { String(rawValue.prefix { $0 != "_" }).lowercased() }

    /// What happened to it, in lower case: `started`, `completed`, …
    public var verb: String { String(rawValue.drop { $0 != "_" }.dropFirst()).lowercased() }

    /// The type attribute of the CloudEvent, e.g. `perdure.step.completed`.
    public var cloudEventType: String { "perdure.\(subject).\(verb)" }

    /// Whether no event of the same execution follows.
    public var endsExecution: Bool {
        self == .executionCompleted || self == .executionFailed || self == .executionCancelled
    }
}
