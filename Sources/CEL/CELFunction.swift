/// A named function with its overloads.
public struct CELFunction: Sendable {
    /// The name; a qualified one such as `text.slug` is called by it in full.
    public let name: String
    /// The forms it comes in. The first that takes the arguments is called.
    public let overloads: [CELOverload]

    /// Creates a function from its overloads.
    public init(_ name: String, _ overloads: [CELOverload]) {
        self.name = name
        self.overloads = overloads
    }
}
