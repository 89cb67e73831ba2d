import PerdureJSON

/// Encodes the `data` of an event straight into bytes.
enum EventPayload {
    static func encode(
        type: EventType, state: ExecutionState, step: StepState?, fields: [(key: String, value: JSONValue)]
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("event_type")
        writer.string(type.rawValue)
        writer.key("execution_id")
        writer.string(state.id.description)
        writer.key("workflow_id")
        writer.string(state.workflow.id)
        writer.key("sequence")
        writer.int(state.sequence)
        if let step {
            writer.key("step_name")
            writer.string(step.name)
            writer.key("attempt")
            writer.int(step.attempt)
        }
        for (key, value) in fields { append(key, value, to: &writer) }
        writer.endObject()
        return writer.bytes
    }

    /// A large value is left out; its size stands in its place, so that a subscriber knows to look in the tables.
    private static func append(_ key: String, _ value: JSONValue, to writer: inout JSONWriter) {
        switch value {
        case .array, .object, .string:
            let encoded = value.jsonBytes
            if encoded.count > Limits.eventValueBytes {
                writer.key("\(key)_omitted_bytes")
                writer.int(encoded.count)
            } else {
                writer.key(key)
                writer.raw(bytes: encoded)
            }
        default:
            writer.key(key)
            writer.value(value)
        }
    }
}
