import PerdureJSON
import Testing

@testable import WorkflowCore

/// What YAML means here, what it may not do, and its limits.
@Suite(.serialized) struct DefinitionYAMLTests {
    /// The value of `output: TEXT`.
    private func value(_ text: String) throws -> JSONValue {
        var run = try Run("workflow: w\nsteps: { a: { agent: work } }\noutput: \(text)\n")
        run.handle(.accepted)
        try run.succeed("a")
        return try #require(run.state.output, "\(String(describing: run.state.error))")
    }

    @Test(
        arguments: [
            ("no", "no"), ("on", "on"), ("yes", "yes"), ("off", "off"), ("y", "y"), ("NO", "NO"), ("true", true),
            ("True", true),
            ("FALSE", false), ("tRue", "tRue"), ("null", nil), ("~", nil), ("Null", nil), ("", nil), ("'null'", "null"),
            ("'1'", "1"), ("\"true\"", "true"), ("1", 1), ("-1", -1), ("+1", 1), ("007", 7), ("0x1F", 31), ("0o17", 15),
            ("-0x1F", "-0x1F"), ("0x-1", "0x-1"), ("0x+1", "0x+1"), ("+0o7", "+0o7"), ("0b1", "0b1"),
            ("1_000", "1_000"),
            ("0x", "0x"), ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("+1.5E-1", 0.15), (".", "."),
            ("1.2.3", "1.2.3"), ("2026-11-22", "2026-11-22"), ("12:30:45", "12:30:45"), ("1h", "1h"), ("-", "-"),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)), (".inf", ".inf"),
            ("1e999", "1e999"),
            ("|\n  a\n  b\n", "a\nb\n"), (">-\n  a\n  b\n", "a b"), ("|\n  1\n", "1\n"),
            ("[1, no, 'x']", [1, "no", "x"]),
            ("{ a: { b: [] } }", ["a": ["b": []]]), ("{ 1: x, true: y }", ["1": "x", "true": "y"]), ("日本語", "日本語"),
        ] as [(String, JSONValue)]
    ) func scalars(_ text: String, expected: JSONValue) throws {
        let found = try value(text == "-" ? "'-'" : text)
        #expect(found == expected)
        // 1 and 1.0 are equal as JSON; here it matters which of them it is.
        if case .int = expected { #expect(found.jsonText == expected.jsonText) }
    }

    @Test func aliasesAreResolved() throws {
        #expect(try value("{ a: &x [1, 2], b: *x }") == ["a": [1, 2], "b": [1, 2]])
    }

    @Test func notYAML() {
        for yaml in [
            "workflow: [", "a: b: c", "workflow: \"x", "\u{1}", "%YAML 9", "a: *x", "workflow: w\n\tsteps: 1", "}",
        ] {
            let found = errors(in: yaml)
            #expect(found.count == 1 && found[0].message.hasPrefix("This is not YAML: "), "\(yaml): \(found)")
            #expect(found.first.map { $0.line >= 1 && $0.column >= 1 } == true)
        }
        #expect(
            summaries("workflow: w\nsteps: {a: {agent: work}\n").first?.hasPrefix("test.yaml:3:1: This is not YAML: ")
                == true)
        #expect(summaries("workflow: w\nsteps: *x").first?.hasPrefix("test.yaml:2:8: This is not YAML: ") == true)
        #expect(
            summaries("workflow: w\n---\nworkflow: x").first?.hasPrefix("test.yaml:2:1: This is not YAML: ") == true)
    }

    @Test func aKeyGivenTwice() {
        #expect(
            summaries("workflow: w\nversion: 1\nversion: 2") == [
                "test.yaml:2:1: The key 'version' is given twice; keep one."
            ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: { agent: work }\n  b: { agent: work }\n  a: { agent: work }\n") == [
                "test.yaml:3:3: The key 'a' is given twice; keep one."
            ])
    }

    @Test func aKeyMustBeText() {
        #expect(summaries("workflow: w\n[a, b]: 1") == ["test.yaml:2:1: A key must be text."])
    }

    @Test func textMayNotHoldNUL() {
        #expect(
            summaries("workflow: w\noutput: \"a\\0\"") == [
                "test.yaml:2:9: The text holds U+0000, which the database cannot keep; remove it."
            ])
        #expect(errors(in: "workflow: w\noutput: { \"\\0\": 1 }").count == 1)
    }

    @Test func aFileThatMultipliesItselfIsRefusedAtOnce() {
        var yaml = "workflow: w\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(alias)]\n"
        }
        let clock = ContinuousClock()
        var found: [DefinitionError] = []
        let time = clock.measure { found = errors(in: yaml) }
        #expect(
            found.map(\.message) == [
                "The definition is larger than \(Limits.definitionNodes) values or \(Limits.definitionTextBytes) bytes of "
                    + "text, or nests deeper than \(Limits.jsonDepth); aliases count each time they are used."
            ])
        // Read to its end, it would take days.
        #expect(time < .seconds(60))
    }

    @Test(arguments: [100, 900, 5000, 200_000]) func deepNesting(_ depth: Int) {
        let flow = "workflow: w\noutput: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(errors(in: flow).count == 1)
        let block = "workflow: w\noutput:\n  " + String(repeating: "- ", count: depth) + "x"
        #expect(errors(in: block).count == 1)
    }

    @Test func nestingUpToTheLimit() {
        func nested(_ depth: Int) -> String {
            "workflow: w\nsteps: {a: {agent: work}}\noutput: " + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth)
        }
        #expect(errors(in: nested(Limits.jsonDepth)).isEmpty)
        #expect(errors(in: nested(Limits.jsonDepth + 1)).count == 1)
    }

    @Test func tooManySteps() {
        func steps(_ count: Int) -> String {
            "workflow: w\nsteps:\n" + (0..<count).map { "  s\($0): { agent: work }\n" }.joined()
                + "output: '${ steps.s0.output }'\n"
        }
        #expect(errors(in: steps(Limits.stepsPerWorkflow)).isEmpty)
        #expect(
            summaries(steps(Limits.stepsPerWorkflow + 1)) == [
                "test.yaml:3:3: steps: A workflow has 1000 steps at most; this one has 1001."
            ])
    }

    @Test func tooManyBytes() {
        let yaml = "workflow: w\nsteps: {a: {agent: work}}\n"
        let filled = yaml + "#" + String(repeating: "x", count: Limits.definitionBytes - yaml.utf8.count - 1)
        #expect(errors(in: filled).isEmpty)
        #expect(
            summaries(filled + "x") == [
                "test.yaml:1:1: The file is larger than \(Limits.definitionBytes) bytes; split the workflow."
            ])
    }

    @Test func whatADefinitionHolds() throws {
        let yaml = """
            workflow: order-2
            version: 3
            description: What it is for.
            steps:
              last: { agent: work, needs: [first, first], description: x }
              first: { agent: summarize }
            """
        let definition = try load(yaml)
        let content = #"{"steps":{"last":{"agent":"work","needs":["first","first"]},"first":{"agent":"summarize"}}}"#
        #expect(
            definition.reference
                == WorkflowReference(id: "order-2", version: 3, contentHash: SHA256.hexDigest(of: content.utf8)))
        #expect(
            definition.steps.map(\.name) == ["last", "first"] && definition.steps.map(\.agent) == ["work", "summarize"])
        #expect(definition.steps.map(\.needs) == [[1], []] && definition.dependants == [[], [0]])
        #expect(definition.stepIndex(named: "first") == 1 && definition.stepIndex(named: "x") == nil)
        #expect(definition.source == yaml && definition.inputSchema == nil && definition.output == nil)
        #expect(try load("workflow: w\nsteps: {a: {agent: work}}").reference.version == 1)
    }
}
