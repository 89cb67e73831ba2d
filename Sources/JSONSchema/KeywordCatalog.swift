/// The keywords of draft 2020-12 by what they hold.
enum KeywordCatalog {
    /// The only dialect that is understood.
    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// Keywords that hold one schema.
    static let holdingSchema: Set<String> = [
        "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ]
    /// Keywords that hold a list of schemas.
    static let holdingList: Set<String> = ["prefixItems", "allOf", "anyOf", "oneOf"]
    /// Keywords that hold schemas by name; `definitions` is what `$defs` was called before.
    static let holdingMap: Set<String> = [
        "properties", "patternProperties", "dependentSchemas", "$defs", "definitions",
    ]
    /// Keywords that assert something about a value by themselves.
    static let assertions: Set<String> = [
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "minContains",
        "maxContains", "minProperties", "maxProperties", "required", "dependentRequired",
    ]
    /// Keywords that name or refer.
    static let core: Set<String> = [
        "$id", "$schema", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment",
    ]
    /// Keywords that only describe.
    static let annotations: Set<String> = [
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding",
        "contentMediaType",
    ]
    /// Keywords that exist but are not provided, or no longer exist, with what to do instead.
    static let refused: [String: String] = [
        "dependencies": "write 'dependentRequired' or 'dependentSchemas'",
        "additionalItems": "write 'prefixItems' with 'items'",
        "$recursiveRef": "write '$dynamicRef'", "$recursiveAnchor": "write '$dynamicAnchor'",
        "$vocabulary": "remove it, custom vocabularies are not supported",
        "id": "write '$id'", "nullable": "add \"null\" to 'type'",
    ]

    static let known: Set<String> = holdingSchema.union(holdingList).union(holdingMap).union(assertions).union(core)
        .union(annotations)

    /// The known name closest to a misspelt one, if any is close; names that differ in case alone come first.
    static func suggestion(for name: String, among names: some Sequence<String> = known) -> String? {
        let tolerance = min(3, name.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let isSameLetters = candidate.lowercased() == name.lowercased()
            let distance = isSameLetters ? 0 : editDistance(Array(name.utf8), Array(candidate.utf8), limit: tolerance)
            guard distance <= tolerance else { continue }
            if let current = best, (current.distance, current.name) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other
    /// (F. Damerau, 1964, in the restricted form that changes no place twice); anything above `limit` if it is more.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var distance = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { distance = min(distance, beforeLast[j - 1] + 1) }
                row.append(distance)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
