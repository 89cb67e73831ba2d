import LinearRegex
import PerdureJSON

extension Evaluator {
    /// How many characters one step of work reads.
    private static let charactersPerStep = 16
    /// How many instructions of a regular expression.
    private static let instructionsPerStep = 16

    /// Rules on the value as a whole, on numbers and on strings.
    mutating func applyToScalar(_ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ value: JSONValue) -> Bool {
        switch keyword.rule {
        case .type(let types):
            guard types.isDisjoint(with: JSONTypeSet.of(value)) else { return true }
            return fail(keyword, node, "Expected \(types.text), found \(value.excerpt).")
        case .const(let expected):
            guard spend(expected.size, at: node) else { return false }
            return value == expected || fail(keyword, node, "Expected \(expected.excerpt), found \(value.excerpt).")
        case .enumeration(let values, let lookup):
            guard spend(lookup.isEmpty ? values.count : 1, at: node) else { return false }
            if lookup.isEmpty ? values.contains(value) : lookup.contains(value) { return true }
            return fail(keyword, node, Self.enumerationMessage(values, value))
        case .bound(let bound, let isUpper, let isExclusive):
            guard let order = NumberOrder.compare(value, bound) else { return true }
            if isExclusive ? (isUpper ? order < 0 : order > 0) : (isUpper ? order <= 0 : order >= 0) { return true }
            let relation = isUpper ? (isExclusive ? "less than" : "at most") : (isExclusive ? "more than" : "at least")
            return fail(keyword, node, "Expected a number \(relation) \(bound.jsonText), found \(value.jsonText).")
        case .multipleOf(let divisor, let text):
            guard let number = ExactDecimal(value), !number.isMultiple(of: divisor) else { return true }
            return fail(keyword, node, "Expected a multiple of \(text), found \(value.jsonText).")
        default:
            guard case .string(let text) = value else { return true }
            return applyToString(keyword, node, text)
        }
    }

    private mutating func applyToString(_ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ text: String) -> Bool {
        guard spend(text.utf8.count / Self.charactersPerStep, at: node) else { return false }
        switch keyword.rule {
        case .length(let limit, let isUpper):
            let length = text.unicodeScalars.count
            if isUpper ? length <= limit : length >= limit { return true }
            return fail(
                keyword, node, "Expected at \(isUpper ? "most" : "least") \(limit) characters, found \(length).")
        case .pattern(let regex):
            // In the worst case each instruction is gone through for each character.
            let work = text.utf8.count.multipliedReportingOverflow(
                by: 1 + regex.instructionCount / Self.instructionsPerStep)
            guard spend(work.overflow ? .max : work.partialValue, at: node) else { return false }
            if regex.matches(text) { return true }
            return fail(
                keyword, node,
                "Expected text that matches '\(regex.pattern)', found \(JSONValue.string(text).excerpt).")
        case .format(let format):
            if format.accepts(text) { return true }
            return fail(
                keyword, node, "Expected \(format.summary), found \(JSONValue.string(text).excerpt).")
        default:
            return true
        }
    }

    private static func enumerationMessage(_ values: [JSONValue], _ value: JSONValue) -> String {
        let shown = 8
        let list = values.prefix(shown).map(\.excerpt).joined(separator: ", ")
        let more = values.count > shown ? " and \(values.count - shown) more" : ""
        var message = "Expected one of \(list)\(more), found \(value.excerpt)"
        let names = values.compactMap(\.stringValue)
        if let text = value.stringValue, text.utf8.count < 60,
            let near = KeywordCatalog.suggestion(for: text, among: names)
        {
            message += "; did you mean \(JSONValue.string(near).jsonText)?"
            return message
        }
        return message + "."
    }
}

extension JSONValue {
    /// A rough measure of the work to look at this value: one for each value inside and each byte of text.
    var size: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.size }
        case .object(let object): object.reduce(1) { $0 + $1.key.utf8.count + $1.value.size }
        case .string(let text): 1 + text.utf8.count
        case .null, .bool, .int, .double: 1
        }
    }
}
