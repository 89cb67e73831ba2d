import JSONSchema

/// Where the schema of an input says that a number is whole.
///
/// JSON Schema takes 3.0 and 3e0 for integers, and an expression that was checked against the schema counts on an `int` there,
/// however the caller has written it.
indirect enum IntegerPlaces: Sendable, Equatable {
    /// The value itself.
    case here
    /// In each element of a list.
    case elements(IntegerPlaces)
    /// In these members of an object.
    case members([String: IntegerPlaces])

    /// The places in values of a shape; nil when there is none.
    init?(_ shape: JSONShape) {
        switch shape {
        case .integer: self = .here
        case .array(let items):
            guard let places = IntegerPlaces(items) else { return nil }
            self = .elements(places)
        case .object(let properties, _, _):
            let places = properties.compactMapValues(IntegerPlaces.init)
            guard !places.isEmpty else { return nil }
            self = .members(places)
        case .any, .null, .bool, .number, .string: return nil
        }
    }
}
