import CEL
import PerdureJSON

/// A JSON value with CEL expressions in it: `${ … }` alone in a string gives the expression's value, within other
/// text its text.
///
/// `$${` stands for a literal `${`.
public indirect enum Template: Sendable {
    /// A value without expressions.
    case literal(JSONValue)
    /// One expression; its value stands here whatever its type.
    case expression(CELProgram)
    /// Text with expressions in it; each gives text, a number or a boolean.
    case text([TextPart])
    /// A list, item by item.
    case array([Template])
    /// An object, member by member, in order.
    case object([(key: String, value: Template)])

    /// A piece of text with expressions.
    public enum TextPart: Sendable {
        /// As it stands.
        case literal(String)
        /// The text of an expression's value.
        case expression(CELProgram)
    }

    /// Fills the expressions in.
    ///
    /// - Throws: `CELError` when an expression cannot be evaluated or gives what JSON cannot hold.
    public func evaluate(_ variables: some CELActivation) throws(CELError) -> JSONValue {
        switch self {
        case .literal(let value):
            return value
        case .expression(let program):
            return try JSONValue(program.evaluate(variables))
        case .text(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .literal(let piece): text += piece
                case .expression(let program): text += try JSONValue(program.evaluate(variables)).interpolated
                }
            }
            return .string(text)
        case .array(let items):
            var values: [JSONValue] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try item.evaluate(variables)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for (key, value) in members { object[key] = try value.evaluate(variables) }
            return .object(object)
        }
    }

    /// Every expression in the template.
    var programs: [CELProgram] {
        switch self {
        case .literal: []
        case .expression(let program): [program]
        case .text(let parts):
            parts.compactMap { part in if case .expression(let program) = part { program } else { nil } }
        case .array(let items): items.flatMap(\.programs)
        case .object(let members): members.flatMap(\.value.programs)
        }
    }
}

extension JSONValue {
    /// The value as it appears inside a text: strings without quotes, everything else as JSON.
    fileprivate var interpolated: String {
        if case .string(let text) = self { text } else { jsonText }
    }
}
