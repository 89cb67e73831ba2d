import PerdureJSON

/// A message that asks something of an execution under way, as it arrives on `workflow.control` or from the command
/// line.
public struct ControlRequest: Sendable, Equatable {
    /// Of which execution.
    public var executionID: ExecutionID
    /// What is asked.
    public var action: ControlAction
    /// Under which a second copy of the message is known; nil when the sender gave nothing to know it by.
    public var messageKey: String?
    /// Where the reply goes.
    public var replyAddress: ReplyAddress?

    /// A message from its parts.
    public init(
        executionID: ExecutionID, action: ControlAction, messageKey: String? = nil, replyAddress: ReplyAddress? = nil
    ) {
        self.executionID = executionID
        self.action = action
        self.messageKey = messageKey
        self.replyAddress = replyAddress
    }

    /// Reads a control message.
    ///
    /// - Throws: `RequestRejection` that names the field and what to send instead.
    public init(body: [UInt8], envelope: ExecutionRequest.Envelope) throws(RequestRejection) {
        let fields = try MessageFields(
            body: body, maximumByteCount: Limits.controlBytes, needs: "'action' and 'execution_id'")
        let action = try ControlAction(fields)
        guard let id = try fields.executionID("execution_id") else {
            throw fields.wrong("execution_id", expected: "the execution's id, a UUID as text")
        }
        self.init(executionID: id, action: action, messageKey: try envelope.idempotencyKey())
        try envelope.checkReplyAddress()
        replyAddress = envelope.replyAddress
    }

    /// The body of the message.
    public var body: JSONValue {
        Self.body(executionID, action: action.name, parameters: action.parameters)
    }

    /// The body of a message, from what the inbox holds of it.
    static func body(_ id: ExecutionID, action: String, parameters: JSONObject) -> JSONValue {
        var object: JSONObject = ["action": .string(action), "execution_id": .string(id.description)]
        for (key, value) in parameters { object[key] = value }
        return .object(object)
    }
}
