import PerdureJSON

/// Why a document cannot serve as a schema, and at which keyword.
public struct JSONSchemaError: Error, Sendable {
    /// The kind of failure; compare with the constants, more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name of the code.
        public let rawValue: String
        /// Makes a code from its stable name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A keyword is not one of draft 2020-12; it may be misspelt.
        public static let unknownKeyword = Code(rawValue: "unknownKeyword")
        /// A keyword has a value that it cannot have.
        public static let invalidKeyword = Code(rawValue: "invalidKeyword")
        /// `$schema` names a dialect other than draft 2020-12.
        public static let unsupportedDialect = Code(rawValue: "unsupportedDialect")
        /// A reference names nothing in the document.
        public static let unresolvedReference = Code(rawValue: "unresolvedReference")
        /// A reference leads out of the document; schemas are never fetched.
        public static let remoteReference = Code(rawValue: "remoteReference")
        /// References lead back to their own schema without going down into the instance.
        public static let endlessReference = Code(rawValue: "endlessReference")
        /// Two schemas claim the same identifier.
        public static let duplicateIdentifier = Code(rawValue: "duplicateIdentifier")
        /// A regular expression cannot be used.
        public static let invalidPattern = Code(rawValue: "invalidPattern")
        /// `format` has a name that is not checked here.
        public static let unknownFormat = Code(rawValue: "unknownFormat")
        /// The schema holds more subschemas, or deeper ones, than the limits allow.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence that says what is wrong and what to do.
    public let message: String
    /// The keyword within the schema document.
    public let pointer: JSONPointer
    /// What the regular expression engine said, if it was that.
    public let underlying: (any Error)?
    /// Whether trying again could help: never, the same schema fails the same way.
    public var isRetriable: Bool { false }

    /// Makes an error at a keyword.
    public init(code: Code, message: String, pointer: JSONPointer, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.pointer = pointer
        self.underlying = underlying
    }
}

extension JSONSchemaError: CustomStringConvertible {
    /// The message with the place of the keyword.
    public var description: String { "\(message) (schema at '\(pointer)')" }
}
