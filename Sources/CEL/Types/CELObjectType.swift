/// A record type: field names with their types.
///
/// At evaluation a map with string keys stands for it, and a declared field may still be absent; `has(a.b)` asks.
public struct CELObjectType: Sendable, Hashable {
    /// The name that messages show, e.g. `input`.
    public var name: String
    /// The declared fields.
    public var fields: [String: CELType]
    /// Whether fields beyond the declared ones may be selected; they have type `dyn`.
    public var isOpen: Bool

    /// Creates an object type; it is closed unless said otherwise.
    public init(name: String = "object", fields: [String: CELType], isOpen: Bool = false) {
        self.name = name
        self.fields = fields
        self.isOpen = isOpen
    }
}
