import PerdureJSON

/// A request to execute a workflow, as it arrives on `workflow.requests` or from the command line.
public struct ExecutionRequest: Sendable, Equatable {
    /// The workflow to run.
    public var workflowID: String
    /// The version to run; nil means the newest.
    public var version: Int?
    /// What the workflow is given.
    public var input: JSONValue
    /// The id the caller chose for the execution.
    public var executionID: ExecutionID?
    /// 0 to 9: which of the requests of one workflow that wait goes first; nil counts as `standardPriority`.
    public var priority: Int?
    /// An object of the caller's own.
    public var metadata: JSONValue
    /// Under which a second copy of the request is known; nil when the caller gave none.
    public var idempotencyKey: String?
    /// The W3C trace context of the caller.
    public var traceparent: String?
    /// Where the final result goes.
    public var replyAddress: ReplyAddress?
    /// Whether this may be the very message that was accepted before, rather than a copy that somebody sent.
    public var isRedelivered = false

    /// The highest priority; AMQP 0.9.1 has ten.
    public static let highestPriority = 9
    /// The priority of a request that names none. Quorum queues of RabbitMQ 4 also put what is above 4 before the rest.
    public static let standardPriority = 4

    /// A request from its parts.
    public init(
        workflowID: String, version: Int? = nil, input: JSONValue, executionID: ExecutionID? = nil,
        priority: Int? = nil,
        metadata: JSONValue = .object([:]), idempotencyKey: String? = nil, traceparent: String? = nil,
        replyAddress: ReplyAddress? = nil
    ) {
        self.workflowID = workflowID
        self.version = version
        self.input = input
        self.executionID = executionID
        self.priority = priority
        self.metadata = metadata
        self.idempotencyKey = idempotencyKey
        self.traceparent = traceparent
        self.replyAddress = replyAddress
    }

    /// The body of the message that makes this request.
    public var body: JSONValue {
        var object: JSONObject = ["workflow_id": .string(workflowID), "input": input]
        if let executionID { object["execution_id"] = .string(executionID.description) }
        if let version { object["version"] = .int(Int64(version)) }
        if let priority { object["priority"] = .int(Int64(priority)) }
        if metadata != .object([:]) { object["metadata"] = metadata }
        return .object(object)
    }
}

/// Where the result of an execution is sent: a queue, by way of the default exchange.
public struct ReplyAddress: Sendable, Hashable {
    /// The `reply_to` of the request.
    public let replyTo: String
    /// Repeated in the reply.
    public let correlationID: String?

    /// An address from the properties of a request.
    public init(replyTo: String, correlationID: String?) {
        self.replyTo = replyTo
        self.correlationID = correlationID
    }
}
