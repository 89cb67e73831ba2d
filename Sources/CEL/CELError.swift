/// What went wrong while an expression was parsed, checked or evaluated.
///
/// Branch on ``code``, never on ``message``. No error of this module goes away by trying again with the same input,
/// so ``isRetriable`` is always false.
public struct CELError: Error, Sendable {
    /// What kind of error it is.
    public let code: Code
    /// One sentence for the author of the expression.
    public let message: String
    /// Where in the source it happened, when a place is known.
    public private(set) var position: CELPosition?
    /// The declared name the author probably meant, when one is a small edit away.
    public let suggestion: String?
    /// For `undeclaredField`, the field that there is not, and the name of the type that does not have it.
    public private(set) var missingField: CELMissingField?
    /// The error that caused this one, for instance that of a regular expression.
    public let underlying: (any Error)?

    /// Creates an error; a function of the host's throws it from its body.
    public init(
        _ code: Code, _ message: String, position: CELPosition? = nil, suggestion: String? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.position = position
        self.suggestion = suggestion
        self.underlying = underlying
    }

    /// Whether the same call may succeed later: never, since evaluation depends on nothing but its input.
    public var isRetriable: Bool { false }

    /// The same error with a place, unless it has one already: the innermost place is the useful one.
    func located(at position: CELPosition) -> CELError {
        guard self.position == nil else { return self }
        var copy = self
        copy.position = position
        return copy
    }

    /// The same error with the field that it is about.
    func naming(_ field: CELMissingField) -> CELError {
        var copy = self
        copy.missingField = field
        return copy
    }

    /// Whether `&&`, `||` and macros must let the error through: a spent budget stays spent.
    var isAbsorbable: Bool { code != .costExceeded && code != .tooLarge && code != .tooDeep }
}

extension CELError: CustomStringConvertible {
    /// The position, the message and the suggestion in one line.
    public var description: String {
        let place = position.map { "\($0): " } ?? ""
        let hint = suggestion.map { "; did you mean '\($0)'?" } ?? ""
        return place + message + hint
    }
}
