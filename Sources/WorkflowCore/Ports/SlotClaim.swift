/// What a new execution asks of a workflow that limits how many of its executions run at a time.
public struct SlotClaim: Sendable, Equatable {
    /// The line in which executions wait for one another.
    public struct Line: Sendable, Hashable {
        /// The workflow.
        public let workflowID: String
        /// What its `concurrency.key` gave.
        public let key: String

        /// A line.
        public init(workflowID: String, key: String) {
            self.workflowID = workflowID
            self.key = key
        }
    }

    /// Where it stands.
    public let line: Line
    /// How many of the line may run at a time, by the definition of this execution. The journal goes by the highest version
    /// in the line.
    public let limit: Int
    /// What the definition says of a request past the limit.
    public let policy: ConcurrencyRule.Policy
    /// Whether it starts with the commit that accepts it, which then is refused unless there is a slot for it. Otherwise it waits
    /// for its turn, which may come at once.
    public let hasStarted: Bool

    /// A claim from its parts.
    public init(line: Line, limit: Int, policy: ConcurrencyRule.Policy, hasStarted: Bool) {
        self.line = line
        self.limit = limit
        self.policy = policy
        self.hasStarted = hasStarted
    }
}
