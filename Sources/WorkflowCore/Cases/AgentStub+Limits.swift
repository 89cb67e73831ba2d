/// The runtime ends calls that take too long; without it, that is to be done here.
extension AgentStub.Answer {
    /// What the call runs out of first, when it is left to go on for ever, and when that is, in microseconds from the call; nil
    /// without limits.
    func firstLimit(of timeouts: StepTimeouts) -> (microseconds: Int64, error: WorkflowError)? {
        var first: (microseconds: Int64, error: WorkflowError)?
        func consider(_ start: Int64, _ limit: Int64?, _ code: WorkflowError.Code, _ message: (String) -> String) {
            guard let limit, first.map({ start + limit < $0.microseconds }) ?? true else { return }
            first = (start + limit, WorkflowError(code: code, message: message(DurationText.text(limit))))
        }
        if let limit = timeouts.startMicroseconds, limit < beginMicroseconds {
            consider(0, limit, .startTimeout) { "The attempt waited longer than \($0) for its agent to begin." }
        } else {
            consider(beginMicroseconds, timeouts.runMicroseconds, .timeout) { "The attempt took longer than \($0)." }
            if let silentMicroseconds {
                consider(beginMicroseconds + silentMicroseconds, timeouts.heartbeatMicroseconds, .heartbeatTimeout) {
                    "The attempt gave no sign of life for \($0)."
                }
            }
        }
        consider(0, timeouts.totalMicroseconds, .totalTimeout) { _ in
            "The step with all its attempts took too long."
        }
        return first
    }
}
