import PerdureJSON

/// What people and other services ask of an execution while it is under way.
extension Execution {
    /// Ends the execution because somebody asked for it.
    mutating func cancel(reason: String?, now: Timestamp, _ decision: inout Decision) {
        let error = WorkflowError(code: .cancelled, message: reason ?? "The execution was cancelled by request.")
        end(as: .cancelled, with: error, now: now, &decision)
    }

    /// Keeps a signal until a step takes it, which may be at once.
    mutating func receive(_ signal: WaitingSignals.Signal, now: Timestamp, _ decision: inout Decision) {
        if let refusal = state.signals.add(signal) {
            decision.refusal = refusal
            return
        }
        record(
            .signalReceived, now: now, &decision, fields: [("name", .string(signal.name)), ("payload", signal.payload)])
        guard let step = stepThatWaits(forSignal: signal.name), let payload = state.signals.take(signal.name) else {
            return
        }
        take(payload, as: step, now: now, &decision)
        goOn(after: step, now: now, &decision)
    }

    /// Of the steps that wait for a signal, the one that has waited longest.
    private func stepThatWaits(forSignal name: String) -> Int? {
        let waiting = state.steps.indices.lazy.filter { step in
            guard state.steps[step].status == .waiting, case .signal(let signal) = work(of: step) else { return false }
            return signal.name == name
        }
        return waiting.min {
            state.steps[$0].startedAt ?? state.createdAt < state.steps[$1].startedAt ?? state.createdAt
        }
    }
}

extension RequestRejection {
    /// Nothing can be asked any more of an execution that is about to end.
    static func ending(_ id: ExecutionID, as status: ExecutionStatus) -> RequestRejection {
        RequestRejection(
            .executionEnded,
            "The execution \(id) is about to end as \(status.rawValue), once its effects are undone; submit a new request "
                + "instead.")
    }
}
