import AMQPClient
import WorkflowCore

/// A message of events of one execution while it is written: one event as it is, or an array of them.
struct EventMessageDraft {
    private let group: EventGroup
    private let isBatch: Bool
    private let exchange: String
    private let idText: String
    private let encoder: CloudEventEncoder
    /// The headers that all messages of the execution have, with room for the others.
    private let commonHeaders: AMQPTable

    private var body: [UInt8] = []
    private var first: Int64 = 0
    private var count: Int64 = 0
    private var last: (event: JournalEvent, kind: CloudEventKind)?

    init(_ group: EventGroup, isBatch: Bool, exchange: String) {
        self.group = group
        self.isBatch = isBatch
        self.exchange = exchange
        idText = group.executionID.description
        encoder = CloudEventEncoder(executionID: group.executionID, traceparent: group.traceparent)
        var headers = AMQPTable(minimumCapacity: Self.headerCount)
        headers[Self.executionHeader] = .string(idText)
        headers[Self.workflowHeader] = .string(group.workflowID)
        if let traceparent = group.traceparent {
            headers[MessageConventions.traceparentHeader] = .string(traceparent)
        }
        commonHeaders = headers
    }

    private static let executionHeader = "execution_id"
    private static let workflowHeader = "workflow_id"
    private static let typeHeader = "event_type"
    private static let sequenceHeader = "sequence"
    private static let firstSequenceHeader = "first_sequence"
    private static let countHeader = "count"
    private static let headerCount = 7

    /// Whether an event can be added to what is there without passing the limit. The first one always can.
    func hasRoom(for event: JournalEvent, _ kind: CloudEventKind, upTo limit: Int) -> Bool {
        // Two bytes for the comma and the bracket at the end.
        count == 0 || body.count + encoder.byteCount(of: event, kind: kind) + 2 <= limit
    }

    /// Adds an event.
    mutating func add(_ event: JournalEvent, _ kind: CloudEventKind) {
        if count == 0 {
            first = event.sequence
            body.reserveCapacity(encoder.byteCount(of: event, kind: kind) + 2)
        }
        if isBatch { body.append(UInt8(ascii: count == 0 ? "[" : ",")) }
        encoder.append(event, kind: kind, to: &body)
        count += 1
        last = (event, kind)
    }

    /// The message with what was added, or nil when that is nothing; the draft is empty again.
    ///
    /// A message with several events has the id of the last one. So whoever has seen an id has seen every event of a copy
    /// under it, even when a successor of the coordinator has cut the messages differently.
    mutating func finish() -> AMQPMessage? {
        guard let (event, kind) = last else { return nil }
        var headers = commonHeaders
        headers[Self.typeHeader] = .string(event.type.rawValue)
        headers[Self.sequenceHeader] = .int64(event.sequence)
        if isBatch {
            headers[Self.firstSequenceHeader] = .int64(first)
            headers[Self.countHeader] = .int64(count)
            body.append(UInt8(ascii: "]"))
        }
        defer {
            body = []
            count = 0
            last = nil
        }
        return AMQPMessage(
            exchange: exchange, routingKey: kind.routingKey,
            properties: AMQPProperties(
                contentType: isBatch ? CloudEvent.batchContentType : CloudEvent.contentType, headers: headers,
                messageID: "\(idText)/\(event.sequence)", timestamp: event.timestamp.secondsSinceEpoch, type: kind.type,
                appID: MessageConventions.appID
            ),
            body: body
        )
    }
}
