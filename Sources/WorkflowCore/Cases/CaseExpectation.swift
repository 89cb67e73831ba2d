import PerdureJSON

/// What a case expects of its execution; what it does not mention may be anything.
struct CaseExpectation: Sendable {
    /// What is expected of an error.
    struct Failure: Sendable {
        var code: String?
        var step: String?
        /// A part of the message.
        var messagePart: String?
    }

    /// What is expected of one step.
    struct Step: Sendable {
        let name: String
        var status: String?
        var input: JSONValue?
        var output: JSONValue?
        var attempts: Int?
    }

    /// What is expected of the events: `TYPE` or `TYPE step`, in order.
    enum Events: Sendable {
        /// These and no others.
        case exactly([String])
        /// These, with others before, between and after them.
        case contains([String])
    }

    /// What an execution that is never begun has as its status.
    static let rejected = "REJECTED"

    var status: String?
    var concurrencyKey: String?
    var output: JSONValue?
    var error: Failure?
    var events: Events?
    var steps: [Step] = []
    /// From the start to the end by the clock of the case, in microseconds.
    var durationMicroseconds: Int64?
}
