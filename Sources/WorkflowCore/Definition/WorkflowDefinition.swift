import JSONSchema
import PerdureJSON

/// A workflow as its author wrote it, checked as a whole: what it takes, its steps in the order listed, what it gives.
public struct WorkflowDefinition: Sendable {
    /// Which workflow, which version, which content.
    public let reference: WorkflowReference
    /// What an input must look like; nil when the definition does not say.
    public let inputSchema: JSONSchema?
    /// How long an execution may take from its start; nil means as long as it likes.
    public let timeoutMicroseconds: Int64?
    /// The priority of executions whose requests name none, 0 to 9; nil when it does not say.
    public let priority: Int?
    /// What to use instead, or an empty text, when nobody should use it any more; nil while it is fine to use.
    public let deprecation: String?
    /// The steps in the order they are listed; a step's order is its index plus one.
    public let steps: [StepDefinition]
    /// What is done when an execution fails, before anything is undone.
    public let failureHandler: AgentWork?
    /// What the execution gives; nil means every step's output by the step's name.
    public let output: Template?
    /// The YAML text, kept so that an execution can go on with the version it started with.
    public let source: String

    /// What the expressions of `output` read.
    let outputReads: ExpressionReads

    /// For each step the steps that wait for it, by index; the graph that decisions walk.
    let dependants: [[Int]]
    /// Whether there are steps that wait for a time or a signal, so that nothing may be at work for long.
    let hasWaits: Bool
    /// Whether an execution that fails may have something left to do.
    let hasAftermath: Bool

    /// The index of the step called `name`.
    public func stepIndex(named name: String) -> Int? { steps.firstIndex { $0.name == name } }
}

/// Which workflow an execution runs: its id, its version, and the hash of the definition's content.
public struct WorkflowReference: Sendable, Hashable {
    /// The workflow's id, also the first word of its events' routing keys.
    public let id: String
    /// The version its author gave, 1 or more.
    public let version: Int
    /// SHA-256 of the definition's text in hexadecimal.
    public let contentHash: String

    /// A reference from its parts.
    public init(id: String, version: Int, contentHash: String) {
        self.id = id
        self.version = version
        self.contentHash = contentHash
    }
}
