import PerdureJSON

/// What people and other services ask of an execution while it is under way.
extension Execution {
    /// Ends the execution because somebody asked for it.
    mutating func cancel(reason: String?, now: Timestamp, _ decision: inout Decision) {
        let error = WorkflowError(code: .cancelled, message: reason ?? "The execution was cancelled by request.")
        end(as: .cancelled, with: error, now: now, &decision)
    }

    /// Keeps a signal until a step takes it.
    mutating func receive(_ signal: WaitingSignals.Signal, now: Timestamp, _ decision: inout Decision) {
        if let refusal = state.signals.add(signal) {
            decision.refusal = refusal
            return
        }
        record(
            .signalReceived, now: now, &decision, fields: [("name", .string(signal.name)), ("payload", signal.payload)])
    }
}
