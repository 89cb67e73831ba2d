/// How much happened in a simulation.
public struct SimulationCounts: Sendable, Equatable {
    /// Executions accepted.
    public var executions = 0
    /// Those of them that steps started.
    public var children = 0
    /// Changes of executions committed.
    public var commits = 0
    /// Transactions that reached the database.
    public var transactions = 0
    /// Coordinators killed.
    public var kills = 0
    /// Executions taken over.
    public var takeovers = 0
    /// Calls of agents.
    public var invocations = 0
    /// Events that reached the broker.
    public var published = 0
    /// Those of them that had reached it before.
    public var copies = 0
    /// Control messages that were applied.
    public var appliedControls = 0
    /// Control messages that were refused.
    public var refusedControls = 0
    /// Executions that waited for their turn.
    public var waitedForTurn = 0
    /// Requests that were refused because as many executions ran as may.
    public var refusedAtLimit = 0

    /// Executions that the clock started.
    public var ticks = 0

    /// Nothing yet.
    public init() {}

    /// Adds another's counts.
    public static func += (left: inout SimulationCounts, right: SimulationCounts) {
        left.executions += right.executions
        left.children += right.children
        left.commits += right.commits
        left.transactions += right.transactions
        left.kills += right.kills
        left.takeovers += right.takeovers
        left.invocations += right.invocations
        left.published += right.published
        left.copies += right.copies
        left.appliedControls += right.appliedControls
        left.refusedControls += right.refusedControls
        left.waitedForTurn += right.waitedForTurn
        left.refusedAtLimit += right.refusedAtLimit
        left.ticks += right.ticks
    }
}
