import CEL
import Testing

/// What the check accepts, refuses and finds out.
@Suite struct CheckTests {
    private static let input = CELType.object(
        CELObjectType(
            name: "input", fields: ["text": .string, "tags": .list(.string), "limits": .map(.string, .int)]))
    private static let steps = CELType.object(
        CELObjectType(
            name: "steps",
            fields: [
                "summarize": .object(CELObjectType(name: "steps.summarize", fields: ["output": .dyn])),
                "open": .object(CELObjectType(name: "steps.open", fields: ["score": .double], isOpen: true)),
            ]))
    private static let types: [String: CELType] = ["input": input, "steps": steps, "attempt": .int]

    private func program(_ source: String) throws(CELError) -> CELProgram {
        try CELProgram(source, environment: CELEnvironment(variables: Self.types))
    }

    @Test(arguments: [
        ("input.text", "string"), ("input.tags[0]", "string"), ("input.limits.a", "int"), ("input['text']", "string"),
        ("input.tags.map(t, t.size())", "list(int)"), ("input.tags.exists(t, t == 'x')", "bool"),
        ("steps.summarize.output", "dyn"), ("steps.summarize.output.a.b[2]", "dyn"), ("steps.open.other", "dyn"),
        ("steps.open.score * 2.0", "double"), ("[1, 2]", "list(int)"), ("[1, 'a']", "list(dyn)"),
        ("{'a': [1u]}", "map(string, list(uint))"), ("[] + [1]", "list(int)"), ("true ? 1 : attempt", "int"),
        ("attempt > 1.5", "bool"), ("input.?text", "optional_type(string)"), ("input.?text.orValue('')", "string"),
        ("timestamp('2024-01-01T00:00:00Z') - duration('1h')", "google.protobuf.Timestamp"),
        ("input.limits.filter(k, k != '')", "list(string)"),
        ("{'a': 1}.transformMap(k, v, string(v))", "map(string, string)"),
        ("size(input) > 0 && 'text' in input", "bool"), ("dyn(1) + 1", "int"), ("type(1)", "type"),
        ("optional.of(attempt).optMap(a, [a])", "optional_type(list(int))"), ("math.greatest(1, 2.0)", "dyn"),
        ("cel.bind(t, input.text, t + t)", "string"), ("steps.summarize == null", "bool"),
    ])
    func deduces(_ source: String, _ type: String) throws {
        #expect(try program(source).resultType.description == type)
    }

    @Test(
        arguments: [
            ("inptu.text", .undeclaredReference, 1, "input"), ("input.txet", .undeclaredField, 7, "text"),
            ("input['tagz']", .undeclaredField, 7, "tags"), ("steps.sumarize.output", .undeclaredField, 7, "summarize"),
            ("has(input.txt)", .undeclaredField, 11, "text"), ("siez(input.tags)", .undeclaredReference, 1, "size"),
            ("input.text.startWith('a')", .undeclaredReference, 12, "startsWith"),
            ("input.tags.map(tag, tga)", .undeclaredReference, 21, "tag"), ("elsewhere", .undeclaredReference, 1, nil),
            ("input.text.missing", .typeMismatch, 12, nil), ("input.text + 1", .noMatchingOverload, 12, nil),
            ("attempt && true", .typeMismatch, 1, nil), ("!attempt", .typeMismatch, 2, nil),
            ("attempt ? 1 : 2", .typeMismatch, 1, nil), ("true ? 1 : 'a'", .typeMismatch, 6, nil),
            ("attempt == 'a'", .noMatchingOverload, 9, nil), ("1 in ['a']", .noMatchingOverload, 3, nil),
            ("attempt.map(x, x)", .typeMismatch, 1, nil), ("input.tags['a']", .typeMismatch, 12, nil),
            ("input.tags.all(t, 1)", .typeMismatch, 19, nil), ("size(1)", .noMatchingOverload, 1, nil),
            ("{1.5: 1}", .typeMismatch, 2, nil), ("-input.text", .noMatchingOverload, 1, nil),
            ("[?1]", .typeMismatch, 3, nil), ("input.text.matches('(')", .invalidArgument, 20, nil),
        ] as [(String, CELError.Code, Int, String?)])
    func refuses(_ source: String, _ code: CELError.Code, _ column: Int, _ suggestion: String?) {
        do throws(CELError) {
            _ = try program(source)
            Issue.record("\(source) was accepted")
        } catch {
            #expect(error.code == code, "\(error)")
            #expect(error.position?.column == column, "\(error)")
            #expect(error.suggestion == suggestion)
        }
    }

    @Test(
        arguments: [
            ("input.text", [["input", "text"]]), ("input['text']", [["input", "text"]]),
            ("input.tags[0]", [["input", "tags", "0"]]),
            ("steps.summarize.output.a", [["steps", "summarize", "output", "a"]]),
            ("input.limits[input.text]", [["input", "limits"], ["input", "text"]]),
            ("has(input.text)", [["input", "text"]]),
            ("input.text.size() + attempt", [["attempt"], ["input", "text"]]), ("input.?text", [["input", "text"]]),
            ("input.tags.map(t, t + input.text)", [["input", "tags"], ["input", "text"]]),
            ("[{'input': 1}].map(input, input.input)", []), ("input", [["input"]]), ("1 + 1", []),
            ("cel.bind(steps, input, steps.text)", [["input"]]),
        ] as [(String, [[String]])])
    func refersTo(_ source: String, _ paths: [[String]]) throws {
        #expect(try program(source).references == Set(paths))
    }

    @Test func aPositionCountsLinesAndScalars() throws {
        let error = try #require(failure("'é🐱' +\n  'b' + nope"))
        #expect(error.position == CELPosition(utf8Offset: 19, line: 2, column: 9))
        #expect(error.description == "2:9: Undeclared name 'nope'")
    }

    @Test func namesResolveFromTheInnermostNamespace() throws {
        let environment = CELEnvironment(
            variables: ["a.b.x": .int, "a.x": .string, "x": .bool], container: "a.b")
        #expect(try CELProgram("x", environment: environment).resultType == .int)
        #expect(try CELProgram(".x", environment: environment).resultType == .bool)
        #expect(try CELProgram("a.x", environment: environment).resultType == .string)
    }

    @Test(
        arguments: [
            ("x || true", true), ("f(1) || true", true), ("x + 1", nil), ("y + 1", 3), ("1 + 'a'", nil),
            ("true ? 1 : 'a'", 1),
            ("1.0 == 1", true), ("y.z", nil), ("!1", nil),
        ] as [(String, CELValue?)])
    func withoutTheCheckErrorsShowWhenEvaluated(_ source: String, _ expected: CELValue?) throws {
        let program = try CELProgram(unchecked: source, environment: CELEnvironment())
        let activation: CELDictionaryActivation = ["y": 2]
        guard let expected else {
            #expect(throws: CELError.self) { try program.evaluate(activation) }
            return
        }
        #expect(try program.evaluate(activation) == expected)
    }

    @Test func extensionsCanBeLeftOut() {
        let environment = CELEnvironment(variables: ["x": .dyn], extensions: [])
        for source in [
            "x.?y", "'a'.trim()", "math.abs(1)", "cel.bind(y, 1, y)", "x.all(i, v, true)", "base64.encode(b'')",
        ] {
            #expect(throws: CELError.self) { try CELProgram(source, environment: environment) }
        }
    }
}
