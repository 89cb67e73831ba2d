import WorkflowCore

/// An execution that a lane owns. An object, so that a lane changes it where it is: it is some hundred bytes large, and a
/// table of ten thousand has room for as many again.
final class HeldExecution {
    var execution: Execution
    let fencingToken: Int64
    let replyAddress: ReplyAddress?
    fileprivate(set) var lease: LeaseBook
    /// About how many bytes of inputs and outputs it holds.
    fileprivate(set) var byteCount: Int

    init(
        execution: Execution, fencingToken: Int64, replyAddress: ReplyAddress?, lease: LeaseBook, byteCount: Int
    ) {
        self.execution = execution
        self.fencingToken = fencingToken
        self.replyAddress = replyAddress
        self.lease = lease
        self.byteCount = byteCount
    }
}

/// The executions that a lane owns, and how much room they take up.
struct HeldExecutions {
    private var byID: [ExecutionID: HeldExecution] = [:]
    private(set) var countByWorkflow: [String: Int] = [:]
    /// About how many bytes of inputs and outputs they hold together.
    private(set) var byteCount = 0

    var count: Int { byID.count }
    var ids: [ExecutionID] { Array(byID.keys) }
    /// How many wait for their turn. Looks at all of them.
    var pendingCount: Int { byID.values.count { $0.execution.state.status == .pending } }

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

    /// Counts the bytes of an answer, or of a signal, to an execution.
    mutating func add(bytes: Int, to id: ExecutionID) {
        guard let entry = byID[id] else { return }
        entry.byteCount += bytes
        byteCount += bytes
    }

    /// The rows that are due to be renewed; each is reported once.
    func dueRenewals(uptime: Duration) -> [LeaseRenewal] {
        var due: [LeaseRenewal] = []
        for (id, entry) in byID {
            if let span = entry.lease.renewal(uptime: uptime) { due.append(LeaseRenewal(execution: id, span: span)) }
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
