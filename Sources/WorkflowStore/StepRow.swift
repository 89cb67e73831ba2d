import PerdureJSON
import WorkflowCore

/// A step as a commit writes it.
///
/// Its input is there from when it starts and its output from when it ends, and neither changes after that. What a commit
/// before has written is not sent again: an update leaves a value alone that is stored out of line, but would store
/// another copy of one that it is given.
struct StepRow {
    let id: ExecutionID
    let index: Int
    let step: StepState
    /// The first event of the change; nil for an execution of which nothing is stored yet.
    private let changedSince: Timestamp?

    /// The row of one step of a change.
    init(_ change: ExecutionChange, _ index: Int) {
        id = change.state.id
        self.index = index
        step = change.state.steps[index]
        changedSince =
            change.acceptance == nil
            ? change.events.first?.timestamp ?? Timestamp(microsecondsSinceEpoch: .max) : nil
    }

    /// The input, where this change brings it.
    var newInput: JSONValue? { isNew(step.startedAt) ? step.input : nil }

    /// The output, where this change brings it.
    var newOutput: JSONValue? { isNew(step.completedAt) ? step.output : nil }

    private func isNew(_ time: Timestamp?) -> Bool {
        guard let changedSince else { return true }
        return time.map { $0 >= changedSince } ?? false
    }
}
