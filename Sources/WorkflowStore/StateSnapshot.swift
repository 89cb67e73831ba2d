import PerdureJSON
import WorkflowCore

/// The `state_snapshot` of an execution: what of its state has no column of its own.
///
/// The outputs of steps stay in `execution_steps`, and so does all of the instances of steps (`StepProgress`). A snapshot is
/// written with every transition, and must not grow with what the steps gave, or with their items.
enum StateSnapshot {
    static func encode(_ state: ExecutionState) -> [UInt8] {
        var writer = JSONWriter(capacity: 160 + 64 * state.steps.definedCount)
        writer.beginObject()
        writer.key("status")
        writer.string(state.status.rawValue)
        writer.key("sequence")
        writer.int(state.sequence)
        writer.key("last_event_at_us")
        writer.int(state.lastEventAt.microsecondsSinceEpoch)
        if let ending = state.ending {
            writer.key("ending")
            writer.value(["status": .string(ending.status.rawValue), "error": ending.error.json])
        }
        if !state.signals.all.isEmpty {
            writer.key("signals")
            writer.value(
                .array(state.signals.all.map { ["name": .string($0.name), "payload": $0.payload] }))
        }
        writer.key("steps")
        writer.beginObject()
        for step in state.steps.prefix(state.steps.definedCount) {
            writer.key(step.name)
            writer.beginObject()
            writer.key("status")
            writer.string(step.status.rawValue)
            writer.key("attempt")
            writer.int(step.attempt)
            encodeWait(of: step, to: &writer)
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// What is only there while a step waits or after it lost its coordinator.
    static func encodeWait(of step: StepState, to writer: inout JSONWriter) {
        if let dueAt = step.dueAt {
            writer.key("due_at_us")
            writer.int(dueAt.microsecondsSinceEpoch)
        }
        if step.interruptions > 0 {
            writer.key("interruptions")
            writer.int(step.interruptions)
        }
    }

    /// Puts what a snapshot holds back into a state whose other columns are filled in.
    static func restore(_ snapshot: JSONValue, into state: inout ExecutionState) {
        state.sequence = snapshot["sequence"]?.intValue ?? 0
        if let microseconds = snapshot["last_event_at_us"]?.intValue {
            state.lastEventAt = Timestamp(microsecondsSinceEpoch: microseconds)
        }
        state.signals = WaitingSignals(
            (snapshot["signals"]?.arrayValue ?? []).compactMap { signal in
                signal["name"]?.stringValue.map {
                    WaitingSignals.Signal(name: $0, payload: signal["payload"] ?? .null)
                }
            })
        if let ending = snapshot["ending"], let status = ending["status"]?.stringValue.flatMap(ExecutionStatus.init),
            let error = ending["error"].flatMap({ WorkflowError(json: $0) })
        {
            state.ending = ExecutionState.Ending(status: status, error: error)
        }
        for index in 0..<state.steps.definedCount {
            if let step = snapshot["steps"]?[state.steps[index].name] { restore(step, into: &state.steps[index]) }
        }
    }

    /// Puts what was encoded of a step back.
    static func restore(_ step: JSONValue, into state: inout StepState) {
        state.attempt = Int(step["attempt"]?.intValue ?? 0)
        // Under the second name until tables of version 3.
        let due = step["due_at_us"] ?? step["retry_at_us"]
        state.dueAt = due?.intValue.map { Timestamp(microsecondsSinceEpoch: $0) }
        state.interruptions = Int(step["interruptions"]?.intValue ?? 0)
    }
}
