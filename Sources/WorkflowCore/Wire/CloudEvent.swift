/// A committed event on its way to subscribers: CloudEvents 1.0 in JSON structured mode.
public struct CloudEvent: Sendable {
    /// The content type of a message with one event.
    public static let contentType = "application/cloudevents+json"
    /// The content type of a message with several: an array of structured events (the JSON batch format).
    public static let batchContentType = "application/cloudevents-batch+json"

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
    public var routingKey: String { kind.routingKey }

    /// The envelope with the payload in it.
    public var body: [UInt8] {
        let encoder = CloudEventEncoder(executionID: executionID, traceparent: traceparent)
        let kind = kind
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoder.byteCount(of: event, kind: kind))
        encoder.append(event, kind: kind, to: &bytes)
        return bytes
    }

    private var kind: CloudEventKind { CloudEventKind(workflowID: workflowID, type: event.type) }
}
