/// The properties of a message. Text properties have at most 255 bytes each.
public struct AMQPProperties: Sendable, Hashable {
    /// MIME type of the body.
    public var contentType: String?
    /// Encoding of the body, such as `gzip`.
    public var contentEncoding: String?
    /// Application headers; empty when there are none.
    public var headers: AMQPTable
    /// Whether the broker keeps the message on disk (delivery mode 2).
    public var isPersistent: Bool
    /// Priority, where the queue knows one.
    public var priority: UInt8?
    /// Which request an answer belongs to.
    public var correlationID: String?
    /// The queue that an answer goes to.
    public var replyTo: String?
    /// Time to live in milliseconds, as text.
    public var expiration: String?
    /// The id of the message, by which consumers recognise a repetition.
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: Int64?
    /// What kind of message it is.
    public var type: String?
    /// The user who published; the broker refuses any but the user of the connection.
    public var userID: String?
    /// The application that published.
    public var appID: String?

    /// Creates properties; messages are persistent unless said otherwise.
    public init(
        contentType: String? = nil,
        contentEncoding: String? = nil,
        headers: AMQPTable = [:],
        isPersistent: Bool = true,
        priority: UInt8? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil,
        messageID: String? = nil,
        timestamp: Int64? = nil,
        type: String? = nil,
        userID: String? = nil,
        appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.isPersistent = isPersistent
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }

    /// Upper bound of the bytes on the wire, or `nil` where something cannot be written.
    var encodedSize: Int? {
        var total = 32
        func add(_ text: String?) -> Bool {
            guard let text else { return true }
            total += 1 + text.utf8.count
            return text.utf8.count <= WireLimits.shortStringBytes
        }
        guard add(contentType), add(contentEncoding), add(correlationID), add(replyTo), add(expiration), add(messageID),
            add(type), add(userID), add(appID)
        else { return nil }
        if headers.isEmpty { return total }
        return AMQPTableValue.encodedSize(of: headers).map { $0 + total }
    }
}
