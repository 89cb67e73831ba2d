import PerdureJSON
import WorkflowCore

/// The `state_snapshot` of an execution: what of its state has no column of its own.
///
/// The outputs of steps stay in `execution_steps`. A snapshot is written with every transition, and must not grow
/// with what the steps gave.
enum StateSnapshot {
    static func encode(_ state: ExecutionState) -> [UInt8] {
        var writer = JSONWriter(capacity: 160 + 64 * state.steps.count)
        writer.beginObject()
        writer.key("status")
        writer.string(state.status.rawValue)
        writer.key("sequence")
        writer.int(state.sequence)
        writer.key("last_event_at_us")
        writer.int(state.lastEventAt.microsecondsSinceEpoch)
        if !state.signals.all.isEmpty {
            writer.key("signals")
            writer.value(
                .array(state.signals.all.map { ["name": .string($0.name), "payload": $0.payload] }))
        }
        writer.key("steps")
        writer.beginObject()
        for step in state.steps {
            writer.key(step.name)
            writer.beginObject()
            writer.key("status")
            writer.string(step.status.rawValue)
            writer.key("attempt")
            writer.int(step.attempt)
            if let retryAt = step.retryAt {
                writer.key("retry_at_us")
                writer.int(retryAt.microsecondsSinceEpoch)
            }
            if step.interruptions > 0 {
                writer.key("interruptions")
                writer.int(step.interruptions)
            }
            writer.endObject()
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
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
        for index in state.steps.indices {
            let step = snapshot["steps"]?[state.steps[index].name]
            state.steps[index].attempt = Int(step?["attempt"]?.intValue ?? 0)
            state.steps[index].retryAt = step?["retry_at_us"]?.intValue.map {
                Timestamp(microsecondsSinceEpoch: $0)
            }
            state.steps[index].interruptions = Int(step?["interruptions"]?.intValue ?? 0)
        }
    }
}
