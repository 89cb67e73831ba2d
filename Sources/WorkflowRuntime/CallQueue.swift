import WorkflowCore

/// Calls that wait for their turn: first for a place with their agent, where that has a limit, then for a free thread.
///
/// Workflows take turns in both lines. A place is taken until the agent's function has returned, whether or not anybody
/// still waits for its answer: the limit is on how many are at work.
struct CallQueue {
    private struct Gate {
        let limit: Int
        var taken = 0
        var waiting = FairQueue<AgentCall>()
    }

    private var gates: [String: Gate]
    private var ready = FairQueue<AgentCall>()

    /// - Parameter limits: How many calls of an agent may be at work at once; agents not named have no limit.
    init(limits: [String: Int]) {
        gates = limits.mapValues { Gate(limit: max(1, $0)) }
    }

    /// How many calls wait, those that nobody waits for any more included.
    var count: Int { gates.values.reduce(ready.count) { $0 + $1.waiting.count } }

    /// Adds a call.
    ///
    /// - Returns: Whether it needs nothing but a thread.
    mutating func add(_ call: AgentCall) -> Bool {
        let invocation = call.invocation
        guard var gate = gates.removeValue(forKey: invocation.agent) else {
            ready.append(call, workflow: invocation.workflowID, priority: invocation.priority)
            return true
        }
        gate.waiting.append(call, workflow: invocation.workflowID, priority: invocation.priority)
        let isReady = admit(&gate)
        gates[invocation.agent] = gate
        return isReady
    }

    /// Takes out the call whose turn it is to have a thread.
    mutating func next() -> AgentCall? {
        while let call = ready.popFirst() {
            if !call.isOver { return call }
            // Its place goes to another one, which may be what this finds next.
            leave(call.invocation.agent)
        }
        return nil
    }

    /// Gives a place with an agent back.
    ///
    /// - Returns: Whether another call needs nothing but a thread now.
    @discardableResult
    mutating func leave(_ agent: String) -> Bool {
        guard var gate = gates.removeValue(forKey: agent) else { return false }
        gate.taken -= 1
        let isReady = admit(&gate)
        gates[agent] = gate
        return isReady
    }

    /// Forgets the calls that nobody waits for any more.
    mutating func removeAbandoned() {
        // Those that are ready hold places and are few, or have no limit and come up soon.
        for agent in gates.keys { gates[agent]?.waiting.removeAll(where: \.isOver) }
    }

    private mutating func admit(_ gate: inout Gate) -> Bool {
        while gate.taken < gate.limit, let call = gate.waiting.popFirst() {
            guard !call.isOver else { continue }
            gate.taken += 1
            ready.append(call, workflow: call.invocation.workflowID, priority: call.invocation.priority)
            return true
        }
        return false
    }
}
