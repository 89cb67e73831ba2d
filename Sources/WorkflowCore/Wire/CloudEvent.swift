import PerdureJSON

/// A committed event on its way to subscribers: CloudEvents 1.0 in JSON structured mode.
public struct CloudEvent: Sendable {
    /// The content type of its message.
    public static let contentType = "application/cloudevents+json"

    /// The execution it belongs to.
    public let executionID: ExecutionID
    /// The workflow's id.
    public let workflowID: String
    /// The W3C trace context of the execution.
    public let traceparent: String?
    /// The event itself.
    public let event: JournalEvent

    /// An event with what its envelope needs.
    public init(executionID: ExecutionID, workflowID: String, traceparent: String?, event: JournalEvent) {
        self.executionID = executionID
        self.workflowID = workflowID
        self.traceparent = traceparent
        self.event = event
    }

    /// The same for every copy of the event.
    public var id: String { "\(executionID)/\(event.sequence)" }

    /// `<workflow_id>.<subject>.<verb>`.
    public var routingKey: String { "\(workflowID).\(event.type.subject).\(event.type.verb)" }

    /// The message body, written straight into bytes around the payload that was encoded when the event was decided.
    public var body: [UInt8] {
        var writer = JSONWriter(capacity: event.payload.count + 400)
        writer.beginObject()
        member("specversion", "1.0", &writer)
        member("id", id, &writer)
        member("source", "/perdure/\(workflowID)", &writer)
        member("type", event.type.cloudEventType, &writer)
        member("subject", executionID.description, &writer)
        member("time", event.timestamp.rfc3339, &writer)
        member("datacontenttype", "application/json", &writer)
        let digits = String(event.sequence)
        member("sequence", String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits, &writer)
        if let traceparent { member("traceparent", traceparent, &writer) }
        writer.key("data")
        writer.raw(bytes: event.payload)
        writer.endObject()
        return writer.bytes
    }

    private func member(_ key: String, _ value: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.string(value)
    }
}
