/// A workflow that a step runs as an execution of its own, as a definition describes it.
public final class ChildWork: Sendable {
    /// The workflow.
    public let workflowID: String
    /// Which version of it; nil for the newest there is when it starts.
    public let version: Int?
    /// What the child is given.
    public let input: Template
    /// When another child is started, after one has failed.
    public let retry: RetryPolicy
    /// How long it may take: `run` and `total`.
    public let timeouts: StepTimeouts
    /// What the expressions of `input` read.
    let reads: ExpressionReads
    /// Where the file names the workflow.
    let mention: DefinitionMention

    init(
        workflowID: String, version: Int?, input: Template, retry: RetryPolicy, timeouts: StepTimeouts,
        reads: ExpressionReads, mention: DefinitionMention
    ) {
        self.workflowID = workflowID
        self.version = version
        self.input = input
        self.retry = retry
        self.timeouts = timeouts
        self.reads = reads
        self.mention = mention
    }
}

/// A place in a file, for what can only be judged together with other files.
struct DefinitionMention: Sendable {
    let file: String
    let place: DefinitionPlace
    /// The path of the key there.
    let key: String
    /// The text of the line.
    let sourceLine: String

    /// Something that is wrong there.
    func error(_ message: String) -> DefinitionError {
        DefinitionError(
            file: file, line: place.line, column: place.column, key: key, message: message, sourceLine: sourceLine)
    }
}
