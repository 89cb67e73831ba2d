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
        /// Whether it comes from the runtime itself, whose keys no message from outside may have.
        public var isOfRuntime = false

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
        let fields = try MessageFields(
            body: body, maximumByteCount: Limits.requestBytes, needs: "'workflow_id' and 'input'")
        try fields.allow(Self.fields, hint: "Put data of your own under 'metadata'.")
        guard let workflowID = fields["workflow_id"]?.stringValue, !workflowID.isEmpty else {
            throw fields.wrong("workflow_id", expected: "the workflow's id as text")
        }
        guard let input = fields.object["input"] else {
            throw fields.wrong("input", expected: "the workflow's input")
        }
        self.init(workflowID: workflowID, input: input)
        version = try fields.integer("version", 1...Int64(Int32.max), expected: "a whole number from 1")
        let highest = Self.highestPriority
        priority =
            try fields.integer("priority", 0...Int64(highest), expected: "a whole number from 0 to \(highest)")
            // What the broker knows a message by is as good; it may go higher there.
            ?? envelope.priority.map { min(Int($0), highest) }
        if let value = fields["metadata"] {
            guard value.objectValue != nil else { throw fields.wrong("metadata", expected: "an object") }
            metadata = value
        }
        executionID = try fields.executionID("execution_id")
        idempotencyKey = try envelope.idempotencyKey() ?? executionID?.description
        try envelope.checkReplyAddress()
        traceparent = envelope.traceparent.flatMap { Self.isTraceparent($0) ? $0 : nil }
        replyAddress = envelope.replyAddress
        isRedelivered = envelope.isRedelivered
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
