/// One step of a definition.
public struct StepDefinition: Sendable {
    /// The step's name, unique in the workflow.
    public let name: String
    /// What it does.
    public let work: StepWork
    /// The steps that it names as its needs, by index.
    public let needs: [Int]
    /// The steps that must be over before it starts, by index: its needs, the handlers of those, and the step that it is
    /// the handler of itself.
    public let predecessors: [Int]
    /// Whether it runs at all; nil when it always does.
    public let condition: StepCondition?
    /// The list that it does its work for, item by item; nil when it does its work once.
    public let loop: StepLoop?
    /// What becomes of the execution when it fails for good.
    public let onError: FailureRule
    /// The step whose failure it is there for, by index.
    public let handledStep: Int?
    /// How its effect is undone when the execution fails later.
    public let compensation: AgentWork?

    /// What is done when a step has failed for good.
    public enum FailureRule: Sendable, Hashable {
        /// The execution fails too.
        case fail
        /// The steps that need it run, and see its status and error.
        case goOn
        /// The same, once the step of this index has run.
        case handle(by: Int)
    }

    /// The name of its agent, if it has one.
    public var agent: String? { work.agent?.agent }
    /// Whether its agent may be called before the attempt is recorded.
    public var isPure: Bool { work.agent?.isPure == true }
}

/// A condition: an expression that gives true or false.
public struct StepCondition: Sendable {
    /// The expression.
    public let template: Template
    /// What it reads.
    let reads: ExpressionReads
}
