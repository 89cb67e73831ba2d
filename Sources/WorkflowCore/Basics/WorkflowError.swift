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
        /// The child that a step had started was cancelled.
        public static let childCancelled = Code(rawValue: "CHILD_CANCELLED")
        /// Executions have started one another to a depth past the limit.
        public static let childTooDeep = Code(rawValue: "CHILD_TOO_DEEP")
        /// So many executions are under way that no child is started.
        public static let tooManyChildren = Code(rawValue: "TOO_MANY_CHILDREN")
        /// As many executions of the workflow run as its `concurrency` allows, and the definition says to refuse more.
        public static let concurrencyLimit = Code(rawValue: "CONCURRENCY_LIMIT")
        /// Somebody asked for the end of the execution.
        public static let cancelled = Code(rawValue: "CANCELLED")
        /// The definition that an execution started with is gone.
        public static let definitionMissing = Code(rawValue: "DEFINITION_MISSING")
    }

    /// In an object, since every step of every execution has room for an error, and few have one.
    private final class Parts: Sendable, Hashable {
        let code: Code
        let message: String
        let step: String?
        let retryAfter: Duration?

        init(code: Code, message: String, step: String?, retryAfter: Duration?) {
            self.code = code
            self.message = message
            self.step = step
            self.retryAfter = retryAfter
        }

        static func == (left: Parts, right: Parts) -> Bool {
            left.code == right.code && left.message == right.message && left.step == right.step
                && left.retryAfter == right.retryAfter
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(code)
            hasher.combine(message)
            hasher.combine(step)
            hasher.combine(retryAfter)
        }
    }

    private let parts: Parts

    /// What kind of failure it is.
    public var code: Code { parts.code }
    /// One sentence for the reader, at most `Limits.errorMessageCharacters` long.
    public var message: String { parts.message }
    /// The step it happened in, when it happened in one.
    public var step: String? { parts.step }
    /// How long an agent asks to be left alone before the next attempt, as a service says with `Retry-After`.
    ///
    /// The step's retry policy decides whether there is one; its delay is replaced when this is longer, up to
    /// `Limits.retryAfterSeconds`. Not part of the stored error: the events of the attempt have it.
    public var retryAfter: Duration? { parts.retryAfter }

    /// An error; a longer message or code is cut, and U+0000 replaced, so that it can always be stored.
    public init(code: Code, message: String, step: String? = nil, retryAfter: Duration? = nil) {
        parts = Parts(
            code: Code(rawValue: code.rawValue.storable(maximum: Limits.errorCodeCharacters)),
            message: message.storable(maximum: Limits.errorMessageCharacters), step: step, retryAfter: retryAfter)
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
