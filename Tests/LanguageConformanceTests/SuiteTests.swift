import FoundationEssentials
import LanguageConformance
import Testing

/// The languages' own suites, where their files lie beside the package.
@Suite struct SuiteTests {
    /// What a file must come to, exactly.
    struct Expectation: CustomTestStringConvertible {
        let file: String
        let passed: Int
        var skipped = 0
        /// Names of cases that fail, each with its reason beside it.
        var failed: [String] = []
        var testDescription: String { file }
    }

    static let cel: [Expectation] = [
        Expectation(file: "basic", passed: 33), Expectation(file: "bindings_ext", passed: 5),
        Expectation(file: "block_ext", passed: 17),
        Expectation(file: "comparisons", passed: 230), Expectation(file: "conversions", passed: 74),
        // Its only case is a message, as are those of proto2 and ten of type_deduction.
        Expectation(file: "dynamic", passed: 0, skipped: 1), Expectation(file: "encoders_ext", passed: 4),
        Expectation(file: "fields", passed: 44), Expectation(file: "fp_math", passed: 23),
        Expectation(file: "integer_math", passed: 40), Expectation(file: "lists", passed: 32),
        Expectation(file: "logic", passed: 25), Expectation(file: "macros", passed: 25),
        Expectation(file: "macros2", passed: 32), Expectation(file: "math_ext", passed: 138),
        Expectation(file: "namespace", passed: 7), Expectation(file: "network_ext", passed: 50),
        Expectation(file: "optionals", passed: 41),
        // The file expects a backslash before the question mark. The suite's source spells the expected bytes with the
        // escape \? of protobuf's text form, which is a plain question mark; so does this implementation read it.
        Expectation(
            file: "parse", passed: 132,
            failed: ["bytes_literals/triple_double_quoted_unescaped_punctuation"]),
        Expectation(file: "plumbing", passed: 4),
        Expectation(file: "proto2", passed: 0, skipped: 9), Expectation(file: "string", passed: 37),
        Expectation(file: "string_ext", passed: 144), Expectation(file: "timestamps", passed: 54),
        Expectation(file: "type_deduction", passed: 16, skipped: 10),
    ]

    static let schema: [Expectation] = [
        Expectation(file: "additionalProperties", passed: 20), Expectation(file: "allOf", passed: 21),
        Expectation(file: "anchor", passed: 6), Expectation(file: "anyOf", passed: 11),
        Expectation(file: "boolean_schema", passed: 18), Expectation(file: "const", passed: 45),
        Expectation(file: "contains", passed: 19), Expectation(file: "content", passed: 15),
        Expectation(file: "default", passed: 2), Expectation(file: "defs", passed: 2),
        Expectation(file: "dependentRequired", passed: 14), Expectation(file: "dependentSchemas", passed: 16),
        // The skipped ones of this file and all of refRemote refer to documents on a server that the files do not bring.
        Expectation(file: "dynamicRef", passed: 23, skipped: 10), Expectation(file: "enum", passed: 43),
        Expectation(file: "exclusiveMaximum", passed: 4), Expectation(file: "exclusiveMinimum", passed: 4),
        Expectation(file: "format", passed: 105), Expectation(file: "if-then-else", passed: 16),
        Expectation(file: "items", passed: 25), Expectation(file: "maxContains", passed: 7),
        Expectation(file: "maxItems", passed: 2), Expectation(file: "maxLength", passed: 7),
        Expectation(file: "maxProperties", passed: 10), Expectation(file: "maximum", passed: 8),
        Expectation(file: "minContains", passed: 18), Expectation(file: "minItems", passed: 2),
        Expectation(file: "minProperties", passed: 2), Expectation(file: "minimum", passed: 11),
        Expectation(file: "multipleOf", passed: 8), Expectation(file: "not", passed: 18),
        Expectation(file: "oneOf", passed: 20), Expectation(file: "pattern", passed: 9),
        Expectation(file: "patternProperties", passed: 19), Expectation(file: "prefixItems", passed: 4),
        Expectation(file: "properties", passed: 20), Expectation(file: "propertyNames", passed: 17),
        Expectation(file: "ref", passed: 49), Expectation(file: "refRemote", passed: 0, skipped: 24),
        Expectation(file: "required", passed: 15), Expectation(file: "type", passed: 66),
        Expectation(file: "unevaluatedItems", passed: 49), Expectation(file: "unevaluatedProperties", passed: 80),
        Expectation(file: "uniqueItems", passed: 49),
        // Its schemas name dialects of their own, and there is one dialect here.
        Expectation(file: "vocabulary", passed: 0, skipped: 5),
    ]

    static let folders: [ConformanceSuite: ConformanceFolder] = [
        .cel: ConformanceFolder.besidePackage("cel"), .schema: ConformanceFolder.besidePackage("json-schema"),
    ].compactMapValues(\.self)

    @Test func theReferenceStatesTheCounts() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/workflows.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for (name, expectations) in [("google/cel-spec", Self.cel), ("JSON-Schema-Test-Suite", Self.schema)] {
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| \(name)") })
            let counts = [
                expectations.map(\.passed), expectations.map(\.failed.count), expectations.map(\.skipped),
            ].map { $0.reduce(0, +) }
            #expect(row.contains("| \(counts[0]) | \(counts[1]) | \(counts[2])"), "\(row) but \(counts)")
        }
    }

    @Test(
        .enabled(if: folders.count == 2, "no conformance files beside the package"),
        arguments: [(ConformanceSuite.cel, cel), (.schema, schema)])
    func suite(_ suite: ConformanceSuite, _ expectations: [Expectation]) throws {
        let found = suite.run(try #require(Self.folders[suite]))
        #expect(found.map(\.file) == expectations.map { "\($0.file).json" }.sorted(), "every file has its line above")
        let byName = Dictionary(uniqueKeysWithValues: found.map { ($0.file, $0.report) })
        for expectation in expectations {
            let report = try #require(byName["\(expectation.file).json"])
            #expect(report.failed.map(\.name) == expectation.failed, "\(expectation.file): \(report.failed)")
            #expect(report.skipped.count == expectation.skipped, "\(expectation.file): \(report.skipped)")
            #expect(report.passed.count == expectation.passed, "\(expectation.file)")
        }
    }
}
