import PerdureJSON
import WorkflowCore

/// The agents of the benchmark's workflows.
public enum BenchmarkAgents {
    static let nothing = "perdure_bench_nothing"
    static let waiting = "perdure_bench_waiting"

    /// All of them.
    public static let all: [any Agent] = [NothingAgent(), WaitingAgent()]
}

/// Answers at once, so that what is measured is the runtime alone.
struct NothingAgent: Agent {
    let name = BenchmarkAgents.nothing

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        ["done": true]
    }
}

/// Waits as many seconds as its argument says and computes nothing, as a call to a slow service would, in the way that takes
/// up the least memory: what is measured is the runtime's.
struct WaitingAgent: Agent {
    let name = BenchmarkAgents.waiting

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        try await Task.sleep(nanoseconds: UInt64(max(0, arguments["seconds"]?.intValue ?? 0)) * 1_000_000_000)
        return ["done": true]
    }
}
