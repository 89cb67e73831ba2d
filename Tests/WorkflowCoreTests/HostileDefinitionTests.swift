import JSONSchema
import PerdureJSON
import Testing

@testable import WorkflowCore

/// Definitions that are made to take for ever or to fill the memory. What each of these would cost if it were carried out is
/// hours or gigabytes, so a test that ends has shown what it is for.
@Suite struct HostileDefinitionTests {
    /// Anchors that multiply by ten at each level; `*a9` stands for ten thousand million values.
    private static let laughs: String = {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(alias)]\n"
        }
        return yaml
    }()

    @Test(arguments: [
        "*a9 : 1", "? *a9\n: 1", "b: { *a9 : 1 }", "b: {*a9 : 1, *a9 : 2}", "b: [*a9 : 1]", "[*a9]: 1",
        "{ x: *a9 }: 1", "b: { ? *a9 : 1 }", "b: { ?*a9 : 1 }", "- ? *a9", "b: [ ? *a9 ]", "b: [?*a9]",
        "b: [*a9:1]", "b: {*a9:1}", "? - *a9\n: 1", "? {x: *a9}\n: 1", "?\n  *a9\n: 1", "b: [[*a9] : 1]",
        "b: { {x: [*a9]} : 1 }", "? |\n  x\n: 1\n? [*a9]\n: 1", "b: [ *a9\n : 1 ]", "\"b\": { [ *a9 ] : 1}",
        "? ? ? *a9", "b: { ? [*a9]\n : x }", "&k *a9 : 1", "!!str *a9 : 1",
    ])
    func aKeyThatMultipliesItself(_ key: String) throws {
        let found = errors(in: Self.laughs + key + "\n")
        #expect(found.count == 1, "\(found)")
        let message = try #require(found.first).message
        #expect(
            message.hasPrefix("A key must be text") || message.hasPrefix("This is not YAML")
                || message.hasPrefix("A value that starts with")
                || message.hasPrefix("The key '*a9' is given twice"),
            "\(message)")
    }

    @Test func keysNestedInKeys() {
        // Each level would be hashed again with all that is in it.
        let depth = 400
        let filler = (0..<20_000).map { "k\($0): 1" }.joined(separator: ", ")
        let explicit =
            String(repeating: "{ ? ", count: depth) + "{\(filler)}" + String(repeating: " : 1 }", count: depth)
        #expect(errors(in: "workflow: w\noutput: " + explicit).count == 1)
    }

    @Test func textsAndExpressionsMultipliedByAliases() {
        let aliases = Array(repeating: "*e", count: 90_000).joined(separator: ", ")
        func yaml(_ text: String) -> String {
            "workflow: w\nsteps:\n  a:\n    agent: work\n    with:\n      e: &e \"\(text)\"\n      l: [\(aliases)]\n"
        }
        let expression = Array(repeating: "true", count: 1_800).joined(separator: " || ")
        for text in ["${ \(expression) }", String(repeating: "x", count: 500_000)] {
            let found = errors(in: yaml(text))
            #expect(found.count == 1 && found[0].message.contains("bytes of text"), "\(found.map(\.message))")
        }
        // A short text may be used as often as there may be values.
        #expect(errors(in: yaml("${ 1 }")).isEmpty)
    }

    @Test func regularExpressionsThatBecomeLarge() {
        func yaml(_ count: Int) -> String {
            let pattern = String(repeating: "[a-z]{1000}", count: 4)
            let tests = Array(repeating: "\"${ input.matches('\(pattern)') }\"", count: count).joined(separator: ", ")
            return "workflow: w\nsteps: { a: { set: [\(tests)] } }"
        }
        #expect(errors(in: yaml(24)).isEmpty)
        #expect(errors(in: yaml(2_000)).first?.message.contains("too large together") == true)
    }

    @Test func aHundredThousandSteps() {
        let steps = (0..<90_000).map { "s\(String($0, radix: 36)): " }.joined(separator: " , ")
        let found = errors(in: "workflow: w\nsteps: {\(steps)}")
        #expect(found.map(\.message) == ["A workflow has 1000 steps at most; this one has 90000."])
        // The line is as long as the file; what is shown of it is not.
        #expect(found.allSatisfy { $0.description.utf8.count < 1_000 })
    }

    @Test func aHundredThousandStepsWithWork() {
        let flow = (0..<100_000).map { "s\(String($0, radix: 36)): " }.joined(separator: ", ")
        #expect(
            errors(in: "workflow: w\nsteps: {\(flow)}").map { $0.message.prefix(54) }
                == ["The definition is larger than 100000 values or 2097152"])
        let block = (0..<100_000).map { "  s\($0): { agent: work }\n" }.joined()
        #expect(
            errors(in: "workflow: w\nsteps:\n" + block).map(\.message)
                == ["The file is larger than 1048576 bytes; split the workflow."])
    }

    @Test func itemsOfAMap() throws {
        let known = "input: { type: object, required: [m], properties: { m: { type: object } } }\n"
        let steps = "workflow: w\nsteps: { a: { foreach: { in: \"${ input.m }\" }, agent: work } }\n"
        let found = errors(in: known + steps)
        #expect(found.count == 1 && found[0].summary.contains("steps.a.foreach.in: "), "\(found)")
        // Where nothing says what it is, it is found out, and costs nothing.
        let members = (0..<50_000).map { (key: "k\($0)", value: JSONValue.null) }
        var run = try Run(steps, input: ["m": .object(JSONObject(uniqueKeysWithValues: members))])
        let decision = run.handle(.accepted)
        #expect(run.state.status == .failed && run.state.error?.code == .expressionError)
        #expect(run.state.error?.message.contains("it gave a map; write `MAP.map(key, …)`") == true)
        #expect(decision.invocations.isEmpty && run.state.steps.count == 1)
    }

    @Test func aThousandStepsThatAllNeedEachOther() {
        let steps = (0..<300).map { index in
            "  s\(index): { agent: work, needs: [\((0..<index).map { "s\($0)" }.joined(separator: ", "))] }\n"
        }
        #expect(errors(in: "workflow: w\nsteps:\n" + steps.joined()).isEmpty)
        #expect(
            errors(
                in: "workflow: w\nsteps:\n" + steps.joined() + "  t: { agent: work, needs: [u] }\n"
                    + "  u: { agent: work, needs: [t, s299] }\n"
            ).count == 1)
    }

    @Test func aPatternThatWouldBacktrackForEver() throws {
        let definition = try load(
            """
            workflow: w
            input:
              properties:
                a: { pattern: "^(a|aa)+$" }
                b: { pattern: "^(a*)*b$" }
            steps:
              s: { agent: work, with: { x: "${ input.a.matches('(x+x+)+y') }" } }
            """)
        let text = JSONValue.string(String(repeating: "a", count: 5_000) + "!")
        #expect(definition.inputSchema?.accepts(["a": text]) == false)
        #expect(definition.inputSchema?.accepts(["b": text]) == false)
        var run = Run(definition, input: ["a": .string(String(repeating: "x", count: 5_000))])
        #expect(run.handle(.accepted).invocations.first?.arguments["x"] == false)
    }

    @Test func aPatternThatIsTooLarge() {
        let found = errors(
            in: "workflow: w\ninput: { pattern: '((((a{1,50}){1,50}){1,50}){1,50})' }\nsteps: { s: { agent: work } }")
        #expect(found.count == 1 && found[0].message.contains("instructions"), "\(found)")
    }

    @Test(arguments: [
        "lists.range(1000000000)", "lists.range(100000).map(x, lists.range(100000))",
        "[1, 2, 3, 4].map(a, lists.range(90000)).flatten()",
        "cel.bind(a, lists.range(90000), a + a)",
        "lists.range(90000).map(x, 'a').join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
        "lists.range(1000).map(x, lists.range(1000).map(y, x * y))",
    ])
    func anExpressionThatBuildsAHugeValue(_ expression: String) throws {
        var run = try Run("workflow: w\nsteps:\n  a:\n    agent: work\n    with:\n      x: \"${ \(expression) }\"\n")
        let decision = run.handle(.accepted)
        #expect(decision.invocations.isEmpty)
        #expect(run.state.error?.code == .expressionError, "\(String(describing: run.state.error))")
    }

    @Test func schemasThatMultiplyThemselves() throws {
        let levels = (1..<60).map { level in
            "    d\(level): { allOf: [{ $ref: '#/$defs/d\(level - 1)' }, { $ref: '#/$defs/d\(level - 1)' }] }\n"
        }
        let definition = try load(
            "workflow: w\ninput:\n  $ref: '#/$defs/d59'\n  $defs:\n    d0: { type: object }\n" + levels.joined()
                + "steps: { a: { agent: work, with: { x: '${ input.y }' } } }\n")
        // Two to the power of sixty schemas to try: the work is cut off, and what was not checked is not accepted.
        #expect(try #require(definition.inputSchema).validate(["y": 1]).map(\.keyword) == ["limit"])
    }

    @Test func starsAndQuestionMarksInTextsAreTexts() throws {
        let node = try DefinitionNode.read(
            """
            a: what? *really* (2 * 3)
            b: "*x"
            'c*?': '? y'
            d: |
              * one
              ? two
              *a9 : 1
            e: [a?b, "?", '*', x*]
            f: &anchor-1 [1]
            g: *anchor-1
            h: { i: *anchor-1, j: [*anchor-1 , *anchor-1] }
            # ? *comment
            k: http://a/?b=*
            """)
        #expect(
            node.json == [
                "a": "what? *really* (2 * 3)", "b": "*x", "c*?": "? y", "d": "* one\n? two\n*a9 : 1\n",
                "e": ["a?b", "?", "*", "x*"], "f": [1], "g": [1], "h": ["i": [1], "j": [[1], [1]]],
                "k": "http://a/?b=*",
            ])
    }
}
