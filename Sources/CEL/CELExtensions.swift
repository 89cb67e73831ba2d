/// Parts of the language beyond the standard definitions.
public struct CELExtensions: OptionSet, Sendable, Hashable {
    /// The bits of the set.
    public let rawValue: Int

    /// Creates a set from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `charAt`, `indexOf`, `join`, `replace`, `split`, `substring`, `trim`, `format` and the like on strings.
    public static let strings = CELExtensions(rawValue: 1 << 0)
    /// `math.greatest`, `math.least`, rounding, signs and bit operations.
    public static let math = CELExtensions(rawValue: 1 << 1)
    /// `base64.encode` and `base64.decode`.
    public static let encoders = CELExtensions(rawValue: 1 << 2)
    /// `all`, `exists` and `existsOne` with two variables, `transformList`, `transformMap`, `transformMapEntry`.
    public static let twoVariableMacros = CELExtensions(rawValue: 1 << 3)
    /// Optional values: `a.?b`, `a[?i]`, `optional.of`, `orValue`, `first`, `last` and the like.
    public static let optionals = CELExtensions(rawValue: 1 << 4)
    /// `cel.bind(name, value, body)`, and `cel.block` with its `cel.index` and `cel.iterVar`.
    public static let bindings = CELExtensions(rawValue: 1 << 5)
    /// `slice`, `flatten`, `sort`, `sortBy`, `distinct`, `reverse` and `lists.range`.
    public static let lists = CELExtensions(rawValue: 1 << 6)
    /// `sets.contains`, `sets.equivalent` and `sets.intersects`.
    public static let sets = CELExtensions(rawValue: 1 << 7)
    /// IP addresses and networks: `ip`, `cidr`, `isIP`, `containsIP` and the like.
    public static let network = CELExtensions(rawValue: 1 << 8)

    /// Every extension of this module.
    public static let all: CELExtensions = [
        .strings, .math, .encoders, .twoVariableMacros, .optionals, .bindings, .lists, .sets, .network,
    ]
}
