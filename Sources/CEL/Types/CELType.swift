/// A type as the checker knows it, and a type as a value of the language.
public indirect enum CELType: Sendable, Hashable {
    /// 64-bit signed integer.
    case int
    /// 64-bit unsigned integer.
    case uint
    /// IEEE 754 double.
    case double
    /// Unicode text.
    case string
    /// A sequence of bytes.
    case bytes
    /// True or false.
    case bool
    /// The type of `null`.
    case null
    /// A point in time with nanoseconds.
    case timestamp
    /// A span of time with nanoseconds.
    case duration
    /// Any type; checked when evaluated.
    case dyn
    /// The type of types.
    case type
    /// A list with the element type.
    case list(CELType)
    /// A map with the key and value type.
    case map(CELType, CELType)
    /// An optional value.
    case optional(CELType)
    /// A record with declared fields; at evaluation a map with string keys.
    case object(CELObjectType)
    /// A type known by name only, with its type parameters; functions of the host make and take it.
    case opaque(String, [CELType])
    /// A type variable in the signature of a generic overload.
    case parameter(String)
}

extension CELType: CustomStringConvertible {
    /// The type in the language's notation, e.g. `map(string, list(int))`.
    public var description: String {
        switch self {
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let wrapped): "optional_type(\(wrapped))"
        case .opaque(let name, let parameters) where !parameters.isEmpty:
            "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
        default: name
        }
    }

    /// The name that `type()` shows, without type parameters.
    public var name: String {
        switch self {
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .bool: "bool"
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .dyn: "dyn"
        case .type: "type"
        case .list: "list"
        case .map: "map"
        case .optional: "optional_type"
        case .object(let object): object.name
        case .opaque(let name, _): name
        case .parameter(let name): name
        }
    }
}

extension CELType {
    /// The type of an IP address.
    static let address = CELType.opaque("net.IP", [])
    /// The type of an IP network.
    static let network = CELType.opaque("net.CIDR", [])

    /// The types that an expression may name, by their names.
    static let denotations: [String: CELType] = {
        let types: [CELType] = [
            .int, .uint, .double, .string, .bytes, .bool, .null, .timestamp, .duration, .type, .list(.dyn),
            .map(.dyn, .dyn), .optional(.dyn), .address, .network,
        ]
        return Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }()
}
