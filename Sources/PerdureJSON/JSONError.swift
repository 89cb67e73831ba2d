/// Why bytes are not an acceptable JSON document, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// The kind of failure; compare with the constants, more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name of the code.
        public let rawValue: String
        /// Makes a code from its stable name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes do not follow the grammar of RFC 8259.
        public static let syntax = Code(rawValue: "syntax")
        /// A string holds bytes that are not UTF-8.
        public static let invalidUTF8 = Code(rawValue: "invalidUTF8")
        /// Arrays and objects nest deeper than the limit.
        public static let tooDeep = Code(rawValue: "tooDeep")
        /// The document is longer than the limit.
        public static let tooLarge = Code(rawValue: "tooLarge")
        /// A number is beyond what a double can hold.
        public static let numberOutOfRange = Code(rawValue: "numberOutOfRange")
        /// An object names the same key twice.
        public static let duplicateKey = Code(rawValue: "duplicateKey")
        /// Something follows the document.
        public static let trailingData = Code(rawValue: "trailingData")
        /// The document ends too early.
        public static let unexpectedEnd = Code(rawValue: "unexpectedEnd")
        /// A `\u` escape names half of a surrogate pair.
        public static let loneSurrogate = Code(rawValue: "loneSurrogate")
        /// A string holds U+0000 and the limits forbid it.
        public static let nulCharacter = Code(rawValue: "nulCharacter")
        /// A JSON pointer is malformed.
        public static let invalidPointer = Code(rawValue: "invalidPointer")
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence that says what is wrong and what to do.
    public let message: String
    /// The byte at which it was noticed, from 0.
    public let offset: Int
    /// The line of that byte, from 1.
    public let line: Int
    /// The column of that byte within its line, in bytes from 1.
    public let column: Int
    /// Whether trying again could help: never, the same bytes fail the same way.
    public var isRetriable: Bool { false }

    /// Makes an error at a place.
    public init(code: Code, message: String, offset: Int, line: Int, column: Int) {
        self.code = code
        self.message = message
        self.offset = offset
        self.line = line
        self.column = column
    }
}

extension JSONError: CustomStringConvertible {
    /// The message with its place.
    public var description: String { "\(message) (line \(line), column \(column), byte \(offset))" }
}
