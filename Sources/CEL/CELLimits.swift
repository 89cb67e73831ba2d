/// Bounds on the source of an expression and on the work of one evaluation.
public struct CELLimits: Sendable, Hashable {
    /// Longest accepted source, in UTF-8 bytes. The default leaves room for a large generated condition.
    public var maximumSourceBytes: Int
    /// Deepest nesting of an expression. Parser, checker and evaluator recurse once or twice per level, so the default
    /// keeps them well inside a small thread stack.
    public var maximumDepth: Int
    /// Units of work one evaluation may spend: one for each node evaluated, element visited and 16 bytes touched. The
    /// default is in the order of 50 ms.
    public var maximumCostUnits: Int
    /// Longest string or byte sequence that an evaluation may build, in bytes. Values from outside may be longer.
    public var maximumStringBytes: Int
    /// Most elements in a list or map that an evaluation may build. Values from outside may have more.
    public var maximumElements: Int

    /// Creates limits; each has a default that suits untrusted expressions.
    public init(
        maximumSourceBytes: Int = 16_384, maximumDepth: Int = 200, maximumCostUnits: Int = 1_000_000,
        maximumStringBytes: Int = 4_194_304, maximumElements: Int = 100_000
    ) {
        self.maximumSourceBytes = maximumSourceBytes
        self.maximumDepth = maximumDepth
        self.maximumCostUnits = maximumCostUnits
        self.maximumStringBytes = maximumStringBytes
        self.maximumElements = maximumElements
    }

    /// The limits that hold unless the host says otherwise.
    public static let `default` = CELLimits()
}
