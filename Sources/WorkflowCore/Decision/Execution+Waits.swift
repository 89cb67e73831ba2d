import CEL
import PerdureJSON

/// Steps that wait.
extension Execution {
    /// Starts a wait.
    mutating func begin(_ time: WaitTime, as step: Int, now: Timestamp, _ decision: inout Decision) {
        switch due(time, step: step, now: now) {
        case .success(let due):
            beginWaiting(step: step, until: due, now: now, &decision, fields: [])
            if now >= due { endWait(of: step, now: now, &decision) } else { wait(step: step, &decision) }
        case .failure(let error):
            failToStart(step: step, error, now: now, &decision)
        }
    }

    /// Starts to wait for a signal.
    mutating func begin(_ signal: SignalWait, as step: Int, now: Timestamp, _ decision: inout Decision) {
        beginWaiting(
            step: step, until: signal.timeoutMicroseconds.map { now.advanced(byMicroseconds: $0) }, now: now, &decision,
            fields: [("signal", .string(signal.name))])
        if let payload = state.signals.take(signal.name) {
            take(payload, as: step, now: now, &decision)
        } else {
            wait(step: step, &decision)
        }
    }

    /// Ends a wait for a signal that has come.
    mutating func take(_ payload: JSONValue, as step: Int, now: Timestamp, _ decision: inout Decision) {
        succeed(step: step, ["payload": payload, "timed_out": false], now: now, &decision)
    }

    private mutating func beginWaiting(
        step: Int, until due: Timestamp?, now: Timestamp, _ decision: inout Decision,
        fields: [(key: String, value: JSONValue)]
    ) {
        state.steps[step].status = .waiting
        state.steps[step].dueAt = due
        markStarted(
            step: step, now: now, &decision, fields: fields + (due.map { [("until", .string($0.rfc3339))] } ?? []))
    }

    /// Ends a wait whose time has come.
    mutating func endWait(of step: Int, now: Timestamp, _ decision: inout Decision) {
        decision.changedSteps.insert(step)
        let due = JSONValue.string((state.steps[step].dueAt ?? now).rfc3339)
        record(.timerFired, step: step, now: now, &decision, fields: [("due", due)])
        guard case .signal(let signal) = work(of: step) else {
            // Not the time: what a run gives must not depend on when it was.
            succeed(step: step, .null, now: now, &decision)
            return
        }
        if signal.continuesWithoutSignal {
            succeed(step: step, ["payload": .null, "timed_out": true], now: now, &decision)
            return
        }
        let limit = DurationText.text(signal.timeoutMicroseconds ?? 0)
        let error = WorkflowError(
            code: .signalTimeout, message: "The signal '\(signal.name)' did not come within \(limit).",
            step: state.steps[step].name)
        fail(step: step, error, now: now, &decision)
    }

    /// When a wait is over.
    private func due(_ time: WaitTime, step: Int, now: Timestamp) -> Result<Timestamp, WorkflowError> {
        switch time {
        case .span(let microseconds): return .success(now.advanced(byMicroseconds: microseconds))
        case .until(let due): return .success(due)
        case .computedSpan(let template, let reads):
            let variables = ExecutionVariables(
                reads, of: state, integersAt: definition.inputIntegers, bindings(of: step))
            do {
                switch try template.span(variables) {
                case .microseconds(let span): return .success(now.advanced(byMicroseconds: max(0, span)))
                case .none(let value):
                    return .failure(
                        Self.unusable(value, "a duration of ten years at most, e.g. '5m', '1h30m' or duration('90s')"))
                }
            } catch {
                return .failure(
                    WorkflowError(
                        code: .expressionError,
                        message: "The duration of 'wait' could not be computed: \(error.message)"))
            }
        case .computedTime(let template, let reads):
            return compute(template, reads, bindings(of: step), tooLarge: .expressionError, "The time of 'wait'")
                .flatMap { value in
                    guard let text = value.stringValue, let due = Timestamp(rfc3339: text) else {
                        return .failure(Self.unusable(value, "a time with a zone, e.g. 2026-12-24T18:00:00Z"))
                    }
                    return .success(due)
                }
        }
    }

    private static func unusable(_ value: JSONValue, _ expected: String) -> WorkflowError {
        WorkflowError(
            code: .expressionError,
            message: "'wait' needs \(expected); the expression gave \(value.jsonText.storable(maximum: 64)).")
    }
}
