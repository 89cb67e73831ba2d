/// A field that was selected and that its record type does not declare.
public struct CELMissingField: Sendable, Hashable {
    /// The name of the type, as its `CELObjectType` has it.
    public let object: String
    /// The field.
    public let field: String
}
