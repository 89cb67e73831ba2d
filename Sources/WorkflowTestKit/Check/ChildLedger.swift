import PerdureJSON
import WorkflowCore

/// The books about executions that steps start: each attempt has one, and hears of its end, or does not wait for it any more.
struct ChildLedger {
    private var parents: [ExecutionID: ParentStep] = [:]
    private var attempts: Set<String> = []
    /// Children that the events of their parents tell of.
    private var announced: Set<ExecutionID> = []
    /// Children whose end their parents have taken in.
    private var settled: Set<ExecutionID> = []
    /// Attempts that their executions have given up.
    private var givenUp: Set<String> = []

    private static func attempt(_ execution: ExecutionID, _ step: String, _ attempt: Int) -> String {
        "\(execution)/\(step)/\(attempt)"
    }

    /// A change is committed.
    ///
    /// - Parameter result: How an execution ended, if it has.
    mutating func record(_ change: ExecutionChange, result: (ExecutionID) -> ExecutionResult?) -> String? {
        let id = change.state.id
        if change.acceptance != nil, let parent = change.state.parent {
            parents[id] = parent
            guard attempts.insert(Self.attempt(parent.executionID, parent.stepName, parent.attempt)).inserted else {
                return "attempt \(parent.attempt) of \(parent.stepName) of \(parent.executionID) starts two children"
            }
        }
        for event in change.events {
            guard let json = try? JSONValue(parsing: event.payload) else { continue }
            if let problem = record(event.type, json, of: id, result: result) { return problem }
        }
        return nil
    }

    private mutating func record(
        _ type: EventType, _ json: JSONValue, of id: ExecutionID, result: (ExecutionID) -> ExecutionResult?
    ) -> String? {
        let child = json["child_execution_id"]?.stringValue.flatMap { ExecutionID($0) }
        switch type {
        case .childStarted:
            guard let child, announced.insert(child).inserted else { return "\(id) starts a child twice" }
        case .childCompleted, .childFailed, .childCancelled:
            guard let child, parents[child]?.executionID == id else {
                return "\(id) hears of a child that is not its own"
            }
            guard settled.insert(child).inserted else { return "\(id) hears twice of the end of \(child)" }
            let told: ExecutionStatus =
                type == .childCompleted ? .success : type == .childFailed ? .failed : .cancelled
            switch result(child) {
            case .success where told == .success: break
            case .failure(_, told, _): break
            default: return "\(id) hears that \(child) has ended as \(told.rawValue), which is not committed"
            }
        case .stepCancelled, .timerFired:
            guard let step = json["step_name"]?.stringValue, let attempt = json["attempt"]?.intValue else { break }
            givenUp.insert(Self.attempt(id, step, Int(attempt)))
        default: break
        }
        return nil
    }

    /// What is wrong in the end, or nil.
    var finalProblem: String? {
        if let child = announced.symmetricDifference(parents.keys).first {
            return "\(child) is \(parents[child] == nil ? "told of and was never started" : "started and not told of")"
        }
        for (child, parent) in parents where !settled.contains(child) {
            if !givenUp.contains(Self.attempt(parent.executionID, parent.stepName, parent.attempt)) {
                return "\(parent.executionID) never hears of the end of its child \(child)"
            }
        }
        return nil
    }
}
