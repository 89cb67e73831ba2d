/// One JSON value, with exact 64-bit integers.
///
/// Equality and hashing follow the JSON data model: `1 == 1.0`, the order of an object's members does not matter,
/// and strings are equal when their code points are (Swift's own `==` also equates canonically equivalent ones).
public enum JSONValue: Sendable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent that fits 64 bits; never rounded.
    case int(Int64)
    /// Any other number. A value that is not finite cannot be expressed in JSON and is written as `null`.
    case double(Double)
    /// Text. Any Unicode scalar is allowed, U+0000 included.
    case string(String)
    /// An ordered list.
    case array([JSONValue])
    /// Named members, in the order they were written.
    case object(JSONObject)
}

extension JSONValue: Hashable {
    /// Compares by the JSON data model; NaN equals itself here, so that every value equals its own copy.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): b.exactInt64 == a
        case (.string(let a), .string(let b)): a.hasSameCodePoints(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// Feeds equal values identically: a double that is a 64-bit integer hashes as that integer.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value):
            hasher.combine(1)
            hasher.combine(value)
        case .int(let value):
            hasher.combine(2)
            hasher.combine(value)
        case .double(let value):
            if let integer = value.exactInt64 {
                hasher.combine(2)
                hasher.combine(integer)
            } else {
                hasher.combine(3)
                hasher.combine(value.isNaN ? Double.nan.bitPattern : value.bitPattern)
            }
        case .string(let value):
            hasher.combine(4)
            value.hashCodePoints(into: &hasher)
        case .array(let values):
            hasher.combine(5)
            hasher.combine(values)
        case .object(let object):
            hasher.combine(6)
            hasher.combine(object)
        }
    }
}
