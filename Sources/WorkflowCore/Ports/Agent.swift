import PerdureJSON

/// Something that does the work of steps.
///
/// ```swift
/// struct Shout: Agent {
///     let name = "shout"
///     func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
///         guard let text = arguments["text"]?.stringValue else {
///             throw WorkflowError(code: .invalidArguments, message: "The argument 'text' must be text.")
///         }
///         return ["text": .string(text.uppercased())]
///     }
/// }
/// ```
///
/// An agent may be called more than once for one attempt: after a crash, nobody knows whether it had finished. What
/// it changes in the world it should do under `context.idempotencyKey`, which stays the same.
public protocol Agent: Sendable {
    /// The name that definitions use: a letter, then letters, digits, underscores or hyphens.
    var name: String { get }

    /// Does the work.
    ///
    /// Runs on threads of the agents' own, so it may compute for long. Cancelled when nobody waits for the answer any
    /// more.
    /// - Parameters:
    ///   - arguments: The object that the step's `with` gave.
    ///   - context: Which attempt of which execution this is.
    /// - Returns: The step's output.
    /// - Throws: `WorkflowError` to choose the error's code; any other error becomes `AGENT_ERROR`.
    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue
}

/// What an agent may know about the call it serves.
public struct AgentContext: Sendable {
    /// The execution.
    public let executionID: ExecutionID
    /// The workflow's id.
    public let workflowID: String
    /// The step's name.
    public let stepName: String
    /// Which attempt, from 1.
    public let attempt: Int
    /// The key to remember effects under; the same for every attempt of the step.
    public let idempotencyKey: String
    /// The W3C trace context of the execution, for calls that the agent makes.
    public let traceparent: String?
    /// When the answer is no longer waited for; nil when it always is.
    public let deadline: Timestamp?
    /// Gives a sign of life, for steps with `timeout.heartbeat`. Cheap; call it as often as there is progress.
    public let heartbeat: @Sendable () -> Void

    /// The context of an invocation.
    public init(
        _ invocation: Invocation, deadline: Timestamp? = nil, heartbeat: @escaping @Sendable () -> Void = {}
    ) {
        self.deadline = deadline
        self.heartbeat = heartbeat
        executionID = invocation.executionID
        workflowID = invocation.workflowID
        stepName = invocation.stepName
        attempt = invocation.attempt
        idempotencyKey = invocation.idempotencyKey
        traceparent = invocation.traceparent
    }
}

/// The agents that a coordinator has, by name.
public struct AgentRegistry: Sendable {
    private var agents: [String: any Agent] = [:]

    /// A registry of these agents.
    public init(_ agents: [any Agent] = []) {
        for agent in agents { register(agent) }
    }

    /// Adds an agent; one of the same name is replaced.
    public mutating func register(_ agent: any Agent) {
        agents[agent.name] = agent
    }

    /// The agent called `name`.
    public subscript(name: String) -> (any Agent)? { agents[name] }

    /// The names of all agents.
    public var names: Set<String> { Set(agents.keys) }
}
