import JSONSchema
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
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)), ("'.inf'", ".inf"),
            ("'1e999'", "1e999"), ("18446744073709551616.0", 18446744073709551616.0),
            ("!!str 5", "5"), ("!!str true", "true"), ("!!str", ""), ("!!int \"5\"", 5), ("!!int 0x1F", 31),
            ("!!float 5", .double(5)), ("!!float '1.5'", 1.5), ("!!bool 'true'", true), ("!!null ''", nil),
            ("!!seq [1]", [1]), ("!!map { a: 1 }", ["a": 1]), ("{ !!str a: 1 }", ["a": 1]),
            ("!!str \"${ 1 + 1 }\"", 2), ("'!foo'", "!foo"), ("stop! now !", "stop! now !"),
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

    @Test(arguments: [
        ("!!int x", "By its tag this is a whole number; found \"x\"."),
        ("!!int 1.5", "By its tag this is a whole number; found \"1.5\"."),
        ("!!bool yes", "By its tag this is true or false; found \"yes\"."),
        ("!!null x", "By its tag this is null; found \"x\"."),
        ("!!float x", "By its tag this is a number; found \"x\"."),
        ("!!seq x", "The tag !!seq does not fit a single value; remove it."),
        ("!!str [1]", "The tag !!str does not fit a list; remove it."),
        ("!!seq { a: 1 }", "The tag !!seq does not fit a mapping; remove it."),
        ("!!binary aGVsbG8=", "The tag !!binary is not known here;"), ("!foo x", "The tag !foo is not known here;"),
        ("! 5", "The tag ! is not known here;"), ("! [1]", "The tag ! is not known here;"),
        ("!!python/object:os.system {}", "The tag !!python/object:os.system is not known here;"),
        ("!!set { a }", "The tag !!set is not known here;"), ("!<tag:x,1:y> x", "The tag tag:x,1:y is not known here;"),
        (".inf", "put .inf in quotes if it is a text."), ("-.Inf", "put -.Inf in quotes if it is a text."),
        (".NaN", "put .NaN in quotes if it is a text."),
        ("1e999", "The number 1e999 is beyond what 64 bits can hold; put it in quotes if it is a text."),
        (
            "9223372036854775808",
            "The whole number 9223372036854775808 does not fit in 64 bits; put it in quotes if it is a text, or .0 behind it"
        ),
        ("0xFFFFFFFFFFFFFFFF", "The whole number 0xFFFFFFFFFFFFFFFF does not fit in 64 bits;"),
    ])
    func valuesThatAreNone(_ text: String, message: String) {
        let found = errors(in: "workflow: w\nsteps: { a: { agent: work } }\noutput: \(text)")
        #expect(found.count == 1 && found[0].message.contains(message), "\(found.map(\.summary))")
        #expect(found.first?.line == 3 && found.first?.column == 9)
    }

    @Test func aKeyHasNoTagOfAnotherKind() {
        #expect(
            summaries("workflow: w\n!!int 1: x") == ["test.yaml:2:1: The tag !!int does not fit a text; remove it."])
    }

    @Test func schemasHoldNumbersAsJSONDoes() throws {
        let definition = try load(
            "workflow: w\ninput: { properties: { n: { maximum: 18446744073709551615 } } }\nsteps: { a: { agent: work } }"
        )
        #expect(definition.inputSchema?.accepts(["n": 1]) == true)
        #expect(definition.inputSchema?.accepts(["n": .double(1e20)]) == false)
    }

    @Test func aliasesAreResolved() throws {
        #expect(try value("{ a: &x [1, 2], b: *x }") == ["a": [1, 2], "b": [1, 2]])
    }

    @Test func notYAML() {
        for yaml in [
            "workflow: [", "a: b: c", "workflow: \"x", "%YAML 9", "a: *x", "workflow: w\n\tsteps: 1", "}",
        ] {
            let found = errors(in: yaml)
            #expect(found.count == 1 && found[0].message.hasPrefix("This is not YAML: "), "\(yaml): \(found)")
            #expect(found.first.map { $0.line >= 1 && $0.column >= 1 } == true)
        }
    }

    @Test(arguments: [
        ("workflow: w\nsteps: {a: {agent: work}\n", "2:8: This is not YAML: the '{' here is not closed; add a '}'."),
        (
            "workflow: w\nsteps: [a\nb: 1",
            "3:2: This is not YAML: the list that begins in line 2, column 8 goes on with a ',' or ends"
        ),
        ("workflow: [\n\n", "1:11: This is not YAML: the '[' here is not closed; add a ']'."),
        ("workflow: [a,\n  {b: ", "2:5: This is not YAML: "),
        ("workflow: w\nsteps: { a: { set: 1 }}}", "2:24: This is not YAML: this '}' closes nothing,"),
        ("workflow: w\n...\nsteps: 1", "3:1: This is not YAML: nothing can follow the end of the definition;"),
        ("workflow: w\nsteps: *x", "2:8: This is not YAML: the alias here names nothing"),
        (
            "workflow: w\n---\nworkflow: x",
            "2:1: A file holds one definition; move what follows '---' to a file of its own."
        ),
        ("workflow: w\nsteps:\n\ta: 1", "3:1: This is not YAML: a tab cannot indent; use spaces."),
        ("workflow: w\nsteps:\n  \ta: 1", "3:3: This is not YAML: a tab cannot indent; use spaces."),
        (
            "workflow: w\nsteps: {a: {set: ${ input.x }}}",
            "2:18: This is not YAML: an expression has to stand in quotes here, as in \"${ input.text }\"."
        ),
        (
            "workflow: w\noutput: ${ true ? 'a' : 'b' }",
            "2:9: This is not YAML: an expression has to stand in quotes here, as in \"${ input.text }\"."
        ),
        ("a: b: c", "1:5: This is not YAML: a ':' cannot stand here;"),
        (
            "workflow: 'w\nsteps: 1",
            "1:11: This is not YAML: the quote here is not closed; add one at the end of the text."
        ),
        ("workflow: \"a\\qb\"", "This is not YAML: there is no such escape in double quotes;"),
        ("workflow: @w", "1:11: This is not YAML: a text that begins with '@' has to stand in quotes."),
        ("workflow: w\n  steps: 1\n more: 2", "This is not YAML: "),
        (
            "workflow: w\u{1}",
            "1:12: The control character U+0001 cannot stand in a definition; remove it, or write \\u0001"
        ),
        ("workflow: w\nsteps: é\u{0}", "2:9: The control character U+0000 cannot stand in a definition; remove it."),
        (
            "workflow: w\noutput: " + String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000),
            "The definition nests deeper than 64; make it flatter."
        ),
    ])
    func whatIsWrongWithIt(_ yaml: String, message: String) {
        let found = summaries(yaml)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
        // Nothing of what the parser says for itself.
        for word in ["found character", "did not find", "could not find", "yaml_", "token", "scanner", "not allowed"] {
            #expect(!found.joined().contains(word), "\(found)")
        }
    }

    @Test func whatIsNoText() {
        func mistake(_ bytes: [UInt8]) -> String? {
            do throws(DefinitionErrors) {
                _ = try DefinitionText.decode(bytes, file: "test.yaml")
                return nil
            } catch {
                return error.summary
            }
        }
        #expect(
            mistake(Array("workflow: w\r\nsteps: é".utf8) + [0xE9, 0x20])
                == "test.yaml:2:9: The byte 0xE9 here is no UTF-8; save the file as UTF-8.")
        #expect(mistake([0xFF]) == "test.yaml:1:1: The byte 0xFF here is no UTF-8; save the file as UTF-8.")
        #expect(
            mistake(Array("a\n".utf8) + [0xC3])
                == "test.yaml:2:1: The byte 0xC3 here is no UTF-8; save the file as UTF-8.")
        #expect(
            mistake([0xFF, 0xFE, 0x77, 0])
                == "test.yaml: The file is UTF-16, as its byte order mark says; save it as UTF-8.")
        #expect(mistake([0xFE, 0xFF, 0, 0x77]) != nil)
        #expect(mistake([0xEF, 0xBB, 0xBF, 0x77]) == nil && mistake([]) == nil)
        #expect((try? DefinitionText.decode([0xEF, 0xBB, 0xBF, 0x77], file: "")) == "w")
    }

    @Test(arguments: [
        (
            "workflow: w\nversion: 1\nversion: 2",
            "3:1: version: The key 'version' is given twice, the first time in line 2; keep one."
        ),
        (
            "workflow: w\nsteps:\n  a: { agent: work }\n  b: { agent: work }\n  a: { agent: work }\n",
            "5:3: steps.a: The key 'a' is given twice, the first time in line 3; keep one."
        ),
        (
            "a: { x: 1, x: 2, y: 1, y: 1 }\na: 1\na: 2\n",
            "1:12: a.x: The key 'x' is given twice, the first time in line 1; keep one."
        ),
        (
            "a:\n- { \"é\": 1 }\n- { b: 1, \"é\": 1, 'é': 2, é: 3 }\n",
            "3:19: a[1].é: The key 'é' is given twice, the first time in line 3; keep one."
        ),
        (
            "a: { *x : 1 }\nb: &x 1\nb: 2", "3:1: b: The key 'b' is given twice, the first time in line 2; keep one."
        ),
        // Nothing that the text shows as it reads: the first is named.
        ("\"\\x61\": 1\na: 2", "1:1: The key 'a' is given twice; keep one."),
    ])
    func aKeyGivenTwice(_ yaml: String, message: String) {
        #expect(summaries(yaml) == ["test.yaml:\(message)"])
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
              last: { agent: work, needs: [first], description: x }
              first: { agent: summarize }
            """
        let definition = try load(yaml)
        let content = #"{"steps":{"last":{"agent":"work","needs":["first"]},"first":{"agent":"summarize"}}}"#
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
