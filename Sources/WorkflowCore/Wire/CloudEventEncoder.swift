import PerdureJSON

/// Writes the events of one execution as CloudEvents, straight into bytes around the payloads that were encoded when
/// the events were decided.
public struct CloudEventEncoder: Sendable {
    private static let opening = Array(#"{"specversion":"1.0","id":""#.utf8)
    private static let time = Array(#"","time":""#.utf8)
    private static let sequence = Array(#"","datacontenttype":"application/json","sequence":""#.utf8)
    private static let sequenceDigits = 10

    private let id: [UInt8]
    /// From the end of the sequence to the payload.
    private let traceAndData: [UInt8]

    /// An encoder for an execution's events.
    public init(executionID: ExecutionID, traceparent: String?) {
        id = Array(executionID.description.utf8)
        var bytes = [UInt8(ascii: "\"")]
        if let traceparent {
            bytes += #","traceparent":"#.utf8
            JSONWriter.appendString(traceparent, to: &bytes)
        }
        bytes += #","data":"#.utf8
        traceAndData = bytes
    }

    /// How many bytes an event takes at most, a little more than it does.
    public func byteCount(of event: JournalEvent, kind: CloudEventKind) -> Int {
        event.payload.count + kind.sourceAndType.count + 2 * id.count + traceAndData.count + Self.fixedByteCount
    }

    /// The fixed texts, a time of 27 characters and two numbers.
    private static let fixedByteCount = opening.count + time.count + sequence.count + 27 + 2 * 20

    /// Appends one event.
    public func append(_ event: JournalEvent, kind: CloudEventKind, to bytes: inout [UInt8]) {
        bytes += Self.opening
        bytes += id
        bytes.append(UInt8(ascii: "/"))
        JSONWriter.appendInteger(event.sequence, to: &bytes)
        bytes += kind.sourceAndType
        bytes += id
        bytes += Self.time
        event.timestamp.appendRFC3339(to: &bytes)
        bytes += Self.sequence
        let padding = Self.sequenceDigits - event.sequence.decimalDigits
        for _ in 0..<max(0, padding) { bytes.append(UInt8(ascii: "0")) }
        JSONWriter.appendInteger(event.sequence, to: &bytes)
        bytes += traceAndData
        bytes += event.payload
        bytes.append(UInt8(ascii: "}"))
    }
}

extension Int64 {
    /// How many digits it has in decimal, without a sign.
    fileprivate var decimalDigits: Int {
        var rest = magnitude
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        return digits
    }
}
