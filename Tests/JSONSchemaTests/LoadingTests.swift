import JSONSchema
import PerdureJSON
import Testing

/// Schemas that are refused when they are compiled: with which code, at which keyword, and with what advice.
@Suite("Loading")
struct LoadingTests {
    static let refused: [(String, JSONSchemaError.Code, String, String)] = [
        (##"{"properties":{"a":{"minLenght":1}}}"##, .unknownKeyword, "/properties/a/minLenght", "'minLength'"),
        (##"{"Type":"string"}"##, .unknownKeyword, "/Type", "'type'"),
        (##"{"additionalproperties":false}"##, .unknownKeyword, "/additionalproperties", "'additionalProperties'"),
        (##"{"frobnicate":1}"##, .unknownKeyword, "/frobnicate", "x-"),
        (##"{"dependencies":{}}"##, .unknownKeyword, "/dependencies", "dependentRequired"),
        (##"{"nullable":true}"##, .unknownKeyword, "/nullable", "'type'"),
        (##"{"type":"strnig"}"##, .invalidKeyword, "/type", "'string'"),
        (##"{"type":[]}"##, .invalidKeyword, "/type", "type"),
        (##"{"type":7}"##, .invalidKeyword, "/type", "object"),
        (##"{"minLength":-1}"##, .invalidKeyword, "/minLength", "0"),
        (##"{"minLength":1.5}"##, .invalidKeyword, "/minLength", "whole"),
        (##"{"minimum":"1"}"##, .invalidKeyword, "/minimum", "number"),
        (##"{"multipleOf":0}"##, .invalidKeyword, "/multipleOf", "greater than 0"),
        (##"{"multipleOf":-0.5}"##, .invalidKeyword, "/multipleOf", "greater than 0"),
        (##"{"enum":[]}"##, .invalidKeyword, "/enum", "empty"), (##"{"enum":"a"}"##, .invalidKeyword, "/enum", "list"),
        (##"{"required":["a","a"]}"##, .invalidKeyword, "/required/1", "twice"),
        (##"{"required":true}"##, .invalidKeyword, "/required", "list"),
        (##"{"dependentRequired":{"a":"b"}}"##, .invalidKeyword, "/dependentRequired/a", "list"),
        (##"{"uniqueItems":1}"##, .invalidKeyword, "/uniqueItems", "true or false"),
        (##"{"properties":[]}"##, .invalidKeyword, "/properties", "object"),
        (##"{"items":[{}]}"##, .invalidKeyword, "/items", "prefixItems"),
        (##"{"anyOf":[]}"##, .invalidKeyword, "/anyOf", "list"),
        (##"{"not":3}"##, .invalidKeyword, "/not", "object or a boolean"),
        ("3", .invalidKeyword, "", "object or a boolean"),
        (##"{"title":3}"##, .invalidKeyword, "/title", "string"),
        (##"{"$id":"a#b"}"##, .invalidKeyword, "/$id", "$anchor"),
        (##"{"$anchor":"1a"}"##, .invalidKeyword, "/$anchor", "name"),
        (##"{"$schema":"http://json-schema.org/draft-07/schema#"}"##, .unsupportedDialect, "/$schema", "2020-12"),
        (##"{"$ref":"#/$defs/a"}"##, .unresolvedReference, "/$ref", "no schema"),
        (##"{"$ref":"#/title","title":"t"}"##, .unresolvedReference, "/$ref", "no schema"),
        (##"{"$ref":"#a"}"##, .unresolvedReference, "/$ref", "$anchor"),
        (##"{"$ref":"#/%zz"}"##, .unresolvedReference, "/$ref", "percent"),
        (##"{"$ref":"#/~2"}"##, .unresolvedReference, "/$ref", "pointer"),
        (##"{"items":{"$ref":"http://example.org/a.json"}}"##, .remoteReference, "/items/$ref", "$defs"),
        (##"{"$ref":"other.json#/a"}"##, .remoteReference, "/$ref", "$defs"),
        (##"{"$ref":"#"}"##, .endlessReference, "", "never end"),
        (
            ##"{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}"##, .endlessReference,
            "/$defs/a", "never end"
        ),
        (##"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"##, .duplicateIdentifier, "/$defs/b/$anchor", "'x'"),
        (##"{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}"##, .duplicateIdentifier, "/$defs/b/$id", "'x'"),
        (##"{"pattern":"a(?=b)"}"##, .invalidPattern, "/pattern", "lookahead"),
        (##"{"patternProperties":{"[":true}}"##, .invalidPattern, "/patternProperties/[", "']'"),
        (##"{"format":"datetime"}"##, .unknownFormat, "/format", "'date-time'"),
        (##"{"format":"phone"}"##, .unknownFormat, "/format", "uuid"),
    ]

    @Test("refuses", arguments: refused)
    func refuses(text: String, code: JSONSchemaError.Code, pointer: String, part: String) throws {
        let document = try JSONValue(parsing: text)
        let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(document) }
        #expect(error?.code == code)
        #expect(error?.pointer.description == pointer)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(error?.isRetriable == false)
    }

    @Test(
        "accepts",
        arguments: [
            "true", "false", "{}",
            ##"{"x-note":{"anything":1},"title":"t","default":3,"examples":[1],"$comment":"c"}"##,
            ##"{"$schema":"https://json-schema.org/draft/2020-12/schema","deprecated":true,"readOnly":false}"##,
            ##"{"properties":{"title":{"type":"string"},"$ref":{"type":"string"},"nonsense":true}}"##,
            ##"{"const":{"$ref":"nowhere","frobnicate":1},"enum":[{"minLenght":1}],"examples":[{"$id":3}]}"##,
            ##"{"definitions":{"a":{"type":"integer"}},"$ref":"#/definitions/a"}"##,
            ##"{"properties":{"next":{"$ref":"#"}}}"##, ##"{"minLength":2.0,"maxItems":0}"##,
            ##"{"$defs":{"a b":{"type":"null"}},"$ref":"#/$defs/a%20b"}"##,
        ])
    func accepts(text: String) throws {
        let document = try JSONValue(parsing: text)
        #expect(throws: Never.self) { try JSONSchema(document) }
    }

    @Test("bounds what all regular expressions take together")
    func patternsTogether() throws {
        func schema(_ count: Int) -> JSONValue {
            let members = (0..<count).map { (key: "p\($0)", value: ["pattern": "[a-z]{9000}"] as JSONValue) }
            return ["properties": .object(JSONObject(uniqueKeysWithValues: members))]
        }
        #expect(throws: Never.self) { try JSONSchema(schema(11)) }
        let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(schema(12)) }
        #expect(error?.code == .tooLarge && error?.pointer.description == "/properties/p11/pattern")
    }

    @Test("an option ignores what is unknown, as the specification has it")
    func lenient() throws {
        var options = JSONSchema.Options()
        options.ignoresUnknownKeywords = true
        options.formatIsAssertion = false
        let schema = try JSONSchema(["minLenght": 1, "format": "phone"], options: options)
        #expect(schema.validate("").isEmpty)
        let dialect = #expect(throws: JSONSchemaError.self) {
            try JSONSchema(["$schema": "urn:other"], options: options)
        }
        #expect(dialect?.code == .unsupportedDialect)
    }

    @Test("the metaschema is built in, whichever part of it a reference names")
    func metaschema() throws {
        let base = "https://json-schema.org/draft/2020-12"
        let whole = try JSONSchema(["properties": ["schema": ["$ref": .string("\(base)/schema")]]])
        #expect(whole.validate(["schema": ["type": "object", "properties": ["a": ["minLength": 1]]]]).isEmpty)
        let wrong = whole.validate(["schema": ["properties": ["a": ["items": ["minLength": -1]]]]])
        #expect(wrong.map(\.instancePointer.description) == ["/schema/properties/a/items/minLength"])
        #expect(!whole.accepts(["schema": ["type": "thing"]]))

        let part = try JSONSchema(["$ref": .string("\(base)/meta/core#/$defs/anchorString")])
        #expect(part.accepts("name") && !part.accepts("1name"))
        let names = [
            "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content",
        ]
        for name in names {
            #expect(try JSONSchema(["$ref": .string("\(base)/meta/\(name)")]).accepts([:]), "\(name)")
        }
        let unknown = #expect(throws: JSONSchemaError.self) { try JSONSchema(["$ref": .string("\(base)/meta/none")]) }
        #expect(unknown?.code == .remoteReference)
    }

    @Test("limits on the number and the nesting of subschemas")
    func limits() throws {
        var options = JSONSchema.Options()
        options.maximumSubschemaCount = 3
        #expect(throws: Never.self) { try JSONSchema(["prefixItems": [true, true]], options: options) }
        let many = #expect(throws: JSONSchemaError.self) {
            try JSONSchema(["prefixItems": [true, true, true]], options: options)
        }
        #expect(many?.code == .tooLarge)
        var nested: JSONValue = true
        for _ in 0..<200 { nested = ["not": nested] }
        let deep = #expect(throws: JSONSchemaError.self) { try JSONSchema(nested) }
        #expect(deep?.code == .tooLarge)
    }
}
