// There is no nil literal for null on purpose: where an optional is wanted, `nil` would come out as a present null.
extension CELValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A bool.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An int.
    public init(integerLiteral value: Int64) { self = .int(value) }

    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// A list.
    public init(arrayLiteral elements: CELValue...) { self = .list(elements) }

    /// A map with string keys, in the literal's order; of a repeated key the last value counts.
    public init(dictionaryLiteral elements: (String, CELValue)...) { self = .map(CELMap(fields: elements)) }
}
