import WorkflowCore

extension JournalTables {
    /// What is known under these keys and ids.
    func findAccepted(keys: [String], ids: [ExecutionID]) -> [AcceptedExecution] {
        var found: Set<ExecutionID> = []
        return (keys.compactMap { idByKey[$0] } + ids).compactMap { id in
            guard let row = executions[id], found.insert(id).inserted else { return nil }
            return AcceptedExecution(
                id: id, idempotencyKey: row.acceptance.idempotencyKey, workflowID: row.state.workflow.id,
                input: row.state.input, result: row.result, replyAddress: row.acceptance.replyAddress)
        }
    }

    /// Remembers one more caller, or gives the result when there is one.
    mutating func attach(_ caller: ReplyAddress, to id: ExecutionID) -> ExecutionResult? {
        if let result = executions[id]?.result { return result }
        if executions[id] != nil {
            if executions[id]?.callers.contains(caller) == false, !sabotage.contains(.forgetsCallers) {
                executions[id]?.callers.append(caller)
            }
            note(.callerAttached(id, caller))
        }
        return nil
    }
}
