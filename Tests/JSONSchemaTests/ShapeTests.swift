import JSONSchema
import PerdureJSON
import Testing

/// The view of a schema that a checker of expressions works with.
@Suite("Shapes")
struct ShapeTests {
    static let cases: [(String, JSONShape)] = [
        ("true", .any), ("{}", .any), (##"{"type":"string"}"##, .string), (##"{"type":"integer"}"##, .integer),
        (##"{"type":"number"}"##, .number), (##"{"type":"boolean"}"##, .bool), (##"{"type":"null"}"##, .null),
        (##"{"type":["integer","number"]}"##, .number), (##"{"type":["string","null"]}"##, .any),
        (##"{"enum":["a","b"]}"##, .string), (##"{"enum":["a",1]}"##, .any), (##"{"const":3}"##, .integer),
        (##"{"enum":[1,2.5]}"##, .number), (##"{"type":"array"}"##, .array(.any)),
        (##"{"type":"array","items":{"type":"string"}}"##, .array(.string)),
        (##"{"items":{"type":"null"}}"##, .array(.null)),
        (##"{"type":"array","prefixItems":[true],"items":{"type":"string"}}"##, .array(.any)),
        (##"{"type":"object"}"##, .object(properties: [:], required: [], isOpen: true)),
        (
            ##"{"type":"object","properties":{"a":{"type":"string"}},"required":["a","b"]}"##,
            .object(properties: ["a": .string, "b": .any], required: ["a", "b"], isOpen: false)
        ),
        (##"{"properties":{"a":true}}"##, .object(properties: ["a": .any], required: [], isOpen: false)),
        (
            ##"{"properties":{"a":true},"additionalProperties":true}"##,
            .object(properties: ["a": .any], required: [], isOpen: true)
        ),
        (
            ##"{"properties":{"a":true},"additionalProperties":{"type":"null"}}"##,
            .object(properties: ["a": .any], required: [], isOpen: true)
        ),
        (##"{"type":"object","additionalProperties":false}"##, .object(properties: [:], required: [], isOpen: false)),
        (
            ##"{"properties":{"a":true},"patternProperties":{"^x":true},"additionalProperties":false}"##,
            .object(properties: ["a": .any], required: [], isOpen: true)
        ),
        (##"{"properties":{"a":true},"anyOf":[true]}"##, .object(properties: ["a": .any], required: [], isOpen: true)),
        (
            ##"{"properties":{"a":true},"unevaluatedProperties":false}"##,
            .object(properties: ["a": .any], required: [], isOpen: true)
        ),
        (##"{"$ref":"#/$defs/s","$defs":{"s":{"type":"string"}}}"##, .string),
        (
            ##"{"$ref":"#/$defs/o","type":"object","$defs":{"o":{"properties":{"a":{"type":"null"}}}}}"##,
            .object(properties: ["a": .null], required: [], isOpen: false)
        ),
        (
            ##"{"$ref":"#/$defs/o","properties":{"b":true},"$defs":{"o":{"properties":{"a":{"type":"null"}}}}}"##,
            .object(properties: ["a": .null, "b": .any], required: [], isOpen: false)
        ),
        (
            ##"{"properties":{"v":{"type":"integer"},"next":{"$ref":"#"}}}"##,
            .object(properties: ["v": .integer, "next": .any], required: [], isOpen: false)
        ),
    ]

    @Test("of a schema", arguments: cases)
    func shape(text: String, expected: JSONShape) throws {
        #expect(try JSONSchema(try JSONValue(parsing: text)).shape() == expected)
    }

    @Test("references that multiply stay bounded", .timeLimit(.minutes(1)))
    func bounded() throws {
        var definitions: JSONObject = ["d0": ["type": "null"]]
        for level in 1...40 {
            let next: JSONValue = ["$ref": "#/$defs/d\(level - 1)"]
            definitions["d\(level)"] = ["properties": ["a": next, "b": next]]
        }
        let schema = try JSONSchema(["$defs": .object(definitions), "$ref": "#/$defs/d40"])
        guard case .object(let properties, _, isOpen: false) = schema.shape() else {
            Issue.record("the root is a closed object")
            return
        }
        #expect(properties.keys.sorted() == ["a", "b"])
    }
}
