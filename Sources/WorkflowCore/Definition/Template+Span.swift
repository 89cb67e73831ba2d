import CEL
import PerdureJSON

extension Template {
    /// What a template gives where a duration is wanted.
    enum Span {
        /// A duration; one that CEL has computed may be negative.
        case microseconds(Int64)
        /// Something else, or more than ten years.
        case none(JSONValue)
    }

    /// Fills the expressions in where a duration is wanted.
    ///
    /// A text has to be written as durations are in definitions, or be none at all: `0s`. What an expression gives as a duration
    /// of CEL is one whatever its text.
    /// - Throws: `CELError` when an expression cannot be evaluated or gives what JSON cannot hold.
    func span(_ variables: some CELActivation) throws(CELError) -> Span {
        let value: JSONValue
        let span: Int64?
        if case .expression(let program) = self {
            let result = try program.evaluate(variables)
            value = try JSONValue(result)
            span = if case .duration = result { value.stringValue.flatMap(DurationText.span) } else { Self.span(value) }
        } else {
            value = try evaluate(variables)
            span = Self.span(value)
        }
        return span.map { .microseconds($0) } ?? .none(value)
    }

    private static func span(_ value: JSONValue) -> Int64? {
        guard let text = value.stringValue else { return nil }
        return text == "0s" ? 0 : DurationText.microseconds(text)
    }
}
