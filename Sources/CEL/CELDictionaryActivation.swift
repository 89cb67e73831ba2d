/// An activation that keeps the variables in a dictionary.
public struct CELDictionaryActivation: CELActivation, ExpressibleByDictionaryLiteral {
    /// The values by variable name.
    public var values: [String: CELValue]

    /// Creates an activation from variable names and values.
    public init(_ values: [String: CELValue] = [:]) { self.values = values }

    /// Creates an activation from a literal; of a repeated name the last value counts.
    public init(dictionaryLiteral elements: (String, CELValue)...) {
        values = Dictionary(elements, uniquingKeysWith: { $1 })
    }

    /// The value stored under the name.
    public func value(of name: String) -> CELValue? { values[name] }
}
