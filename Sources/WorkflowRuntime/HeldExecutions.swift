import WorkflowCore

/// An execution that a lane owns.
struct HeldExecution: Sendable {
    var execution: Execution
    let fencingToken: Int64
    let replyAddress: ReplyAddress?
    var lease: LeaseBook
    /// About how many bytes of inputs and outputs it holds.
    var byteCount: Int
}

/// The executions that a lane owns, and how much room they take up.
struct HeldExecutions: Sendable {
    private var byID: [ExecutionID: HeldExecution] = [:]
    private(set) var countByWorkflow: [String: Int] = [:]
    /// About how many bytes of inputs and outputs they hold together.
    private(set) var byteCount = 0

    var count: Int { byID.count }
    var ids: [ExecutionID] { Array(byID.keys) }

    subscript(id: ExecutionID) -> HeldExecution? {
        get { byID[id] }
        set {
            let old = byID[id]
            byID[id] = newValue
            byteCount += (newValue?.byteCount ?? 0) - (old?.byteCount ?? 0)
            if old == nil, let workflow = newValue?.execution.state.workflow.id {
                countByWorkflow[workflow, default: 0] += 1
            } else if newValue == nil, let workflow = old?.execution.state.workflow.id {
                let left = (countByWorkflow[workflow] ?? 1) - 1
                countByWorkflow[workflow] = left > 0 ? left : nil
            }
        }
    }

    /// The rows that are due to be renewed; each is reported once.
    mutating func dueRenewals(uptime: Duration) -> [LeaseRenewal] {
        var due: [LeaseRenewal] = []
        var index = byID.startIndex
        while index != byID.endIndex {
            if let span = byID.values[index].lease.renewal(uptime: uptime) {
                due.append(LeaseRenewal(execution: byID.keys[index], span: span))
            }
            byID.formIndex(after: &index)
        }
        return due
    }

    /// The room that is left for requests.
    ///
    /// - Parameters:
    ///   - limit: Executions of one workflow under way at most.
    ///   - expected: Executions that are on their way here.
    func room(limit: Int, expected: Int) -> RequestRoom {
        RequestRoom(limit: limit, held: countByWorkflow, count: count + expected, byteCount: byteCount)
    }
}
