/// What the parser accepts beyond the grammar.
public struct JSONLimits: Sendable, Hashable {
    /// How deep arrays and objects may nest; deeper than any sane payload and far from the end of a thread's stack.
    public static let defaultMaximumDepth = 128
    /// The deepest nesting that can be asked for: reading, writing and comparing a value this deep was measured to fit
    /// a thread stack of 512 KiB in a release build, and of 1 MiB in a debug build.
    public static let highestMaximumDepth = 512
    /// The largest document read by default; RabbitMQ's own default limit on a message is 16 MiB.
    public static let defaultMaximumByteCount = 16 * 1024 * 1024

    /// The limits used when none are given.
    public static let `default` = JSONLimits()

    /// How deep arrays and objects may nest; 1 allows a single array or object with no other inside.
    public var maximumDepth: Int
    /// The longest document in bytes.
    public var maximumByteCount: Int
    /// Whether `\u0000` may occur in strings. It is legal JSON, but PostgreSQL's `jsonb` cannot hold it.
    public var allowsNUL: Bool

    /// Makes limits; `maximumDepth` is brought into `1...highestMaximumDepth`.
    public init(
        maximumDepth: Int = JSONLimits.defaultMaximumDepth,
        maximumByteCount: Int = JSONLimits.defaultMaximumByteCount,
        allowsNUL: Bool = true
    ) {
        self.maximumDepth = maximumDepth
        self.maximumByteCount = maximumByteCount
        self.allowsNUL = allowsNUL
    }

    var effectiveMaximumDepth: Int { min(max(maximumDepth, 1), Self.highestMaximumDepth) }
}
