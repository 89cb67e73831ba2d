import PerdureJSON

/// Something that reached an execution and calls for a decision.
public enum Arrival: Sendable, Equatable {
    /// Its request was accepted, and it may start.
    case accepted
    /// Its request was accepted, and it waits for its turn among the executions of its workflow and this key.
    case queued(key: String)
    /// The agent of an attempt answered.
    case answered(step: Int, attempt: Int, AgentAnswer)
    /// A time that was waited for has come.
    case timerFired(ExecutionTimer.Purpose)
    /// Another coordinator owned it until now; `interrupted` when that one died, false when it handed the execution
    /// over.
    case takenOver(interrupted: Bool)
    /// Somebody asks for its end; `reason` is what they say about it.
    case cancelRequested(reason: String?)
    /// Somebody sends a signal, for a step that waits for it or will.
    case signalReceived(name: String, payload: JSONValue)
    /// The child of an attempt starts in the same commit, by this definition.
    case childStarted(step: Int, attempt: Int, WorkflowReference)
    /// The child of an attempt cannot be started.
    case childRefused(step: Int, attempt: Int, WorkflowError)
    /// A child has ended.
    case childEnded(step: Int, attempt: Int, ExecutionResult)
    /// It has its turn among the executions of its workflow.
    case slotGranted
    /// There is no slot for it, and its workflow says not to wait for one.
    case slotRefused
}

/// What an agent gave for one attempt.
public enum AgentAnswer: Sendable, Equatable {
    /// The step's output.
    case success(JSONValue)
    /// Why there is none.
    case failure(WorkflowError)
}

/// What follows from an arrival: events to commit, and after the commit, agents to call.
public struct Decision: Sendable, Equatable {
    /// The events, in order; empty when nothing changed.
    public var events: [JournalEvent] = []
    /// The steps whose rows changed, by index.
    public var changedSteps: Set<Int> = []
    /// The agents to call once this is committed.
    public var invocations: [Invocation] = []
    /// The executions to start in the same commit.
    public var children: [ChildRequest] = []
    /// Times to wait for once this is committed.
    public var timers: [ExecutionTimer] = []
    /// Steps whose running agent is no longer waited for.
    public var abandonedSteps: [Int] = []
    /// Whether the arrival changed what the tables hold, events or not.
    public var changesState = false
    /// Whether the status of an execution that goes on is another one now, of those that the tables show; or it has
    /// started some time after it was accepted, and may have ended with that.
    public var changesStatus = false
    /// Why nothing was done of what somebody asked for; nil when it was, and for all other arrivals.
    public var refusal: RequestRejection?
    /// What is sent to other executions, with the commit.
    public var sends: [InternalControl] = []

    /// Nothing follows.
    public init() {}
}

/// One call of an agent: an attempt of a step, recorded before it is made.
public struct Invocation: Sendable, Equatable {
    /// The execution it belongs to.
    public let executionID: ExecutionID
    /// The workflow's id.
    public let workflowID: String
    /// The step's index in the state.
    public let step: Int
    /// The step's name, or that of the instance.
    public let stepName: String
    /// The agent's name.
    public let agent: String
    /// Whether the call may be made before it is recorded.
    public let isPure: Bool
    /// Which attempt, from 1.
    public let attempt: Int
    /// What the agent is given.
    public let arguments: JSONValue
    /// The W3C trace context of the execution.
    public let traceparent: String?
    /// How long the attempt may wait and take, and between signs of life; `total` is what is left of the step's.
    public let timeouts: StepTimeouts
    /// When the time of the step or of its execution is up, whichever comes first; nil when neither is limited.
    public let deadline: Timestamp?
    /// 0 to 9: which of the calls of one workflow that wait goes first.
    public let priority: Int

    /// The key under which an agent should remember its effects: the same for every attempt of a step, so that an
    /// effect that happened before a crash is not repeated after it.
    public var idempotencyKey: String { "\(executionID)/\(stepName)" }
}
