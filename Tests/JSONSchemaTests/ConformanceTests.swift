import FoundationEssentials
import JSONSchema
import PerdureJSON
import Testing

/// The required part of the JSON-Schema-Test-Suite for draft 2020-12, when its files lie beside the package.
@Suite("JSON-Schema-Test-Suite", .enabled(if: ConformanceSuite.folder != nil))
struct ConformanceTests {
    /// How many tests of each file pass; a file that is not listed has to be added, and a listed one has to be there.
    static let passing: [String: Int] = [
        "additionalProperties.json": 20, "allOf.json": 21, "anchor.json": 6, "anyOf.json": 11,
        "boolean_schema.json": 18, "const.json": 45, "contains.json": 19, "content.json": 15, "default.json": 2,
        "defs.json": 0, "dependentRequired.json": 14, "dependentSchemas.json": 16, "dynamicRef.json": 23,
        "enum.json": 43, "exclusiveMaximum.json": 4, "exclusiveMinimum.json": 4, "format.json": 105,
        "if-then-else.json": 16, "items.json": 25, "maxContains.json": 7, "maxItems.json": 2, "maxLength.json": 7,
        "maxProperties.json": 10, "maximum.json": 8, "minContains.json": 18, "minItems.json": 2,
        "minProperties.json": 2, "minimum.json": 11, "multipleOf.json": 8, "not.json": 18, "oneOf.json": 20,
        "pattern.json": 9, "patternProperties.json": 19, "prefixItems.json": 4, "properties.json": 20,
        "propertyNames.json": 17, "ref.json": 49, "refRemote.json": 0, "required.json": 15, "type.json": 66,
        "unevaluatedItems.json": 49, "unevaluatedProperties.json": 80, "uniqueItems.json": 49, "vocabulary.json": 4,
    ]

    /// The tests known to fail, and why.
    static let failing: [String: (reason: String, groups: [String: Int])] = [
        "defs.json": (
            "they refer to the dialect's own metaschema, which is not in the document; nothing is fetched",
            ["validate definition against metaschema": 2]
        ),
        "dynamicRef.json": (
            "they refer to documents on a server; nothing is fetched",
            [
                "strict-tree schema, guards against misspelled properties": 2,
                "tests for implementation dynamic anchor and reference link": 3,
                "$ref and $dynamicAnchor are independent of order - $defs first": 3,
                "$ref to $dynamicRef finds detached $dynamicAnchor": 2,
            ]
        ),
        "refRemote.json": (
            "all of them refer to documents on a server; nothing is fetched",
            [
                "remote ref": 2, "anchor within remote ref": 2, "ref within remote ref": 2,
                "base URI change - change folder": 2, "base URI change - change folder in subschema": 2,
                "remote ref with ref to defs": 2, "Location-independent identifier in remote ref": 2,
                "retrieved nested refs resolve relative to their URI not $id": 2,
                "remote HTTP ref with different $id": 2, "remote HTTP ref with different URN $id": 2,
                "remote HTTP ref with nested absolute ref": 2, "$ref to $ref finds detached $anchor": 2,
            ]
        ),
        "vocabulary.json": (
            "its metaschema lies on a server and would switch the validation vocabulary off; there is one dialect here",
            ["schema that uses custom metaschema with with no validation vocabulary": 1]
        ),
    ]

    /// As the specification has it where it differs from what authors of workflows are served with.
    static let options: JSONSchema.Options = {
        var options = JSONSchema.Options()
        options.formatIsAssertion = false
        options.ignoresUnknownKeywords = true
        return options
    }()

    @Test("every file is listed")
    func files() throws {
        let folder = try #require(ConformanceSuite.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        #expect(Set(names) == Set(Self.passing.keys))
    }

    @Test("exactly the expected tests pass", arguments: passing.keys.sorted())
    func file(name: String) throws {
        let folder = try #require(ConformanceSuite.folder)
        let document = try JSONValue(parsing: try Data(contentsOf: folder.appending(path: name)))
        let outcome = ConformanceSuite.run(document, options: Self.options)
        #expect(outcome.passed == Self.passing[name])
        let groups = Dictionary(outcome.failed.map { ($0.group, 1) }, uniquingKeysWith: +)
        #expect(groups == Self.failing[name]?.groups ?? [:], "\(outcome.failed)")
    }
}
