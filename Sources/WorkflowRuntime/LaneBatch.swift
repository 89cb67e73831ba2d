import WorkflowCore

/// What a lane gathers between two commits: the changes, and what may happen once they are durable.
struct LaneBatch {
    /// The changes, in the order in which executions first changed.
    private(set) var changes: [ExecutionChange] = []
    private var indexOf: [ExecutionID: Int] = [:]
    /// The requests that became new executions in this batch.
    private(set) var accepted: [ExecutionID: AdmittedRequest] = [:]
    /// The idempotency keys of those requests.
    private(set) var acceptedKeys: Set<String> = []
    /// Agents to call.
    var invocations: [Invocation] = []
    /// Times to wait for.
    var timers: [ExecutionTimer] = []
    /// Calls that nobody waits for any more.
    var abandoned: [(ExecutionID, step: Int)] = []

    var isEmpty: Bool { changes.isEmpty }

    /// The same, in the order in which they came.
    var acceptedInOrder: [AdmittedRequest] { changes.compactMap { accepted[$0.state.id] } }

    /// Whether an execution is new in this batch.
    func contains(_ id: ExecutionID) -> Bool { indexOf[id] != nil }

    /// Adds what a decision changed.
    mutating func add(
        _ decision: Decision, to execution: Execution, fencingToken: Int64, request: AdmittedRequest? = nil,
        acceptance: Acceptance? = nil, slot: SlotClaim? = nil, control: SettledControl? = nil
    ) {
        let id = execution.state.id
        let index = indexOf[id] ?? changes.count
        if index < changes.count {
            changes[index].state = execution.state
            changes[index].changedSteps.formUnion(decision.changedSteps)
            changes[index].changesStatus = changes[index].changesStatus || decision.changesStatus
            changes[index].events += decision.events
        } else {
            indexOf[id] = index
            changes.append(
                ExecutionChange(
                    state: execution.state, acceptance: acceptance, fencingToken: fencingToken,
                    changedSteps: decision.changedSteps, changesStatus: decision.changesStatus,
                    events: decision.events
                )
            )
        }
        if let control { changes[index].controls.append(control) }
        changes[index].sends += decision.sends
        if let slot { changes[index].slot = slot }
        if execution.definition.limitsConcurrency { changes[index].freesSlot = execution.state.status.isTerminal }
        if let request, let acceptance {
            accepted[id] = request
            acceptedKeys.insert(acceptance.idempotencyKey)
        }
        invocations += decision.invocations
        timers += decision.timers
        for step in decision.abandonedSteps { abandoned.append((id, step)) }
    }

    /// Takes the calls out that may be made before the commit.
    mutating func takePureInvocations() -> [Invocation] {
        guard invocations.contains(where: mayGoAhead) else { return [] }
        let taken = invocations.filter(mayGoAhead)
        invocations.removeAll(where: mayGoAhead)
        return taken
    }

    /// Whether a call is of a pure step, and of an execution of which it is known that it has a slot if it needs one.
    private func mayGoAhead(_ call: Invocation) -> Bool {
        call.isPure && indexOf[call.executionID].flatMap { changes[$0].slot } == nil
    }

    /// Executions of the batch with the children that they start in it, and so on: what can only be committed together.
    func withNewChildren(_ ids: Set<ExecutionID>) -> Set<ExecutionID> {
        var all = ids
        // A parent is in the batch before its children.
        for change in changes where isNewChild(change) {
            if let parent = change.state.parent?.executionID, all.contains(parent) { all.insert(change.state.id) }
        }
        return all
    }

    /// The executions that can be committed each by itself, with the children that they start.
    var roots: [ExecutionID] { changes.filter { !isNewChild($0) }.map(\.state.id) }

    private func isNewChild(_ change: ExecutionChange) -> Bool {
        change.acceptance != nil && change.state.parent != nil
    }

    /// Takes executions out again, with everything that was to follow, but for the children that they start: see
    /// `withNewChildren(_:)`.
    mutating func drop(_ ids: Set<ExecutionID>) {
        changes.removeAll { ids.contains($0.state.id) }
        indexOf = Dictionary(uniqueKeysWithValues: changes.enumerated().map { ($0.element.state.id, $0.offset) })
        for id in ids { accepted[id] = nil }
        invocations.removeAll { ids.contains($0.executionID) }
        timers.removeAll { ids.contains($0.executionID) }
        abandoned.removeAll { ids.contains($0.0) }
    }

    /// Numbers the events in the writer's stream, from the position after `last`.
    ///
    /// - Returns: The position of the last event.
    mutating func numberEvents(after last: Int64) -> Int64 {
        var position = last
        for index in changes.indices {
            changes[index].firstPosition = position + 1
            position += Int64(changes[index].events.count)
        }
        return position
    }

    /// A batch with one of the roots, its new children and what follows from it.
    func single(_ root: ExecutionID) -> LaneBatch {
        var batch = self
        batch.drop(Set(changes.map(\.state.id)).subtracting(withNewChildren([root])))
        return batch
    }
}
