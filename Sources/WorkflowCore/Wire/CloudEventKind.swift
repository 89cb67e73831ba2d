import PerdureJSON

/// What the events of one type have in common within a workflow: made once, used for each of them.
public struct CloudEventKind: Sendable {
    /// `<workflow_id>.<subject>.<verb>`.
    public let routingKey: String
    /// The type attribute, e.g. `perdure.step.completed`.
    public let type: String
    /// What stands between the id and the subject of the envelope.
    let sourceAndType: [UInt8]

    /// The kind of a workflow's events of a type.
    public init(workflowID: String, type: EventType) {
        routingKey = "\(workflowID).\(type.subject).\(type.verb)"
        self.type = type.cloudEventType
        var bytes = Array(#"","source":"#.utf8)
        JSONWriter.appendString("/perdure/\(workflowID)", to: &bytes)
        bytes += #","type":"#.utf8
        JSONWriter.appendString(self.type, to: &bytes)
        bytes += #","subject":""#.utf8
        sourceAndType = bytes
    }
}
