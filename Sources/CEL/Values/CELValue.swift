/// A value of the language.
///
/// `==` is structural: an int never equals a double here, and text compares byte by byte. The language's own `==`, with
/// numbers on one line, is what an expression computes.
public enum CELValue: Sendable {
    /// The null value.
    case null
    /// True or false.
    case bool(Bool)
    /// 64-bit signed integer.
    case int(Int64)
    /// 64-bit unsigned integer.
    case uint(UInt64)
    /// IEEE 754 double.
    case double(Double)
    /// Unicode text.
    case string(String)
    /// A sequence of bytes.
    case bytes([UInt8])
    /// A list; elements may differ in type.
    case list([CELValue])
    /// A map; it also stands for objects.
    case map(CELMap)
    /// A point in time.
    case timestamp(CELTimestamp)
    /// A span of time.
    case duration(CELDuration)
    /// A type, without its parameters.
    case type(CELType)
    /// An IP address.
    case address(CELAddress)
    /// An IP network.
    case network(CELNetwork)
    /// A value that may be absent.
    indirect case optional(CELValue?)
}

extension CELValue {
    /// The type at run time; the parameters of lists, maps and optionals are `dyn`.
    public var type: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .address: .address
        case .network: .network
        case .optional: .optional(.dyn)
        }
    }

    /// The name of the type at run time, for messages.
    var typeName: String { type.name }

    /// Whether the value belongs to the type as far as run time can tell: type parameters are not looked into.
    func isInstance(of type: CELType) -> Bool {
        switch (type, self) {
        case (.dyn, _), (.parameter, _): true
        case (.opaque, .address), (.opaque, .network): type == self.type
        // What a type of the host's looks like is the host's to know, but it is none of this module's.
        case (.opaque, _): type != .address && type != .network
        case (.int, .int), (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes): true
        case (.bool, .bool), (.null, .null), (.timestamp, .timestamp), (.duration, .duration), (.type, .type): true
        case (.list, .list), (.map, .map), (.object, .map), (.optional, .optional): true
        default: false
        }
    }
}

extension CELValue: Hashable {
    /// Structural equality; see the type's own note.
    public static func == (lhs: CELValue, rhs: CELValue) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left == right
        case (.address(let left), .address(let right)): left == right
        case (.network(let left), .network(let right)): left == right
        case (.optional(let left), .optional(let right)): left == right
        default: false
        }
    }

    /// Feeds the value to the hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .uint(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .list(let value): hasher.combine(value)
        case .map(let value): hasher.combine(value)
        case .timestamp(let value): hasher.combine(value)
        case .duration(let value): hasher.combine(value)
        case .type(let value): hasher.combine(value)
        case .address(let value): hasher.combine(value)
        case .network(let value): hasher.combine(value)
        case .optional(let value): hasher.combine(value)
        }
    }
}
