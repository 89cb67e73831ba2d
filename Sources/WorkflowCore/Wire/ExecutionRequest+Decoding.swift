import PerdureJSON

extension ExecutionRequest {
    /// What a message carries beside its body.
    public struct Envelope: Sendable {
        /// The property `message_id`.
        public var messageID: String?
        /// The property `reply_to`.
        public var replyTo: String?
        /// The property `correlation_id`.
        public var correlationID: String?
        /// The header `traceparent`.
        public var traceparent: String?
        /// The property `priority`.
        public var priority: UInt8?
        /// Whether the broker may have delivered the message before.
        public var isRedelivered: Bool

        /// An envelope from a message's properties.
        public init(
            messageID: String?, replyTo: String?, correlationID: String?, traceparent: String?,
            priority: UInt8? = nil, isRedelivered: Bool = false
        ) {
            self.priority = priority
            self.messageID = messageID
            self.replyTo = replyTo
            self.correlationID = correlationID
            self.traceparent = traceparent
            self.isRedelivered = isRedelivered
        }

        /// Where an answer goes, if one is asked for.
        public var replyAddress: ReplyAddress? {
            guard let replyTo, !replyTo.isEmpty else { return nil }
            return ReplyAddress(replyTo: replyTo, correlationID: correlationID)
        }
    }

    private static let fields = ["workflow_id", "input", "execution_id", "version", "priority", "metadata"]

    /// Reads a request out of a message.
    ///
    /// - Throws: `RequestRejection` that names the field and what to send instead.
    public init(body: [UInt8], envelope: Envelope) throws(RequestRejection) {
        let object = try Self.object(in: body)
        if let unknown = object.keys.first(where: { !Self.fields.contains($0) }) {
            throw RequestRejection(
                .invalidRequest,
                "Unknown field '\(unknown.storable(maximum: 64))'.\(Suggestion.text(for: unknown, among: Self.fields)) "
                    + "Put data of your own under 'metadata'."
            )
        }
        guard let workflowID = object["workflow_id"]?.stringValue, !workflowID.isEmpty else {
            throw Self.wrong("workflow_id", in: object, expected: "the workflow's id as text")
        }
        guard let input = object["input"] else {
            throw Self.wrong("input", in: object, expected: "the workflow's input")
        }
        self.init(workflowID: workflowID, input: input)
        version = try Self.integer("version", in: object, 1...Int64(Int32.max), expected: "a whole number from 1")
        let highest = Self.highestPriority
        priority =
            try Self.integer(
                "priority", in: object, 0...Int64(highest), expected: "a whole number from 0 to \(highest)")
            // What the broker knows a message by is as good; it may go higher there.
            ?? envelope.priority.map { min(Int($0), highest) }
        if let value = object["metadata"], !value.isNull {
            guard value.objectValue != nil else { throw Self.wrong("metadata", in: object, expected: "an object") }
            metadata = value
        }
        if let value = object["execution_id"], !value.isNull {
            guard let id = value.stringValue.flatMap({ ExecutionID($0) }) else {
                throw Self.wrong("execution_id", in: object, expected: "a UUID as text")
            }
            executionID = id
        }
        idempotencyKey = try Self.idempotencyKey(envelope.messageID) ?? executionID?.description
        for (name, value) in [("reply_to", envelope.replyTo), ("correlation_id", envelope.correlationID)]
        where value.map({ $0.utf8.contains(0) || $0.utf8.count > Limits.propertyBytes }) == true {
            // Bytes that are not UTF-8 grow when they are read, past what the reply could carry.
            throw RequestRejection(
                .invalidRequest,
                "The property '\(name)' must be at most \(Limits.propertyBytes) bytes of UTF-8 text without NUL."
            )
        }
        traceparent = envelope.traceparent.flatMap { Self.isTraceparent($0) ? $0 : nil }
        replyAddress = envelope.replyAddress
        isRedelivered = envelope.isRedelivered
    }

    private static func object(in body: [UInt8]) throws(RequestRejection) -> JSONObject {
        guard body.count <= Limits.requestBytes else {
            throw RequestRejection(
                .tooLarge,
                "The body has \(body.count) bytes and the limit is \(Limits.requestBytes); store the payload elsewhere and send a reference."
            )
        }
        let limits = JSONLimits(maximumDepth: Limits.jsonDepth, maximumByteCount: Limits.requestBytes, allowsNUL: false)
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body, limits: limits)
        } catch {
            switch error.code {
            case .invalidUTF8: throw RequestRejection(.invalidEncoding, "The body is not UTF-8: \(error)")
            case .tooDeep:
                throw RequestRejection(.tooDeep, "The body nests deeper than \(Limits.jsonDepth) levels; flatten it.")
            default: throw RequestRejection(.invalidJSON, "The body is not JSON: \(error)")
            }
        }
        guard case .object(let object) = value else {
            throw RequestRejection(.invalidRequest, "The body must be a JSON object with 'workflow_id' and 'input'.")
        }
        return object
    }

    private static func integer(
        _ field: String, in object: JSONObject, _ range: ClosedRange<Int64>, expected: String
    ) throws(RequestRejection) -> Int? {
        guard let value = object[field], !value.isNull else { return nil }
        guard let integer = value.intValue, range.contains(integer) else {
            throw wrong(field, in: object, expected: expected)
        }
        return Int(integer)
    }

    private static func wrong(_ field: String, in object: JSONObject, expected: String) -> RequestRejection {
        guard let value = object[field] else {
            return RequestRejection(.invalidRequest, "The field '\(field)' is missing; send \(expected).")
        }
        return RequestRejection(
            .invalidRequest, "The field '\(field)' must be \(expected); found \(value.jsonText.storable(maximum: 80))."
        )
    }

    private static func idempotencyKey(_ messageID: String?) throws(RequestRejection) -> String? {
        guard let messageID, !messageID.isEmpty else { return nil }
        guard messageID.utf8.count <= Limits.idempotencyKeyBytes, !messageID.utf8.contains(0) else {
            throw RequestRejection(
                .invalidRequest,
                "The property 'message_id' must be at most \(Limits.idempotencyKeyBytes) bytes of text without NUL."
            )
        }
        return messageID
    }

    /// Whether `text` is a W3C `traceparent` (Trace Context, section 3.2): version, trace id, parent id and flags in
    /// lower-case hexadecimal, neither id all zeros; a version after 00 may add more.
    static func isTraceparent(_ text: String) -> Bool {
        guard text.utf8.count <= 128, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, [2, 32, 16, 2] == parts.prefix(4).map(\.utf8.count) else { return false }
        let isHexadecimal = parts.prefix(4).allSatisfy { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        let hasIDs = parts[1...2].allSatisfy { !$0.utf8.allSatisfy { $0 == 0x30 } }
        return isHexadecimal && hasIDs && parts[0] != "ff" && (parts[0] != "00" || parts.count == 4)
    }
}
