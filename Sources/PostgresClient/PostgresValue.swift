import FoundationEssentials

/// A parameter of a statement. Travels in PostgreSQL's binary form with its type stated.
///
/// Elements of arrays may be nil, which becomes NULL. Text with a zero character is refused by the server.
public enum PostgresValue: Sendable, Equatable {
    /// NULL of whatever type the statement expects.
    case null
    /// `boolean`
    case bool(Bool)
    /// `integer`
    case int32(Int32)
    /// `bigint`
    case int64(Int64)
    /// `double precision`
    case double(Double)
    /// `text`
    case text(String)
    /// `uuid`
    case uuid(UUID)
    /// `bytea`
    case bytea([UInt8])
    /// `jsonb`, given as the UTF-8 bytes of JSON text; the server checks them.
    case jsonb([UInt8])
    /// `timestamptz`
    case timestamp(PostgresTimestamp)

    /// `boolean[]`
    case boolArray([Bool?])
    /// `integer[]`
    case int32Array([Int32?])
    /// `bigint[]`
    case int64Array([Int64?])
    /// `double precision[]`
    case doubleArray([Double?])
    /// `text[]`
    case textArray([String?])
    /// `uuid[]`
    case uuidArray([UUID?])
    /// `bytea[]`
    case byteaArray([[UInt8]?])
    /// `jsonb[]`, each element the UTF-8 bytes of JSON text.
    case jsonbArray([[UInt8]?])
    /// `timestamptz[]`
    case timestampArray([PostgresTimestamp?])

    /// `jsonb`, given as JSON text.
    public static func jsonbText(_ text: String) -> PostgresValue {
        .jsonb(Array(text.utf8))
    }

    /// `text`, or NULL for nil.
    public static func text(orNull value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
    /// `bigint`, or NULL for nil.
    public static func int64(orNull value: Int64?) -> PostgresValue { value.map { .int64($0) } ?? .null }
    /// `uuid`, or NULL for nil.
    public static func uuid(orNull value: UUID?) -> PostgresValue { value.map { .uuid($0) } ?? .null }
    /// `jsonb`, or NULL for nil.
    public static func jsonb(orNull value: [UInt8]?) -> PostgresValue { value.map { .jsonb($0) } ?? .null }
    /// `timestamptz`, or NULL for nil.
    public static func timestamp(orNull value: PostgresTimestamp?) -> PostgresValue {
        value.map { .timestamp($0) } ?? .null
    }

    /// The type stated to the server.
    var type: PostgresTypeOID {
        switch self {
        case .null: .unspecified
        case .bool: .bool
        case .int32: .int4
        case .int64: .int8
        case .double: .float8
        case .text: .text
        case .uuid: .uuid
        case .bytea: .bytea
        case .jsonb: .jsonb
        case .timestamp: .timestamptz
        case .boolArray: .boolArray
        case .int32Array: .int4Array
        case .int64Array: .int8Array
        case .doubleArray: .float8Array
        case .textArray: .textArray
        case .uuidArray: .uuidArray
        case .byteaArray: .byteaArray
        case .jsonbArray: .jsonbArray
        case .timestampArray: .timestamptzArray
        }
    }
}
