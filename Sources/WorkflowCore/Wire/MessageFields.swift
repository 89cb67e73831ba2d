import PerdureJSON

/// The fields of a message's body, and complaints about them that say what to send instead.
struct MessageFields {
    let object: JSONObject

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - byteCount: How large it may be.
    ///   - needs: The fields that it must have, for the complaint about one that is no object.
    init(body: [UInt8], maximumByteCount byteCount: Int, needs: String) throws(RequestRejection) {
        guard body.count <= byteCount else {
            throw RequestRejection(
                .tooLarge,
                "The body has \(body.count) bytes and the limit is \(byteCount); store the payload elsewhere and send a reference."
            )
        }
        let limits = JSONLimits(maximumDepth: Limits.jsonDepth, maximumByteCount: byteCount, allowsNUL: false)
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
            throw RequestRejection(.invalidRequest, "The body must be a JSON object with \(needs).")
        }
        self.object = object
    }

    subscript(field: String) -> JSONValue? {
        guard let value = object[field], !value.isNull else { return nil }
        return value
    }

    /// Refuses fields beside these.
    ///
    /// - Parameter hint: What else to do with a field of one's own; empty when there is nothing to say.
    func allow(_ fields: [String], hint: String = "") throws(RequestRejection) {
        guard let unknown = object.keys.first(where: { !fields.contains($0) }) else { return }
        throw RequestRejection(
            .invalidRequest,
            "Unknown field '\(unknown.storable(maximum: 64))'.\(Suggestion.text(for: unknown, among: fields)) \(hint)"
                .trimmed
        )
    }

    /// A whole number, or nil when it is missing.
    func integer(_ field: String, _ range: ClosedRange<Int64>, expected: String) throws(RequestRejection) -> Int? {
        guard let value = self[field] else { return nil }
        guard let integer = value.intValue, range.contains(integer) else { throw wrong(field, expected: expected) }
        return Int(integer)
    }

    /// An execution's id, or nil when it is missing.
    func executionID(_ field: String) throws(RequestRejection) -> ExecutionID? {
        guard let value = self[field] else { return nil }
        guard let id = value.stringValue.flatMap({ ExecutionID($0) }) else {
            throw wrong(field, expected: "a UUID as text")
        }
        return id
    }

    /// What to say of a field that is missing or not as it must be.
    func wrong(_ field: String, expected: String) -> RequestRejection {
        guard let value = object[field] else {
            return RequestRejection(.invalidRequest, "The field '\(field)' is missing; send \(expected).")
        }
        return RequestRejection(
            .invalidRequest, "The field '\(field)' must be \(expected); found \(value.jsonText.storable(maximum: 80))."
        )
    }
}

extension ExecutionRequest.Envelope {
    /// Under which a second copy of the message is known; nil when it has nothing to know it by.
    ///
    /// - Throws: `RequestRejection` when it is too long to be kept, or looks like one of the runtime's own.
    func idempotencyKey() throws(RequestRejection) -> String? {
        guard let messageID, !messageID.isEmpty else { return nil }
        guard messageID.utf8.count <= Limits.idempotencyKeyBytes, !messageID.utf8.contains(0) else {
            throw RequestRejection(
                .invalidRequest,
                "The property 'message_id' must be at most \(Limits.idempotencyKeyBytes) bytes of text without NUL."
            )
        }
        guard isOfRuntime || !messageID.hasPrefix(InternalControl.keyPrefix) else {
            throw RequestRejection(
                .invalidRequest,
                "The property 'message_id' must not begin with '\(InternalControl.keyPrefix)', which is for the runtime's own "
                    + "messages; choose another one.")
        }
        return messageID
    }

    /// Refuses an address that a reply could not carry.
    func checkReplyAddress() throws(RequestRejection) {
        for (name, value) in [("reply_to", replyTo), ("correlation_id", correlationID)]
        where value.map({ $0.utf8.contains(0) || $0.utf8.count > Limits.propertyBytes }) == true {
            // Bytes that are not UTF-8 grow when they are read, past what the reply could carry.
            throw RequestRejection(
                .invalidRequest,
                "The property '\(name)' must be at most \(Limits.propertyBytes) bytes of UTF-8 text without NUL."
            )
        }
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
