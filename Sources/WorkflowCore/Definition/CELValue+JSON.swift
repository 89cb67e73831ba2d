import CEL
import JSONSchema
import PerdureJSON

extension CELValue {
    /// A JSON value as expressions see it: whole numbers are `int`, others `double`, objects are maps with string keys.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .array(let items): self = .list(items.map(CELValue.init))
        case .object(let object):
            self = .map(CELMap(fields: object.lazy.map { ($0.key, CELValue($0.value)) }))
        }
    }

    /// The same, with an `int` wherever the schema says that a number is whole and it fits.
    init(_ json: JSONValue, integersAt places: IntegerPlaces?) {
        switch (json, places) {
        case (.double(let value), .here):
            self = Int64(exactly: value).map { .int($0) } ?? .double(value)
        case (.array(let items), .elements(let places)):
            self = .list(items.map { CELValue($0, integersAt: places) })
        case (.object(let object), .members(let places)):
            self = .map(
                CELMap(fields: object.lazy.map { ($0.key, CELValue($0.value, integersAt: places[$0.key])) }))
        default: self.init(json)
        }
    }
}

extension JSONValue {
    /// What an expression gave, as JSON.
    ///
    /// Timestamps, durations, IP addresses and networks become their text, an absent optional becomes null.
    /// - Throws: `CELError` of code `invalidArgument` for what JSON has no place for: infinities, bytes, types, and
    ///   maps with keys that are not strings.
    init(_ value: CELValue) throws(CELError) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value):
            guard let exact = Int64(exactly: value) else {
                throw JSONValue.cannotHold("an unsigned number above 9223372036854775807")
            }
            self = .int(exact)
        case .double(let value):
            guard value.isFinite else { throw JSONValue.cannotHold("the number \(value)") }
            self = .double(value)
        case .string(let value): self = .string(value)
        case .list(let items):
            var values: [JSONValue] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try JSONValue(item)) }
            self = .array(values)
        case .map(let map):
            var object = JSONObject()
            for (key, value) in map.entries {
                guard case .string(let name) = key else {
                    throw JSONValue.cannotHold("a map whose keys are not strings")
                }
                object[name] = try JSONValue(value)
            }
            self = .object(object)
        case .timestamp(let value): self = .string(value.description)
        case .duration(let value): self = .string(value.description)
        case .address(let value): self = .string(value.description)
        case .network(let value): self = .string(value.description)
        case .optional(.some(let value)): self = try JSONValue(value)
        case .optional(.none): self = .null
        case .bytes: throw JSONValue.cannotHold("bytes")
        case .type: throw JSONValue.cannotHold("a type")
        }
    }

    private static func cannotHold(_ what: String) -> CELError {
        CELError(.invalidArgument, "JSON cannot hold \(what); convert it in the expression.")
    }
}

extension CELType {
    /// The type that the checker works with for an input of this shape.
    init(_ shape: JSONShape) {
        switch shape {
        case .any: self = .dyn
        case .null: self = .null
        case .bool: self = .bool
        case .integer: self = .int
        // A JSON number arrives as int or double, whichever it was written as, so neither can be promised.
        case .number: self = .dyn
        case .string: self = .string
        case .array(let items): self = .list(CELType(items))
        case .object(let properties, _, let isOpen):
            self = .object(CELObjectType(fields: properties.mapValues(CELType.init), isOpen: isOpen))
        }
    }
}
