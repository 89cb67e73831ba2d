/// A field table: message headers, arguments of queues and consumers. Keys have at most 255 bytes.
public typealias AMQPTable = [String: AMQPTableValue]

/// A value in a field table, in the types that RabbitMQ understands.
///
/// Other integer widths read as `int32` or `int64`, single floats and decimals as `double`, and text that is not UTF-8
/// as `bytes`.
public enum AMQPTableValue: Sendable, Hashable {
    /// UTF-8 text.
    case string(String)
    /// 64-bit integer; an unsigned one past the range reads as `Int64.max`.
    case int64(Int64)
    /// 32-bit integer.
    case int32(Int32)
    /// Boolean.
    case bool(Bool)
    /// Double-precision number.
    case double(Double)
    /// Seconds since 1970.
    case timestamp(Int64)
    /// Bytes without a meaning of their own.
    case bytes([UInt8])
    /// A nested table.
    case table(AMQPTable)
    /// A list.
    case array([AMQPTableValue])
    /// No value.
    case null

    /// The text, if it is text.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The integer, if it is one of any width.
    public var integerValue: Int64? {
        switch self {
        case .int64(let number): number
        case .int32(let number): Int64(number)
        default: nil
        }
    }

    /// The boolean, if it is one.
    public var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The table, if it is one.
    public var tableValue: AMQPTable? {
        if case .table(let table) = self { table } else { nil }
    }

    /// The list, if it is one.
    public var arrayValue: [AMQPTableValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// Bytes on the wire, or `nil` where the value cannot be written: a key too long, nested too deep.
    func encodedSize(depth: Int = 0) -> Int? {
        switch self {
        case .string(let text): 5 + text.utf8.count
        case .bytes(let bytes): 5 + bytes.count
        case .int64, .double, .timestamp: 9
        case .int32: 5
        case .bool: 2
        case .null: 1
        case .table(let table): AMQPTableValue.encodedSize(of: table, depth: depth + 1).map { $0 + 1 }
        case .array(let values): AMQPTableValue.encodedSize(of: values, depth: depth + 1)
        }
    }

    static func encodedSize(of table: AMQPTable, depth: Int = 0) -> Int? {
        guard depth <= WireLimits.tableDepth else { return nil }
        var total = 4
        for (key, value) in table {
            guard key.utf8.count <= WireLimits.shortStringBytes, let size = value.encodedSize(depth: depth) else {
                return nil
            }
            total += 1 + key.utf8.count + size
        }
        return total
    }

    private static func encodedSize(of values: [AMQPTableValue], depth: Int) -> Int? {
        guard depth <= WireLimits.tableDepth else { return nil }
        var total = 5
        for value in values {
            guard let size = value.encodedSize(depth: depth) else { return nil }
            total += size
        }
        return total
    }
}

extension AMQPTableValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text from a literal.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A 64-bit integer from a literal.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// A boolean from a literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A double from a literal.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A list from a literal.
    public init(arrayLiteral elements: AMQPTableValue...) { self = .array(elements) }
    /// A table from a literal; of a key given twice the last value counts.
    public init(dictionaryLiteral elements: (String, AMQPTableValue)...) {
        self = .table(AMQPTable(elements, uniquingKeysWith: { $1 }))
    }
}
