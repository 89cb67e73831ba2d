extension CELError {
    /// The kind of a ``CELError``. Extensible: switch with a default.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The stable spelling, fit for logs and wire formats.
        public let rawValue: String

        /// Creates a code; functions of the host may bring their own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The stable spelling.
        public var description: String { rawValue }

        /// The source does not parse.
        public static let syntax = Code(rawValue: "syntax")
        /// The source has a message literal, and there are no messages here.
        public static let messageLiteral = Code(rawValue: "message_literal")
        /// The source is longer than ``CELLimits/maximumSourceBytes``.
        public static let tooLong = Code(rawValue: "too_long")
        /// The expression, or a value it compares, is nested deeper than the limit.
        public static let tooDeep = Code(rawValue: "too_deep")
        /// A variable or function name is not declared, or a declared variable has no value.
        public static let undeclaredReference = Code(rawValue: "undeclared_reference")
        /// A field is not declared by a closed object type.
        public static let undeclaredField = Code(rawValue: "undeclared_field")
        /// An expression has another type than its place asks for.
        public static let typeMismatch = Code(rawValue: "type_mismatch")
        /// No overload of a function or operator takes these arguments.
        public static let noMatchingOverload = Code(rawValue: "no_matching_overload")
        /// A result does not fit its type.
        public static let overflow = Code(rawValue: "overflow")
        /// An integer was divided by zero.
        public static let divisionByZero = Code(rawValue: "division_by_zero")
        /// A map has no such key.
        public static let noSuchKey = Code(rawValue: "no_such_key")
        /// A value that is no map was asked for a field.
        public static let noSuchField = Code(rawValue: "no_such_field")
        /// An index is outside its list or string.
        public static let indexOutOfRange = Code(rawValue: "index_out_of_range")
        /// An argument has the right type and an unusable value.
        public static let invalidArgument = Code(rawValue: "invalid_argument")
        /// The evaluation used up ``CELLimits/maximumCostUnits``.
        public static let costExceeded = Code(rawValue: "cost_exceeded")
        /// A string, list or map grew past its limit.
        public static let tooLarge = Code(rawValue: "too_large")
    }
}
