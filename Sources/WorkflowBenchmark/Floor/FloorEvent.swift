import AMQPClient
import WorkflowCore

/// One of the ten events of the two-step workflow, prepared as far as it is the same for every execution: what is left
/// is to put the id, the time and the input between pieces that are ready.
struct FloorEvent: Sendable {
    let sequence: Int64
    let type: EventType
    private let routingKey: String
    private let payload: [[UInt8]]
    private let bodyStart: [[UInt8]]

    /// The events in order, with the number of those that each of the three commits writes.
    static let perCommit = [3, 4, 3]

    /// All ten.
    static func all(workflowID: String) -> [FloorEvent] {
        let done = #"{"done":true}"#
        let both = #"{"step_1":{"done":true},"step_2":{"done":true}}"#
        func step(_ number: Int, _ fields: String) -> String {
            #","step_name":"step_\#(number)","attempt":1,\#(fields)"#
        }
        func agent() -> String { #""agent":"\#(BenchmarkAgents.nothing)""# }
        let fields: [(EventType, String)] = [
            (.executionStarted, #","version":1,INPUT,"metadata":{}"#),
            (.stepStarted, step(1, "INPUT")),
            (.agentInvoked, step(1, agent())),
            (.agentResponse, step(1, #""status":"SUCCESS""#)),
            (.stepCompleted, step(1, #""output":\#(done)"#)),
            (.stepStarted, step(2, "INPUT")),
            (.agentInvoked, step(2, agent())),
            (.agentResponse, step(2, #""status":"SUCCESS""#)),
            (.stepCompleted, step(2, #""output":\#(done)"#)),
            (.executionCompleted, #","status":"SUCCESS","output":\#(both)"#),
        ]
        return fields.enumerated().map { index, event in
            FloorEvent(sequence: Int64(index + 1), type: event.0, fields: event.1, workflowID: workflowID)
        }
    }

    private init(sequence: Int64, type: EventType, fields: String, workflowID: String) {
        self.sequence = sequence
        self.type = type
        routingKey = "\(workflowID).\(type.subject).\(type.verb)"
        let input = fields.split(separator: "INPUT", omittingEmptySubsequences: false).map { Array($0.utf8) }
        let head = Array(#"{"event_type":"\#(type.rawValue)","execution_id":""#.utf8)
        let middle = Array(#"","workflow_id":"\#(workflowID)","sequence":\#(sequence)"#.utf8)
        payload = [head, middle + input[0]] + input.dropFirst().map { $0 }
        let digits = String(sequence)
        let padded = String(repeating: "0", count: 10 - digits.utf8.count) + digits
        bodyStart = [
            Array(#"{"specversion":"1.0","id":""#.utf8),
            Array(
                #"/\#(sequence)","source":"/perdure/\#(workflowID)","type":"\#(type.cloudEventType)","subject":""#.utf8),
            Array(#"","time":""#.utf8),
            Array(#"","datacontenttype":"application/json","sequence":"\#(padded)","data":"#.utf8),
        ]
    }

    /// An input as a member of a payload; a large one is left out, as the runtime does.
    static func member(input: [UInt8]) -> [UInt8] {
        input.count > Limits.eventValueBytes
            ? Array(#""input_omitted_bytes":\#(input.count)"#.utf8) : Array(#""input":"#.utf8) + input
    }

    /// The payload for the table.
    ///
    /// - Parameter input: As `member(input:)` gives it.
    func payload(id: [UInt8], input: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320 + (payload.count > 2 ? input.count : 0))
        bytes += payload[0]
        bytes += id
        bytes += payload[1]
        if payload.count > 2 {
            bytes += input
            bytes += payload[2]
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Appends the event as it is published.
    func append(idBytes: [UInt8], payload: [UInt8], time: [UInt8], to body: inout [UInt8]) {
        body += bodyStart[0]
        body += idBytes
        body += bodyStart[1]
        body += idBytes
        body += bodyStart[2]
        body += time
        body += bodyStart[3]
        body += payload
        body.append(UInt8(ascii: "}"))
    }

    /// A message with this event, or with several of which this is the last, as the runtime makes it.
    ///
    /// - Parameter first: The sequence of the first of several; nil for a message with one event.
    func message(
        id: String, workflowID: String, body: [UInt8], first: Int64?, at: Timestamp, exchange: String
    ) -> AMQPMessage {
        var headers: AMQPTable = [
            "execution_id": .string(id), "workflow_id": .string(workflowID), "event_type": .string(type.rawValue),
            "sequence": .int64(sequence),
        ]
        if let first {
            headers["first_sequence"] = .int64(first)
            headers["count"] = .int64(sequence - first + 1)
        }
        return AMQPMessage(
            exchange: exchange, routingKey: routingKey,
            properties: AMQPProperties(
                contentType: first == nil ? CloudEvent.contentType : CloudEvent.batchContentType, headers: headers,
                messageID: "\(id)/\(sequence)", timestamp: at.secondsSinceEpoch, type: type.cloudEventType,
                appID: "perdure"
            ),
            body: body
        )
    }
}
