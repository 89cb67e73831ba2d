import PerdureJSON

extension JSONSchema {
    /// The form of the instances, for finding misspelt names in expressions before anything runs.
    ///
    /// An object schema that lists `properties` and says nothing about others counts as closed here, although JSON
    /// Schema would let others pass: a name its author did not list is more likely misspelt than meant. It is open
    /// when `additionalProperties` is `true` or a schema, or when `patternProperties`, `unevaluatedProperties` or a
    /// keyword that combines schemas may add names. Schemas that refer back to themselves, and those of several
    /// types, are `any`.
    public func shape() -> JSONShape {
        var builder = ShapeBuilder(schema: self)
        return builder.shape(0)
    }
}

/// Walks the nodes once for their shape.
private struct ShapeBuilder {
    /// References can name one schema many times over; beyond this many visits the rest is `any`.
    private static let maximumVisits = 5_000

    let schema: JSONSchema
    private var visits = 0
    private var open: Set<Int> = []

    init(schema: JSONSchema) { self.schema = schema }

    mutating func shape(_ index: Int) -> JSONShape {
        visits += 1
        let node = schema.nodes[index]
        guard visits <= Self.maximumVisits, node.boolean == nil, open.insert(index).inserted else { return .any }
        defer { open.remove(index) }
        var types: JSONTypeSet?
        var values: [JSONValue]?
        var members: MemberRules?
        var required: Set<String> = []
        var items: JSONShape?
        var target: JSONShape?
        var mayAddNames = false
        for keyword in node.keywords {
            switch keyword.rule {
            case .type(let set): types = set
            case .enumeration(let list, _): values = list
            case .const(let value): values = [value]
            case .members(let rules): members = rules
            case .required(let names): required = Set(names)
            case .items(let prefix, let rest): items = prefix.isEmpty ? rest.map { shape($0) } : .any
            case .reference(let node): target = shape(node)
            case .allOf, .anyOf, .oneOf, .not, .conditional, .dependentSchemas, .dynamicReference,
                .unevaluatedProperties:
                mayAddNames = true
            default: break
            }
        }
        let own: JSONShape
        switch types ?? values.map(Self.commonType) ?? Self.impliedType(members, items) {
        case .null?: own = .null
        case .boolean?: own = .bool
        case .integer?: own = .integer
        case .number?, [.integer, .number]?: own = .number
        case .string?: own = .string
        case .array?: own = .array(items ?? .any)
        case .object?:
            own = object(members, required, mayAddNames: mayAddNames, isDescribed: target != nil && values == nil)
        default: own = .any
        }
        return target.map { Self.merge($0, own) } ?? own
    }

    private mutating func object(
        _ members: MemberRules?, _ required: Set<String>, mayAddNames: Bool, isDescribed: Bool
    ) -> JSONShape {
        var properties: [String: JSONShape] = [:]
        for (key, node) in members?.properties ?? [] { properties[key] = shape(node) }
        // A name that has to be there is no mistake, whether or not it is described.
        for name in required where properties[name] == nil { properties[name] = .any }
        let isOpen: Bool
        if let additional = members?.additional {
            isOpen = schema.nodes[additional].boolean != false || !(members?.patterns ?? []).isEmpty
        } else {
            // Beside a reference it is enough that the other schema lists the names.
            let lists = members?.listsProperties ?? isDescribed
            isOpen = !lists || mayAddNames || !(members?.patterns ?? []).isEmpty
        }
        return .object(properties: properties, required: required, isOpen: isOpen)
    }

    /// The one type of all values, which have no other as far as this goes.
    private static func commonType(_ values: [JSONValue]) -> JSONTypeSet {
        let all = values.reduce(into: JSONTypeSet()) { $0.formUnion(JSONTypeSet.of($1)) }
        // Whole numbers belong to both numeric types; among themselves they are integers.
        guard all == [.integer, .number] else { return all }
        return values.allSatisfy { JSONTypeSet.of($0).contains(.integer) } ? .integer : .number
    }

    /// Who lists properties or items without a type means an object or an array.
    private static func impliedType(_ members: MemberRules?, _ items: JSONShape?) -> JSONTypeSet? {
        switch (members, items) {
        case (.some, nil): .object
        case (nil, .some): .array
        default: nil
        }
    }

    /// What a reference and the keywords beside it say together.
    private static func merge(_ left: JSONShape, _ right: JSONShape) -> JSONShape {
        switch (left, right) {
        case (.any, let known), (let known, .any): return known
        case (
            .object(let properties, let required, let isOpen), .object(let others, let otherRequired, let isOtherOpen)
        ):
            return .object(
                properties: properties.merging(others, uniquingKeysWith: merge),
                required: required.union(otherRequired), isOpen: isOpen || isOtherOpen)
        case (.number, .integer), (.integer, .number): return .integer
        default: return left == right ? left : .any
        }
    }
}
