import PerdureJSON

extension SchemaCompiler {
    /// Beyond this many values a set finds a member of `enum` faster than comparing them one by one.
    private static let enumLookupThreshold = 8

    /// The rule of a keyword that asserts something by itself; nil for annotations and for names.
    mutating func assertion(_ key: String, _ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Rule? {
        switch key {
        case "type": return .type(try types(value, place))
        case "const": return .const(value)
        case "enum":
            // The specification only advises against an empty list, which no value can be in; it is surely a slip.
            guard case .array(let values) = value, !values.isEmpty || options.ignoresUnknownKeywords else {
                throw SchemaScanner.invalid(place, "'enum' must be a list of values that is not empty.")
            }
            return .enumeration(values, lookup: values.count > Self.enumLookupThreshold ? Set(values) : [])
        case "minimum": return .bound(try number(value, place), isUpper: false, isExclusive: false)
        case "maximum": return .bound(try number(value, place), isUpper: true, isExclusive: false)
        case "exclusiveMinimum": return .bound(try number(value, place), isUpper: false, isExclusive: true)
        case "exclusiveMaximum": return .bound(try number(value, place), isUpper: true, isExclusive: true)
        case "multipleOf":
            guard let divisor = ExactDecimal(value), let order = NumberOrder.compare(value, .int(0)), order > 0 else {
                throw SchemaScanner.invalid(place, "'multipleOf' must be a number greater than 0.")
            }
            return .multipleOf(divisor, text: value.jsonText)
        case "minLength": return .length(try count(value, place), isUpper: false)
        case "maxLength": return .length(try count(value, place), isUpper: true)
        case "minItems": return .itemCount(try count(value, place), isUpper: false)
        case "maxItems": return .itemCount(try count(value, place), isUpper: true)
        case "minProperties": return .propertyCount(try count(value, place), isUpper: false)
        case "maxProperties": return .propertyCount(try count(value, place), isUpper: true)
        case "minContains", "maxContains":
            // They qualify 'contains' and mean nothing without it, but their value has to be right.
            _ = try count(value, place)
            return nil
        case "uniqueItems": return try flag(value, place) ? .uniqueItems : nil
        case "pattern": return .pattern(try pattern(try text(value, place), place))
        case "format": return try format(value, place)
        case "required": return .required(try names(value, place))
        case "dependentRequired":
            guard case .object(let map) = value else {
                throw SchemaScanner.invalid(place, "'dependentRequired' must be an object of lists of names.")
            }
            var entries: [(key: String, names: [String])] = []
            for (name, list) in map { entries.append((name, try names(list, place.appending(name)))) }
            return .dependentRequired(entries)
        default:
            try checkAnnotation(key, value, place)
            return nil
        }
    }

    /// A whole number from 0, which may be written with a fraction of zero.
    func count(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Int {
        guard let number = value.intValue, number >= 0 else {
            throw SchemaScanner.invalid(place, "'\(place.tokens.last ?? "")' must be a whole number from 0.")
        }
        return Int(number)
    }

    private func types(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> JSONTypeSet {
        let list = value.arrayValue ?? [value]
        var types: JSONTypeSet = []
        for element in list {
            guard let name = element.stringValue, let known = JSONTypeSet.names.first(where: { $0.name == name }) else {
                let names = JSONTypeSet.names.map(\.name)
                let near = element.stringValue.flatMap { KeywordCatalog.suggestion(for: $0, among: names) }
                let advice = near.map { "did you mean '\($0)'" } ?? "write one of \(names.joined(separator: ", "))"
                throw SchemaScanner.invalid(place, "The type \(element.excerpt) does not exist; \(advice).")
            }
            types.insert(known.type)
        }
        guard !types.isEmpty else { throw SchemaScanner.invalid(place, "'type' must name at least one type.") }
        return types
    }

    private func format(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Rule? {
        let name = try text(value, place)
        guard options.formatIsAssertion else { return nil }
        guard let format = StringFormat(rawValue: name) else {
            let names = StringFormat.allCases.map(\.rawValue)
            let near = KeywordCatalog.suggestion(for: name, among: names)
            let advice = near.map { "did you mean '\($0)'" } ?? "the known ones are \(names.joined(separator: ", "))"
            let message = "The format '\(name)' is not checked here; \(advice)."
            throw JSONSchemaError(code: .unknownFormat, message: message, pointer: place)
        }
        return .format(format)
    }

    private func checkAnnotation(_ key: String, _ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) {
        switch key {
        case "title", "description", "$comment", "contentEncoding", "contentMediaType": _ = try text(value, place)
        case "deprecated", "readOnly", "writeOnly": _ = try flag(value, place)
        case "examples":
            guard value.arrayValue != nil else { throw SchemaScanner.invalid(place, "'examples' must be a list.") }
        default: break
        }
    }

    private func number(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> JSONValue {
        guard value.doubleValue?.isFinite == true else {
            throw SchemaScanner.invalid(place, "'\(place.tokens.last ?? "")' must be a number, not \(value.kindText).")
        }
        return value
    }

    private func text(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> String {
        guard let text = value.stringValue else {
            throw SchemaScanner.invalid(place, "'\(place.tokens.last ?? "")' must be a string, not \(value.kindText).")
        }
        return text
    }

    private func flag(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Bool {
        guard let flag = value.boolValue else {
            throw SchemaScanner.invalid(place, "'\(place.tokens.last ?? "")' must be true or false.")
        }
        return flag
    }

    private func names(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> [String] {
        guard case .array(let elements) = value else {
            throw SchemaScanner.invalid(place, "A list of property names is expected, not \(value.kindText).")
        }
        var names: [String] = []
        var seen: Set<ExactKey> = []
        for (index, element) in elements.enumerated() {
            let name = try text(element, place.appending(index))
            guard seen.insert(ExactKey(name)).inserted else {
                throw SchemaScanner.invalid(place.appending(index), "The name '\(name)' is listed twice.")
            }
            names.append(name)
        }
        return names
    }
}
