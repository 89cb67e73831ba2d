import PerdureJSON

/// Why an execution or a step failed, as tables, events and replies show it.
public struct WorkflowError: Error, Sendable, Hashable {
    /// A stable word that programs branch on.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The word itself.
        public let rawValue: String

        /// A code from its word; agents may bring their own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An agent threw or answered with an error.
        public static let agentError = Code(rawValue: "AGENT_ERROR")
        /// The definition names an agent that this coordinator does not have.
        public static let unknownAgent = Code(rawValue: "UNKNOWN_AGENT")
        /// An expression of the definition could not be evaluated.
        public static let expressionError = Code(rawValue: "EXPRESSION_ERROR")
        /// A step lost its coordinator too often.
        public static let interruptedTooOften = Code(rawValue: "INTERRUPTED_TOO_OFTEN")
        /// An output is larger than the limit.
        public static let outputTooLarge = Code(rawValue: "OUTPUT_TOO_LARGE")
        /// The arguments of an agent do not fit what it accepts.
        public static let invalidArguments = Code(rawValue: "INVALID_ARGUMENTS")
        /// An attempt waited longer than `timeout.start` for its agent to begin.
        public static let startTimeout = Code(rawValue: "START_TIMEOUT")
        /// An attempt took longer than `timeout.run`.
        public static let timeout = Code(rawValue: "TIMEOUT")
        /// An attempt gave no sign of life for longer than `timeout.heartbeat`.
        public static let heartbeatTimeout = Code(rawValue: "HEARTBEAT_TIMEOUT")
        /// The step with all its attempts took longer than `timeout.total`.
        public static let totalTimeout = Code(rawValue: "TOTAL_TIMEOUT")
        /// The execution took longer than the `timeout` of its workflow.
        public static let executionTimeout = Code(rawValue: "EXECUTION_TIMEOUT")
        /// The signal that a step waited for did not come in time.
        public static let signalTimeout = Code(rawValue: "SIGNAL_TIMEOUT")
        /// Too many items of a `foreach` failed, each for a reason of its own.
        public static let itemsFailed = Code(rawValue: "ITEMS_FAILED")
        /// Somebody asked for the end of the execution.
        public static let cancelled = Code(rawValue: "CANCELLED")
        /// The definition that an execution started with is gone.
        public static let definitionMissing = Code(rawValue: "DEFINITION_MISSING")
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence for the reader, at most `Limits.errorMessageCharacters` long.
    public let message: String
    /// The step it happened in, when it happened in one.
    public let step: String?
    /// How long an agent asks to be left alone before the next attempt, as a service says with `Retry-After`.
    ///
    /// The step's retry policy decides whether there is one; its delay is replaced when this is longer, up to
    /// `Limits.retryAfterSeconds`. Not part of the stored error: the events of the attempt have it.
    public let retryAfter: Duration?

    /// An error; a longer message or code is cut, and U+0000 replaced, so that it can always be stored.
    public init(code: Code, message: String, step: String? = nil, retryAfter: Duration? = nil) {
        self.retryAfter = retryAfter
        self.code = Code(rawValue: code.rawValue.storable(maximum: Limits.errorCodeCharacters))
        self.message = message.storable(maximum: Limits.errorMessageCharacters)
        self.step = step
    }

    /// The shape of the contract: `{"code", "message", "step"}`.
    public var json: JSONValue {
        var object: JSONObject = ["code": .string(code.rawValue), "message": .string(message)]
        if let step { object["step"] = .string(step) }
        return .object(object)
    }

    /// The error in `json`, or nil when that is not an error's shape.
    public init?(json: JSONValue) {
        guard let code = json["code"]?.stringValue, let message = json["message"]?.stringValue else { return nil }
        self.init(code: Code(rawValue: code), message: message, step: json["step"]?.stringValue)
    }
}
