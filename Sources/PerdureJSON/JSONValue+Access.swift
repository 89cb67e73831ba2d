extension JSONValue {
    /// Whether this is the literal `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value, or nil for anything but a boolean.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The number as an exact 64-bit integer (`3` and `3.0` alike), or nil.
    public var intValue: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): value.exactInt64
        default: nil
        }
    }

    /// The number as a double, rounded to the nearest when it is an integer beyond 2^53, or nil.
    public var doubleValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The text, or nil for anything but a string.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or nil for anything but an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil for anything but an object.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member called `key`, or nil when there is none or this is not an object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The element at `index`, or nil when it is out of range or this is not an array.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let values) = self, values.indices.contains(index) { values[index] } else { nil }
    }

    /// The value that `pointer` names below this one, or nil when there is none (RFC 6901).
    public func value(at pointer: JSONPointer) -> JSONValue? {
        var current = self
        for token in pointer.tokens {
            switch current {
            case .object(let object):
                guard let next = object[token] else { return nil }
                current = next
            case .array:
                guard let index = JSONPointer.arrayIndex(token), let next = current[index] else { return nil }
                current = next
            default:
                return nil
            }
        }
        return current
    }
}
