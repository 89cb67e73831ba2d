import JSONSchema
import PerdureJSON
import Testing

/// Seeded random schemas, sound and damaged: compiling ends in a schema or an error, and both verdicts agree.
@Suite("Random schemas")
struct RandomSchemaTests {
    private static let keywords = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "patternProperties", "propertyNames",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "items", "prefixItems", "contains",
        "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum",
        "multipleOf", "minLength", "maxLength", "pattern", "format", "allOf", "anyOf", "oneOf", "not", "if", "then",
        "else", "$ref", "$dynamicRef", "$defs", "$id", "$anchor", "$dynamicAnchor", "unevaluatedProperties",
        "unevaluatedItems", "title", "x-note", "nonsense",
    ]

    @Test("never crash, and the list of violations agrees with the quick verdict", arguments: 0..<10)
    func schemas(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var options = JSONSchema.Options()
        options.ignoresUnknownKeywords = seed % 2 == 0
        var compiled = 0
        for _ in 0..<1_500 {
            let document = schema(&random, depth: 3, soundness: seed % 3 == 0 ? 100 : 97)
            guard let schema = try? JSONSchema(document, options: options) else { continue }
            compiled += 1
            _ = schema.shape()
            for _ in 0..<4 {
                let instance = instance(&random, depth: 3)
                let violations = schema.validate(instance)
                #expect(violations.isEmpty == schema.accepts(instance), "\(document) on \(instance)")
                for violation in violations where violation.keyword != "false" {
                    #expect(instance.value(at: violation.instancePointer) != nil, "\(document) on \(instance)")
                }
            }
        }
        #expect(compiled > 300)
    }

    private func schema(_ random: inout SeededNumbers, depth: Int, soundness: Int) -> JSONValue {
        if depth == 0 || random.below(12) == 0 { return .bool(random.below(4) != 0) }
        var object = JSONObject()
        for _ in 0..<random.below(4) {
            let keyword = Self.keywords[random.below(Self.keywords.count)]
            let isSound = random.below(100) < soundness
            object[keyword] =
                isSound
                ? content(of: keyword, &random, depth: depth - 1, soundness: soundness) : instance(&random, depth: 2)
        }
        return .object(object)
    }

    private func content(
        of keyword: String, _ random: inout SeededNumbers, depth: Int, soundness: Int
    ) -> JSONValue {
        func one() -> JSONValue { schema(&random, depth: depth, soundness: soundness) }
        switch keyword {
        case "type":
            return .string(["null", "boolean", "integer", "number", "string", "array", "object"][random.below(7)])
        case "enum": return [instance(&random, depth: 1), instance(&random, depth: 1)]
        case "required": return .array(["a", "b", "c"].dropLast(random.below(3)).map { .string($0) })
        case "dependentRequired": return ["a": ["b"]]
        case "properties", "dependentSchemas", "$defs": return ["a": one(), "b": one()]
        case "patternProperties": return ["^a": one(), "b$": one()]
        case "prefixItems", "allOf", "anyOf", "oneOf": return [one(), one()]
        case "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else",
            "unevaluatedProperties", "unevaluatedItems":
            return one()
        case "uniqueItems": return .bool(random.below(2) == 0)
        case "multipleOf": return [1, 2, 0.5][random.below(3)]
        case "pattern": return [".", "^a*$", "[^b]"][random.below(3)]
        case "format": return ["date", "uri", "email", "regex"][random.below(4)]
        case "$ref", "$dynamicRef": return ["#/$defs/a", "#", "#x", "#/properties/a", "s"][random.below(5)]
        case "$id": return ["s", "t"][random.below(2)]
        case "$anchor", "$dynamicAnchor": return ["x", "y"][random.below(2)]
        case "title": return "t"
        case "const", "x-note", "nonsense": return instance(&random, depth: 2)
        default: return .int(Int64(random.below(3)))
        }
    }

    private func instance(_ random: inout SeededNumbers, depth: Int) -> JSONValue {
        switch random.below(depth > 0 ? 10 : 6) {
        case 0: return nil
        case 1: return .bool(random.below(2) == 0)
        case 2: return .int(Int64(random.below(4)) - 1)
        case 3: return .double(Double(random.below(5)) / 2)
        case 4, 5: return .string(["", "a", "b", "ab", "2024-01-01", "é"][random.below(6)])
        case 6, 7: return .array((0..<random.below(4)).map { _ in instance(&random, depth: depth - 1) })
        default:
            var object = JSONObject()
            for key in ["a", "b", "ab", "c"] where random.below(2) == 0 {
                object[key] = instance(&random, depth: depth - 1)
            }
            return .object(object)
        }
    }
}

/// Small seeded numbers (Knuth's MMIX constants), so that a failing seed can be run again.
private struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
