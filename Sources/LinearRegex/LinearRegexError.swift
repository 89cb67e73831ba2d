/// Why a pattern cannot be used, and where in the pattern.
public struct LinearRegexError: Error, Sendable, Hashable {
    /// The kind of failure; compare with the constants, more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name of the code.
        public let rawValue: String
        /// Makes a code from its stable name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The pattern does not follow the grammar of its dialect.
        public static let syntax = Code(rawValue: "syntax")
        /// The pattern asks for something that cannot be matched in linear time, or that is not provided.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The pattern is too long, nests too deep, or becomes too large once its repetitions are written out.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence that names the construct and says what to do.
    public let message: String
    /// The Unicode scalar of the pattern at which the construct starts, from 0.
    public let position: Int
    /// Whether trying again could help: never, the same pattern fails the same way.
    public var isRetriable: Bool { false }

    /// Makes an error at a place in the pattern.
    public init(code: Code, message: String, position: Int) {
        self.code = code
        self.message = message
        self.position = position
    }
}

extension LinearRegexError: CustomStringConvertible {
    /// The message with its place.
    public var description: String { "\(message) (at character \(position) of the pattern)" }
}
