import JSONSchema
import PerdureJSON
import Testing

/// What a violation says, and that validation always ends.
@Suite("Validation")
struct ValidationTests {
    static let messages: [(String, String, String, String, String)] = [
        (##"{"type":"string"}"##, "12", "", "/type", "Expected string, found 12."),
        (
            ##"{"type":["string","null"]}"##, "[1]", "", "/type",
            "Expected null or string, found an array of 1 elements."
        ),
        (##"{"required":["text"]}"##, "{}", "", "/required", "The property 'text' is required and missing."),
        (
            ##"{"properties":{"a":{"minLength":2}}}"##, ##"{"a":"x"}"##, "/a", "/properties/a/minLength",
            "Expected at least 2 characters, found 1."
        ),
        (
            ##"{"properties":{"text":true},"additionalProperties":false}"##, ##"{"txet":1}"##, "/txet",
            "/additionalProperties",
            "The property 'txet' is not allowed; did you mean 'text'?"
        ),
        (
            ##"{"additionalProperties":false}"##, ##"{"a/b":1}"##, "/a~1b", "/additionalProperties",
            "The property 'a/b' is not allowed; remove it."
        ),
        (
            ##"{"unevaluatedProperties":false}"##, ##"{"a":1}"##, "/a", "/unevaluatedProperties",
            "The property 'a' is not allowed; remove it."
        ),
        (
            ##"{"enum":["red","green"]}"##, ##""gren""##, "", "/enum",
            ##"Expected one of "red", "green", found "gren"; did you mean "green"?"##
        ),
        (##"{"const":1}"##, "2", "", "/const", "Expected 1, found 2."),
        (##"{"minimum":3}"##, "2", "", "/minimum", "Expected a number at least 3, found 2."),
        (##"{"exclusiveMaximum":3}"##, "3.0", "", "/exclusiveMaximum", "Expected a number less than 3, found 3.0."),
        (##"{"multipleOf":0.1}"##, "0.35", "", "/multipleOf", "Expected a multiple of 0.1, found 0.35."),
        (##"{"maxItems":1}"##, "[1,2]", "", "/maxItems", "Expected at most 1 elements, found 2."),
        (
            ##"{"uniqueItems":true}"##, "[1,2,1.0]", "", "/uniqueItems",
            "Expected elements that are all different, but those at 0 and 2 are both 1.0."
        ),
        (
            ##"{"prefixItems":[true],"items":false}"##, "[1,2]", "/1", "/items",
            "No more than 1 elements are allowed; remove this one."
        ),
        (
            ##"{"contains":{"type":"null"}}"##, "[1]", "", "/contains",
            "Expected at least 1 elements that match 'contains', found 0."
        ),
        (
            ##"{"maxContains":0,"contains":true,"minContains":0}"##, "[1]", "", "/maxContains",
            "Expected at most 0 elements that match 'contains', found 1."
        ),
        (##"{"format":"uuid"}"##, ##""x""##, "", "/format", ##"Expected a UUID, found "x"."##),
        (##"{"pattern":"^a"}"##, ##""b""##, "", "/pattern", ##"Expected text that matches '^a', found "b"."##),
        (
            ##"{"dependentRequired":{"a":["b"]}}"##, ##"{"a":1}"##, "", "/dependentRequired",
            "The property 'b' is required because 'a' is there and missing."
        ),
        (
            ##"{"propertyNames":{"maxLength":1}}"##, ##"{"ab":1}"##, "/ab", "/propertyNames/maxLength",
            "Expected at most 1 characters, found 2."
        ),
        (##"{"properties":{"a":false}}"##, ##"{"a":1}"##, "/a", "/properties/a", "No value is allowed here."),
        (##"{"not":{"type":"null"}}"##, "null", "", "/not", "Expected anything but what 'not' describes, found null."),
        (
            ##"{"oneOf":[{"type":"number"},{"type":"integer"}]}"##, "1", "", "/oneOf",
            "Expected exactly one alternative to match, but those at 0 and 1 both do."
        ),
        (
            ##"{"anyOf":[{"type":"null"},{"properties":{"a":{"type":"string"}}}]}"##, ##"{"a":1}"##, "", "/anyOf",
            "Expected a match with at least one of 2 alternatives; the closest one says at '/a': Expected string, found 1."
        ),
        (##"{"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}}"##, "1", "", "/$defs/x/type", "Expected null, found 1."),
        (
            ##"{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}"##, ##""""##, "",
            "/then/minLength",
            "Expected at least 1 characters, found 0."
        ),
    ]

    @Test("one violation, its places and its sentence", arguments: messages)
    func message(schema: String, instance: String, place: String, keyword: String, message: String) throws {
        let compiled = try JSONSchema(try JSONValue(parsing: schema))
        let value = try JSONValue(parsing: instance)
        let violations = compiled.validate(value)
        #expect(violations.count == 1)
        let violation = try #require(violations.first)
        #expect(violation.instancePointer.description == place)
        #expect(violation.schemaPointer.description == keyword)
        #expect(violation.message == message)
        #expect(!compiled.accepts(value))
    }

    @Test("all violations are listed up to the limit")
    func several() throws {
        let schema = try JSONSchema([
            "required": ["a", "b"], "properties": ["c": ["type": "string", "minLength": 3], "d": ["type": "null"]],
        ])
        let violations = schema.validate(["c": "x", "d": 1])
        #expect(violations.map(\.keyword) == ["required", "required", "minLength", "type"])
        let many = try JSONSchema(["items": ["type": "string"]])
        #expect(many.validate(.array(Array(repeating: 1, count: 50))).count == 10)
        var options = JSONSchema.Options()
        options.maximumViolationCount = 3
        let few = try JSONSchema(["items": ["type": "string"]], options: options)
        #expect(few.validate(.array(Array(repeating: 1, count: 50))).count == 3)
        options.maximumViolationCount = 0
        #expect(try JSONSchema(["type": "null"], options: options).validate(1).count == 1)
    }

    @Test("numbers are compared exactly")
    func numbers() throws {
        func accepts(_ schema: JSONValue, _ instance: String) throws -> Bool {
            try JSONSchema(schema).accepts(try JSONValue(parsing: instance))
        }
        #expect(try !accepts(["maximum": 9_007_199_254_740_992.0], "9007199254740993"))
        #expect(try accepts(["minimum": 9_007_199_254_740_993], "9007199254740994.0"))
        #expect(try !accepts(["exclusiveMaximum": .int(.max)], "9223372036854775808"))
        #expect(try accepts(["exclusiveMinimum": -2], "-1.5"))
        #expect(try !accepts(["exclusiveMinimum": -1], "-1.5"))
        #expect(try accepts(["multipleOf": 0.01], "4.35"))
        #expect(try accepts(["multipleOf": 0.1], "1e300"))
        #expect(try accepts(["multipleOf": 3], "9e20"))
        #expect(try !accepts(["multipleOf": 7], "1e20"))
        #expect(try !accepts(["multipleOf": 1e-5], "0.000015"))
        #expect(try accepts(["multipleOf": .int(.max)], "-9223372036854775807"))
        #expect(try accepts(["multipleOf": 2.5], "0"))
        #expect(try accepts(["type": "integer"], "1e300"))
        #expect(try !accepts(["type": "integer"], "1.5"))
    }

    @Test("names and texts are compared by code points")
    func codePoints() throws {
        let schema = try JSONSchema(["properties": ["\u{E9}": true], "additionalProperties": false])
        #expect(schema.accepts(["\u{E9}": 1]))
        #expect(!schema.accepts(["e\u{301}": 1]))
        #expect(try !JSONSchema(["const": "\u{E9}"]).accepts("e\u{301}"))
        #expect(try !JSONSchema(["maxLength": 1]).accepts("e\u{301}"))
        #expect(try JSONSchema(["maxLength": 1]).accepts("😀"))
    }

    @Test("deep values end in a violation, not in the stack")
    func depth() throws {
        let schema = try JSONSchema([
            "$ref": "#/$defs/tree",
            "$defs": ["tree": ["anyOf": [["type": "null"], ["type": "array", "items": ["$ref": "#/$defs/tree"]]]]],
        ])
        func nested(_ levels: Int) -> JSONValue {
            var value: JSONValue = nil
            for _ in 0..<levels { value = [value] }
            return value
        }
        #expect(schema.accepts(nested(100)))
        let violations = schema.validate(nested(400))
        #expect(violations.map(\.keyword) == ["limit"])
        #expect(violations.first?.message.contains("deeper than 384") == true)
        #expect(!schema.accepts(nested(400)))
        // Giving up inside a negation must not turn into a success.
        let negated = try JSONSchema([
            "not": ["$ref": "#/$defs/list"], "$defs": ["list": ["items": ["$ref": "#/$defs/list"]]],
        ])
        #expect(negated.validate(nested(500)).map(\.keyword) == ["limit"])
        #expect(!negated.accepts(nested(500)))
    }

    @Test("work is bounded even where branches multiply", .timeLimit(.minutes(1)))
    func work() throws {
        // Each level tries its two branches on the same value: 2^60 ways without a budget.
        var definitions: JSONObject = ["d0": ["type": "null"]]
        for level in 1...60 {
            let next: JSONValue = ["$ref": "#/$defs/d\(level - 1)"]
            definitions["d\(level)"] = ["anyOf": [next, next]]
        }
        var options = JSONSchema.Options()
        options.maximumWork = 100_000
        let schema = try JSONSchema(["$defs": .object(definitions), "$ref": "#/$defs/d60"], options: options)
        #expect(schema.validate(1).map(\.keyword) == ["limit"])
        #expect(!schema.accepts(1))
        #expect(schema.accepts(nil))
        let wide = try JSONSchema(["items": ["type": "integer"]], options: options)
        #expect(wide.accepts(.array(Array(repeating: 1, count: 90_000))))
        #expect(!wide.accepts(.array(Array(repeating: 1, count: 110_000))))
    }

    @Test("a larger value may take more work")
    func workForSize() throws {
        var options = JSONSchema.Options()
        options.baseWork = 1_000
        let schema = try JSONSchema(["items": ["type": "integer"]], options: options)
        #expect(schema.accepts(.array(Array(repeating: 1, count: 10_000))))
        options.workForSize = 0
        let strict = try JSONSchema(["items": ["type": "integer"]], options: options)
        #expect(strict.accepts(.array(Array(repeating: 1, count: 900))))
        #expect(!strict.accepts(.array(Array(repeating: 1, count: 10_000))))
    }

    @Test("a large regular expression on a long text is work, too", .timeLimit(.minutes(1)))
    func workOfPatterns() throws {
        let schema = try JSONSchema(["pattern": "[a-z]{1,4000}[0-9]"])
        #expect(!schema.accepts("aaa"))
        #expect(schema.validate(.string(String(repeating: "a", count: 1_000_000))).map(\.keyword) == ["limit"])
        let small = try JSONSchema(["pattern": "^[a-z]+$"])
        #expect(small.accepts(.string(String(repeating: "a", count: 1_000_000))))
    }
}
