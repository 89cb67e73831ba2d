import LinearRegex
import PerdureJSON

/// One compiled subschema; others are named by their index in the schema's list.
struct SchemaNode: Sendable {
    /// Where it stands in its document.
    let pointer: JSONPointer
    /// The resource it belongs to: the nearest schema around it with an `$id`, or the root.
    let resource: Int
    /// The truth value of a boolean schema.
    let boolean: Bool?
    /// What it asks for, in the order of evaluation.
    let keywords: [Keyword]

    /// One rule with the keyword it came from.
    struct Keyword: Sendable {
        let name: String
        let rule: Rule
    }
}

/// A schema with an identifier of its own, and the anchors below it.
struct SchemaResource: Sendable {
    let uri: String
    /// The document it stands in; 0 is the schema's own, the others are those that it refers to.
    let document: Int
    let pointer: JSONPointer
    var anchors: [ExactKey: JSONPointer] = [:]
    var dynamicAnchors: [ExactKey: JSONPointer] = [:]
    /// The nodes of the dynamic anchors, known once all nodes have their index.
    var dynamicNodes: [ExactKey: Int] = [:]
}

/// What a keyword asks for.
enum Rule: Sendable {
    case type(JSONTypeSet)
    case enumeration([JSONValue], lookup: Set<JSONValue>)
    case const(JSONValue)
    case bound(JSONValue, isUpper: Bool, isExclusive: Bool)
    case multipleOf(ExactDecimal, text: String)
    case length(Int, isUpper: Bool)
    case pattern(LinearRegex)
    case format(StringFormat)
    case itemCount(Int, isUpper: Bool)
    case propertyCount(Int, isUpper: Bool)
    case uniqueItems
    case required([String])
    case dependentRequired([(key: String, names: [String])])
    case members(MemberRules)
    case propertyNames(Int)
    case items(prefix: [Int], rest: Int?)
    case contains(Int, minimum: Int, maximum: Int?)
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case conditional(Int, then: Int?, else: Int?)
    case dependentSchemas([(key: String, node: Int)])
    case reference(Int)
    case dynamicReference(Int, anchor: ExactKey?)
    case unevaluatedItems(Int)
    case unevaluatedProperties(Int)

    /// Whether the rule asks what other keywords have looked at.
    var needsEvaluated: Bool {
        switch self {
        case .unevaluatedItems, .unevaluatedProperties: true
        default: false
        }
    }

    /// The nodes that judge the same value as this rule, rather than a part of it.
    var nodesInPlace: [Int] {
        switch self {
        case .allOf(let nodes), .anyOf(let nodes), .oneOf(let nodes): nodes
        case .not(let node), .reference(let node): [node]
        case .conditional(let condition, let then, let otherwise): [condition] + [then, otherwise].compactMap(\.self)
        case .dependentSchemas(let entries): entries.map(\.node)
        default: []
        }
    }
}

/// `properties`, `patternProperties` and `additionalProperties` of one schema, which divide the members among them.
struct MemberRules: Sendable {
    var properties: [(key: String, node: Int)] = []
    var names: Set<ExactKey> = []
    var patterns: [(pattern: LinearRegex, node: Int)] = []
    var additional: Int?
    /// Whether `properties` is written at all, be it empty.
    var listsProperties = false
}

/// The types of JSON Schema as a set; integers are numbers too.
struct JSONTypeSet: OptionSet, Sendable {
    let rawValue: UInt8
    static let null = JSONTypeSet(rawValue: 1)
    static let boolean = JSONTypeSet(rawValue: 2)
    static let integer = JSONTypeSet(rawValue: 4)
    static let number = JSONTypeSet(rawValue: 8)
    static let string = JSONTypeSet(rawValue: 16)
    static let array = JSONTypeSet(rawValue: 32)
    static let object = JSONTypeSet(rawValue: 64)

    static let names: [(name: String, type: JSONTypeSet)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    /// The types a value belongs to.
    static func of(_ value: JSONValue) -> JSONTypeSet {
        switch value {
        case .null: .null
        case .bool: .boolean
        case .int: [.integer, .number]
        case .double(let number): number.isIntegral ? [.integer, .number] : .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// The names for a message: "string or null".
    var text: String {
        Self.names.filter { contains($0.type) }.map(\.name).joined(separator: " or ")
    }
}
