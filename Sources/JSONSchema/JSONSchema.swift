import PerdureJSON

/// A JSON Schema of draft 2020-12, compiled: references resolved, patterns built, misspelt keywords found.
///
/// Schemas are never fetched: a reference has to stay within the document, or name the metaschema of the draft or one of
/// its vocabularies, which are built in. `default` and `content*` are annotations.
/// Keys that start with `x-` are the author's own and ignored.
public struct JSONSchema: Sendable {
    /// How a schema is read and how much work validation may do.
    public struct Options: Sendable, Hashable {
        /// More violations than this help nobody.
        public static let defaultMaximumViolationCount = 10
        /// Schemas entered within one another: three for each of the 128 levels that the JSON parser accepts.
        /// Measured to fit a thread stack of 512 KiB in a release build, and of 4 MiB in a debug build.
        public static let defaultMaximumDepth = 384
        /// Steps of some tenths of a microsecond: seconds at most. An instance of 16 MiB stays below, a schema whose
        /// branches multiply does not.
        public static let defaultMaximumWork = 20_000_000
        /// Steps that any instance may take, however small: a tenth of a second.
        public static let defaultBaseWork = 1_000_000
        /// Steps that it may take beyond those for each value in it and each byte of its texts.
        public static let defaultWorkForSize = 20
        /// Subschemas in a document; generated schemas of public APIs stay well below.
        public static let defaultMaximumSubschemaCount = 10_000

        /// Instructions of all regular expressions of a document together; some megabytes.
        public static let defaultMaximumPatternInstructionCount = 100_000

        /// Whether `format` rejects instances and its unknown names are refused; false makes it an annotation.
        public var formatIsAssertion = true
        /// Whether unknown keywords are ignored, as the specification has it, rather than refused.
        public var ignoresUnknownKeywords = false
        /// How many violations are reported at most; one is reported whatever this says.
        public var maximumViolationCount = Options.defaultMaximumViolationCount
        /// How deep schemas may enter one another during validation.
        public var maximumDepth = Options.defaultMaximumDepth
        /// How many steps one validation may take, whatever the instance.
        public var maximumWork = Options.defaultMaximumWork
        /// How many steps the validation of a small instance may take.
        public var baseWork = Options.defaultBaseWork
        /// How many more a larger one may, for each value in it and each byte of its texts.
        public var workForSize = Options.defaultWorkForSize
        /// How many subschemas a document may hold.
        public var maximumSubschemaCount = Options.defaultMaximumSubschemaCount
        /// How many instructions the regular expressions of a document may become, all together.
        public var maximumPatternInstructionCount = Options.defaultMaximumPatternInstructionCount

        /// Makes the strict options; change the properties that should differ.
        public init() {}
    }

    /// The schema as it was given.
    public let document: JSONValue
    let options: Options
    let nodes: [SchemaNode]
    let resources: [SchemaResource]
    let tracksEvaluation: Bool

    /// Compiles a schema; throws `JSONSchemaError` with the place of the keyword at fault.
    public init(_ document: JSONValue, options: Options = Options()) throws(JSONSchemaError) {
        try self.init(document, options: options, documents: [:])
    }

    /// Compiles a schema that may refer to other documents by their address. These are read as the specification has it,
    /// unknown keywords and all; a place in an error or a violation does not say which document it is in.
    package init(
        _ document: JSONValue, options: Options, documents: [String: JSONValue]
    ) throws(JSONSchemaError) {
        self.document = document
        self.options = options
        var scanner = SchemaScanner(options, documents: documents)
        try scanner.scan(document)
        var compiler = SchemaCompiler(scanner, options)
        nodes = try compiler.compile()
        resources = compiler.resources
        tracksEvaluation = nodes.contains { node in node.keywords.contains { $0.rule.needsEvaluated } }
        try EndlessReferenceCheck.run(nodes)
    }

    /// What is wrong with an instance, in the order of the schema's keywords; empty when it is valid.
    ///
    /// At most `maximumViolationCount` violations are listed. An instance that takes more depth or work than the
    /// options allow gets one with the keyword `limit`, and is not valid.
    public func validate(_ instance: JSONValue) -> [JSONSchemaViolation] {
        var evaluator = Evaluator(self, of: instance)
        return evaluator.run()
    }

    /// Whether an instance is valid; cheaper than listing what is wrong.
    public func accepts(_ instance: JSONValue) -> Bool {
        var evaluator = Evaluator(self, of: instance)
        return evaluator.accepts()
    }
}
