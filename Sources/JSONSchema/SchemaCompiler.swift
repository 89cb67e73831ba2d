import LinearRegex
import PerdureJSON

/// The second pass: turns each subschema that the scanner found into a node.
struct SchemaCompiler {
    let scanner: SchemaScanner
    let options: JSONSchema.Options
    private(set) var resources: [SchemaResource]
    /// The document of the subschema that is being compiled.
    private var document = 0
    /// Instructions of the regular expressions so far.
    private var patternInstructions = 0

    init(_ scanner: SchemaScanner, _ options: JSONSchema.Options) {
        self.scanner = scanner
        self.options = options
        resources = scanner.resources
        for index in resources.indices {
            for (name, pointer) in resources[index].dynamicAnchors {
                resources[index].dynamicNodes[name] = scanner.index(of: pointer, in: resources[index].document)
            }
        }
    }

    mutating func compile() throws(JSONSchemaError) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        nodes.reserveCapacity(scanner.locations.count)
        for location in scanner.locations {
            var keywords: [SchemaNode.Keyword] = []
            document = resources[location.resource].document
            if case .object(let object) = location.value { keywords = try compile(object, at: location) }
            nodes.append(
                SchemaNode(
                    pointer: location.pointer, resource: location.resource, boolean: location.value.boolValue,
                    keywords: keywords))
        }
        return nodes
    }

    private mutating func compile(
        _ object: JSONObject, at location: SchemaScanner.Location
    ) throws(JSONSchemaError) -> [SchemaNode.Keyword] {
        var keywords: [SchemaNode.Keyword] = []
        // What is left over can only be judged when everything else has been.
        var last: [SchemaNode.Keyword] = []
        var hasMembers = false
        var hasItems = false
        for (key, value) in object {
            let place = location.pointer.appending(key)
            switch key {
            case "properties", "patternProperties", "additionalProperties":
                guard !hasMembers else { continue }
                hasMembers = true
                keywords.append(.init(name: key, rule: .members(try memberRules(object, location.pointer))))
            case "prefixItems", "items":
                guard !hasItems else { continue }
                hasItems = true
                keywords.append(.init(name: key, rule: itemRules(object, location.pointer)))
            case "unevaluatedItems": last.append(.init(name: key, rule: .unevaluatedItems(node(place))))
            case "unevaluatedProperties": last.append(.init(name: key, rule: .unevaluatedProperties(node(place))))
            default:
                if let rule = try rule(key, value, object, location) { keywords.append(.init(name: key, rule: rule)) }
            }
        }
        return keywords + last
    }

    private mutating func rule(
        _ key: String, _ value: JSONValue, _ object: JSONObject, _ location: SchemaScanner.Location
    ) throws(JSONSchemaError) -> Rule? {
        let place = location.pointer.appending(key)
        switch key {
        case "$ref": return .reference(try resolve(value, place, location.resource).node)
        case "$dynamicRef":
            let target = try resolve(value, place, location.resource)
            return .dynamicReference(target.node, anchor: target.dynamicAnchor)
        case "allOf": return .allOf(list(value, place))
        case "anyOf": return .anyOf(list(value, place))
        case "oneOf": return .oneOf(list(value, place))
        case "not": return .not(node(place))
        case "if":
            let then = object["then"].map { _ in node(location.pointer.appending("then")) }
            let otherwise = object["else"].map { _ in node(location.pointer.appending("else")) }
            return .conditional(node(place), then: then, else: otherwise)
        case "dependentSchemas":
            return .dependentSchemas((value.objectValue?.keys ?? []).map { ($0, node(place.appending($0))) })
        case "propertyNames": return .propertyNames(node(place))
        case "contains":
            let minimum = try object["minContains"].map { value throws(JSONSchemaError) in
                try count(value, location.pointer.appending("minContains"))
            }
            let maximum = try object["maxContains"].map { value throws(JSONSchemaError) in
                try count(value, location.pointer.appending("maxContains"))
            }
            return .contains(node(place), minimum: minimum ?? 1, maximum: maximum)
        default: return try assertion(key, value, place)
        }
    }

    private mutating func memberRules(
        _ object: JSONObject, _ pointer: JSONPointer
    ) throws(JSONSchemaError) -> MemberRules {
        var rules = MemberRules()
        if case .object(let properties)? = object["properties"] {
            rules.listsProperties = true
            for (key, _) in properties {
                rules.properties.append((key, node(pointer.appending("properties").appending(key))))
                rules.names.insert(ExactKey(key))
            }
        }
        if case .object(let patterns)? = object["patternProperties"] {
            for (key, _) in patterns {
                let place = pointer.appending("patternProperties").appending(key)
                rules.patterns.append((try pattern(key, place), node(place)))
            }
        }
        if object["additionalProperties"] != nil { rules.additional = node(pointer.appending("additionalProperties")) }
        return rules
    }

    private func itemRules(_ object: JSONObject, _ pointer: JSONPointer) -> Rule {
        let prefix = object["prefixItems"].map { list($0, pointer.appending("prefixItems")) } ?? []
        return .items(prefix: prefix, rest: object["items"].map { _ in node(pointer.appending("items")) })
    }

    private func list(_ value: JSONValue, _ place: JSONPointer) -> [Int] {
        (value.arrayValue ?? []).indices.map { node(place.appending($0)) }
    }

    /// The node of a subschema that the scanner has visited by its keyword.
    private func node(_ place: JSONPointer) -> Int {
        guard let index = scanner.index(of: place, in: document) else {
            preconditionFailure("the scanner visits every keyword that holds a schema; it missed \(place)")
        }
        return index
    }

    mutating func pattern(_ text: String, _ place: JSONPointer) throws(JSONSchemaError) -> LinearRegex {
        let regex: LinearRegex
        do throws(LinearRegexError) {
            regex = try LinearRegex(text, dialect: .ecma)
        } catch {
            let message = "The regular expression '\(text)' cannot be used: \(error)"
            throw JSONSchemaError(code: .invalidPattern, message: message, pointer: place, underlying: error)
        }
        patternInstructions += regex.instructionCount
        guard patternInstructions <= options.maximumPatternInstructionCount else {
            throw JSONSchemaError(
                code: .tooLarge,
                message: "The regular expressions up to here are too large together; repeat fewer times, or use fewer.",
                pointer: place)
        }
        return regex
    }
}
