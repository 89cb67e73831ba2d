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
    /// An object, since there are as many contexts as agents that wait, each in the frames of its call.
    private final class Details: Sendable {
        let invocation: Invocation
        let deadline: Timestamp?
        let heartbeat: @Sendable () -> Void

        init(_ invocation: Invocation, deadline: Timestamp?, heartbeat: @escaping @Sendable () -> Void) {
            self.invocation = invocation
            self.deadline = deadline
            self.heartbeat = heartbeat
        }
    }

    private let details: Details

    /// The context of an invocation.
    public init(
        _ invocation: Invocation, deadline: Timestamp? = nil, heartbeat: @escaping @Sendable () -> Void = {}
    ) {
        details = Details(invocation, deadline: deadline, heartbeat: heartbeat)
    }

    /// The execution.
    public var executionID: ExecutionID { details.invocation.executionID }
    /// The workflow's id.
    public var workflowID: String { details.invocation.workflowID }
    /// The step's name.
    public var stepName: String { details.invocation.stepName }
    /// Which attempt, from 1.
    public var attempt: Int { details.invocation.attempt }
    /// The key to remember effects under; the same for every attempt of the step.
    public var idempotencyKey: String { details.invocation.idempotencyKey }
    /// The W3C trace context of the execution, for calls that the agent makes.
    public var traceparent: String? { details.invocation.traceparent }
    /// When the answer is no longer waited for; nil when it always is.
    public var deadline: Timestamp? { details.deadline }
    /// Gives a sign of life, for steps with `timeout.heartbeat`. Cheap; call it as often as there is progress.
    public func heartbeat() { details.heartbeat() }
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
