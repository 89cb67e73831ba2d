import PerdureJSON

/// One way in which an instance does not satisfy a schema.
public struct JSONSchemaViolation: Sendable, Hashable {
    /// The offending value within the instance.
    public let instancePointer: JSONPointer
    /// The keyword within the schema document; behind a reference this is where the keyword stands.
    public let schemaPointer: JSONPointer
    /// The keyword; `false` for the boolean schema and `limit` when validation was given up.
    public let keyword: String
    /// One sentence: what was expected and what was found.
    public let message: String

    /// Makes a violation.
    public init(instancePointer: JSONPointer, schemaPointer: JSONPointer, keyword: String, message: String) {
        self.instancePointer = instancePointer
        self.schemaPointer = schemaPointer
        self.keyword = keyword
        self.message = message
    }
}

extension JSONSchemaViolation: CustomStringConvertible {
    /// The message led by the place in the instance.
    public var description: String { instancePointer.tokens.isEmpty ? message : "\(instancePointer): \(message)" }
}
