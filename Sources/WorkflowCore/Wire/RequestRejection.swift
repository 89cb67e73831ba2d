/// Why a request or a control message cannot be used. It is parked with this reason and, if it asked for a reply, answered with it.
public struct RequestRejection: Error, Sendable, Hashable {
    /// A stable word, sent as the header `x-error-code`.
    public enum Code: String, Sendable, CaseIterable {
        /// The body is not JSON.
        case invalidJSON = "INVALID_JSON"
        /// The body is not UTF-8.
        case invalidEncoding = "INVALID_ENCODING"
        /// The body is larger than `Limits.requestBytes`.
        case tooLarge = "TOO_LARGE"
        /// The body nests deeper than `Limits.jsonDepth`.
        case tooDeep = "TOO_DEEP"
        /// A field is missing, misspelt or of the wrong type.
        case invalidRequest = "INVALID_REQUEST"
        /// No definition has this id.
        case unknownWorkflow = "UNKNOWN_WORKFLOW"
        /// The workflow has no such version.
        case unknownVersion = "UNKNOWN_VERSION"
        /// The input does not match the workflow's schema.
        case invalidInput = "INVALID_INPUT"
        /// The idempotency key or the execution id was used before for something else.
        case idempotencyConflict = "IDEMPOTENCY_CONFLICT"
        /// As many executions of the workflow run as its `concurrency` allows, and the definition says to refuse more.
        case concurrencyLimit = "CONCURRENCY_LIMIT"
        /// There is no execution of this id.
        case unknownExecution = "UNKNOWN_EXECUTION"
        /// The execution has ended.
        case executionEnded = "EXECUTION_ENDED"
        /// So many signals wait for a step to take them that there is no place for one more.
        case tooManySignals = "TOO_MANY_SIGNALS"
        /// The database refuses to hold the request.
        case notStorable = "NOT_STORABLE"
    }

    /// What kind of problem it is.
    public let code: Code
    /// One sentence that names the field and says what to send instead; the header `x-error-message`.
    public let message: String

    /// A rejection from its parts; a longer message is cut, since headers have to fit one frame.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.storable(maximum: Limits.errorMessageCharacters)
    }
}
