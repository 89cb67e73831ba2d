import AMQPClient
import PerdureJSON
import WorkflowCore

/// Reads the events out of a message, whichever form it has.
enum EventBatch {
    /// An event as it was in a message.
    struct Item: Equatable {
        let routingKey: String
        let body: [UInt8]
    }

    /// The events of a message in order. A message that is no batch, or cannot be read as one, is given as it is.
    static func items(_ delivery: AMQPDelivery) -> [Item] {
        let whole = [Item(routingKey: delivery.routingKey, body: delivery.body)]
        guard delivery.properties.contentType == CloudEvent.batchContentType,
            let events = (try? JSONValue(parsing: delivery.body))?.arrayValue
        else { return whole }
        return events.map { Item(routingKey: routingKey($0) ?? delivery.routingKey, body: $0.jsonBytes) }
    }

    /// The key under which the event would have travelled alone.
    private static func routingKey(_ event: JSONValue) -> String? {
        guard let workflow = event["data"]?["workflow_id"]?.stringValue,
            let type = event["data"]?["event_type"]?.stringValue
        else { return nil }
        return CloudEventKind(workflowID: workflow, type: EventType(rawValue: type)).routingKey
    }
}
