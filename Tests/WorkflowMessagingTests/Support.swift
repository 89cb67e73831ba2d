import PerdureJSON
import WorkflowCore

@testable import WorkflowMessaging

/// Events as commits give them, made up from little.
enum Made {
    static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    static func id(_ number: UInt64) -> ExecutionID {
        ExecutionID(now: Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000), randomBits: number, number)
    }

    static func event(
        _ sequence: Int64, _ type: EventType, workflow: String = "order", id: ExecutionID, padding: Int = 0
    ) -> JournalEvent {
        let payload: JSONValue = [
            "event_type": .string(type.rawValue), "execution_id": .string(id.description),
            "workflow_id": .string(workflow), "sequence": .int(sequence),
            "padding": .string(String(repeating: "é\"", count: padding)),
        ]
        return JournalEvent(
            sequence: sequence, type: type,
            timestamp: Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000 + sequence), payload: payload.jsonBytes)
    }

    /// The events of an execution from a sequence on.
    static func group(
        _ number: UInt64, from first: Int64 = 1, _ types: [EventType], workflow: String = "order", padding: Int = 0
    ) -> EventGroup {
        let id = id(number)
        return EventGroup(
            executionID: id, workflowID: workflow, traceparent: traceparent,
            events: types.enumerated().map {
                event(first + Int64($0.offset), $0.element, workflow: workflow, id: id, padding: padding)
            })
    }

    static func cloudEvents(_ groups: [EventGroup]) -> [CloudEvent] { groups.flatMap(\.cloudEvents) }
}
