import PerdureJSON
import WorkflowCore
import WorkflowStore

extension ExecutionQueries.Turn {
    /// What an execution that has not started waits for, in a sentence or two.
    var explanation: String {
        if isSuperseded {
            return "A newer execution of the same workflow\(ofKey) takes its place; it is about to be cancelled."
        }
        let others =
            switch waitingBefore {
            case 0: "nobody is before it"
            case 1: "1 execution is before it"
            default: "\(waitingBefore) executions are before it"
            }
        if holdsSlot { return "Its turn has come\(ofKey); it is about to start." }
        var named = holders.map(\.description).joined(separator: ", ")
        if holderCount > Int64(holders.count) { named += " and \(holderCount - Int64(holders.count)) more" }
        return "It waits for its turn\(ofKey); \(others). "
            + (holders.isEmpty
                ? "Nobody has one." : "\(holderCount == 1 ? "The slot is" : "Slots are") held by \(named).")
    }

    private var ofKey: String { key.isEmpty ? "" : " under the concurrency key '\(key)'" }

    /// The same for a program.
    var json: JSONValue {
        [
            "key": .string(key), "holds_slot": .bool(holdsSlot), "is_superseded": .bool(isSuperseded),
            "waiting_before": .int(waitingBefore), "holder_count": .int(holderCount),
            "holders": .array(holders.map { .string($0.description) }),
        ]
    }
}
