import WorkflowCore

/// The agents that every coordinator has.
public enum BuiltInAgents {
    /// All of them, for an `AgentRegistry`.
    public static var all: [any Agent] { [SummarizeAgent(), ExtractEntitiesAgent()] }
}
