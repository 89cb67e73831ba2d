import JSONSchema
import PerdureJSON

/// A workflow as its author wrote it, checked as a whole: what it takes, its steps in the order listed, what it gives.
///
/// A reference to what all executions of it share, so that each of them holds eight bytes of it.
public struct WorkflowDefinition: Sendable {
    /// What it is made of.
    struct Parts: Sendable {
        var reference: WorkflowReference
        let inputSchema: JSONSchema?
        let inputIntegers: IntegerPlaces?
        let timeoutMicroseconds: Int64?
        let priority: Int?
        let concurrency: ConcurrencyRule?
        let deprecation: String?
        let schedule: WorkflowSchedule?
        let steps: [StepDefinition]
        let failureHandler: AgentWork?
        let output: Template?
        let source: String
        let file: String
        let versionPlace: DefinitionPlace
        let outputReads: ExpressionReads
        let dependants: [[Int]]
        let hasWaits: Bool
        let hasAftermath: Bool
    }

    private final class Shared: Sendable {
        let parts: Parts
        init(_ parts: Parts) { self.parts = parts }
    }

    private let shared: Shared
    private var parts: Parts { shared.parts }

    init(_ parts: Parts) {
        shared = Shared(parts)
    }

    /// Which workflow, which version, which content.
    public var reference: WorkflowReference { parts.reference }
    /// What an input must look like; nil when the definition does not say.
    public var inputSchema: JSONSchema? { parts.inputSchema }
    /// Where that says that a number is whole; nil when it says so nowhere.
    var inputIntegers: IntegerPlaces? { parts.inputIntegers }
    /// How long an execution may take from its start; nil means as long as it likes.
    public var timeoutMicroseconds: Int64? { parts.timeoutMicroseconds }
    /// The priority of executions whose requests name none, 0 to 9; nil when it does not say.
    public var priority: Int? { parts.priority }
    /// How many executions of it run at a time; nil when it does not say.
    public var concurrency: ConcurrencyRule? { parts.concurrency }
    /// Whether it does, without a copy of what it says.
    public var limitsConcurrency: Bool { parts.concurrency != nil }
    /// What to use instead, or an empty text, when nobody should use it any more; nil while it is fine to use.
    public var deprecation: String? { parts.deprecation }
    /// When it is started by the clock; nil when it is not.
    public var schedule: WorkflowSchedule? { parts.schedule }
    /// The steps in the order they are listed; a step's order is its index plus one.
    public var steps: [StepDefinition] { parts.steps }
    /// What is done when an execution fails, before anything is undone.
    public var failureHandler: AgentWork? { parts.failureHandler }
    /// What the execution gives; nil means every step's output by the step's name.
    public var output: Template? { parts.output }
    /// The YAML text, kept so that an execution can go on with the version it started with.
    public var source: String { parts.source }

    /// What errors call the file that it was read from.
    public var file: String { parts.file }
    /// Where the file says the version, or would: the line, from 1.
    var versionLine: Int { parts.versionPlace.line }
    /// The column, from 1.
    var versionColumn: Int { parts.versionPlace.column }

    /// The same definition under the reference that executions of it name.
    public func named(_ reference: WorkflowReference) -> WorkflowDefinition {
        guard reference != self.reference else { return self }
        var parts = parts
        parts.reference = reference
        return WorkflowDefinition(parts)
    }

    /// What the expressions of `output` read.
    var outputReads: ExpressionReads { parts.outputReads }

    /// For each step the steps that wait for it, by index; the graph that decisions walk.
    var dependants: [[Int]] { parts.dependants }
    /// Whether there are steps that wait for a time or a signal, so that nothing may be at work for long.
    var hasWaits: Bool { parts.hasWaits }
    /// Whether an execution that fails may have something left to do.
    var hasAftermath: Bool { parts.hasAftermath }

    /// The index of the step called `name`.
    public func stepIndex(named name: String) -> Int? { steps.firstIndex { $0.name == name } }
}

/// Which workflow an execution runs: its id, its version, and the hash of the definition's content.
public struct WorkflowReference: Sendable, Hashable {
    /// The workflow's id, also the first word of its events' routing keys.
    public let id: String
    /// The version its author gave, 1 or more.
    public let version: Int
    /// SHA-256 of what counts of the definition, in hexadecimal; until tables of version 3, of its text as it stood.
    public let contentHash: String

    /// A reference from its parts.
    public init(id: String, version: Int, contentHash: String) {
        self.id = id
        self.version = version
        self.contentHash = contentHash
    }

    /// Whether a workflow can have this id.
    public static func isName(_ id: String) -> Bool { DefinitionParser.isName(id) }
}
