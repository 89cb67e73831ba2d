import CEL
import Testing

/// What expressions evaluate to, and how they fail.
@Suite struct EvaluationTests {
    @Test(
        arguments: [
            // Literals
            ("0x1F", .int(31)), ("-0x10", .int(-16)), ("7u", .uint(7)), ("0xFFu", .uint(255)), (".5", .double(0.5)),
            ("1e3", .double(1000)), ("'a\\u00e9\\x41\\101'", "aéAA"), ("r'\\n'", "\\n"), ("b'\\xff'", .bytes([255])),
            ("'''a'b\n'''", "a'b\n"), ("1 // note\n + 2", .int(3)), ("[1, 2,]", [1, 2]), ("{'a': 1,}", ["a": 1]),
            // Precedence and association
            ("1 + 2 * 3", .int(7)), ("(1 + 2) * 3", .int(9)), ("10 - 3 - 2", .int(5)), ("-2 - -3", .int(1)),
            ("7 % 4 * 2", .int(6)), ("1 + 1 == 2 && 3 > 2", true), ("true || false && false", true),
            ("false ? 1 : true ? 2 : 3", .int(2)), ("!false == true", true), ("2 in [1, 2] == true", true),
            ("-5.5 < -5.0", true), ("-7 / 2", .int(-3)), ("-7 % 2", .int(-1)),
            // Errors are absorbed by what decides
            ("1 / 0 == 1 || true", true), ("false && 1 / 0 == 1", false), ("true ? 1 : 1 / 0", .int(1)),
            ("[1, 0, 2].exists(x, 2 / x == 1)", true), ("[0, 2].all(x, 2 / x > 5)", false),
            // Numbers on one line, other types never equal
            ("dyn(1) == 1.0", true), ("dyn(1u) == 1", true), ("dyn('1') == 1", false), ("1 < 1.5", true),
            ("-1 < 1u", true), ("dyn(0.0 / 0.0) == 0.0 / 0.0", false), ("[1, 2u, 3.0] == [1u, 2.0, 3]", true),
            ("dyn({1: 'a'}) == {1u: 'a'}", true), ("{1: 'a'}[dyn(1.0)]", "a"),
            // Text compares by code points, without normalisation
            ("'\\u00e9' == 'e\\u0301'", false), ("{'\\u00e9': 1, 'e\\u0301': 2}['e\\u0301']", .int(2)),
            ("size('e\\u0301')", .int(2)), ("'\\uffee' < '\\U00010000'", true), ("'a' + 'b' < 'ac'", true),
            ("'x\\r\\n'.endsWith('\\n')", true),
            // Macros
            ("[1, 2, 3].map(x, x * x)", [1, 4, 9]), ("[1, 2, 3].map(x, x > 1, x * 10)", [20, 30]),
            ("[1, 2, 3].filter(x, x % 2 == 1)", [1, 3]), ("{'b': 1, 'a': 2}.map(k, k)", ["b", "a"]),
            ("[1, 2].map(x, [10, 20].map(y, x + y))", [[11, 21], [12, 22]]), ("[1, 1].exists_one(x, x == 1)", false),
            ("cel.bind(x, 2, x * x) + cel.bind(x, 3, x)", .int(7)), ("[[1], [2]].map(l, l.map(x, x)[0])", [1, 2]),
            // Conversions and time
            ("string(1.0)", "1"), ("string(-0.25)", "-0.25"), ("int('-12')", .int(-12)),
            ("double('1e-3')", .double(0.001)),
            ("string(duration('1h1m1.5s'))", "3661.5s"), ("duration('-1.5h') == duration('-90m')", true),
            ("string(timestamp('2024-02-29T23:00:00-02:30'))", "2024-03-01T01:30:00Z"),
            ("timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-28T00:00:00Z') == duration('48h')", true),
            ("timestamp('2024-07-01T12:00:00Z').getHours('Europe/Paris')", .int(14)),
            ("timestamp('1969-12-31T23:59:59.5Z').getMilliseconds()", .int(500)), ("type(1) == int", true),
            ("type([]) == list && type({}) == map && type(null) == null_type", true),
            // Functions
            ("'hello'.matches('^h.*o$')", true), ("'a,b,c'.split(',')", ["a", "b", "c"]),
            ("'a,b,c'.split(',', 2)", ["a", "b,c"]), ("'abc'.split('')", ["a", "b", "c"]),
            ("['a', 'b'].join('-')", "a-b"),
            ("'aaa'.replace('a', 'b', 2)", "bba"), ("'ab'.replace('', '-')", "-a-b-"),
            ("'%s is %.2f'.format(['pi', 3.14159])", "pi is 3.14"), ("math.greatest(1, 5, 3)", .int(5)),
            ("base64.encode(b'hi')", "aGk="), ("{'a': {}}.?a.?b.orValue(7)", .int(7)),
            ("optional.of(1).orValue(1 / 0)", .int(1)), ("[?optional.none(), 1]", [1]), ("has({'a': null}.a)", true),
        ] as [(String, CELValue)])
    func value(_ source: String, _ expected: CELValue) throws {
        #expect(try evaluate(source) == expected)
    }

    @Test func transformingAListToAMapKeysItByIndex() throws {
        let value = try evaluate("['a', 'b'].transformMap(i, v, v + string(i))")
        #expect(value == .map(try CELMap(entries: [(0, "a0"), (1, "b1")])))
    }

    @Test(
        arguments: [
            ("9223372036854775807 + 1", .overflow), ("-9223372036854775808 / -1", .overflow),
            ("0u - 1u", .overflow), ("-(-9223372036854775807 - 1)", .overflow), ("int(1e30)", .overflow),
            ("1 / 0", .divisionByZero), ("1u % 0u", .divisionByZero), ("{'a': 1}.b", .noSuchKey),
            ("{'a': 1}['b']", .noSuchKey), ("[1][1]", .indexOutOfRange), ("[1][-1]", .indexOutOfRange),
            ("[1][dyn(0.5)]", .invalidArgument), ("dyn(1).a", .noSuchField), ("dyn(1)[0]", .noMatchingOverload),
            ("dyn('a') < 1", .noMatchingOverload), ("dyn(1) && true", .noMatchingOverload),
            ("{'a': 1, 'a': 2}", .invalidArgument), ("{dyn(1.5): 1}", .invalidArgument), ("int('x')", .invalidArgument),
            ("timestamp('2023-02-29T00:00:00Z')", .invalidArgument), ("duration('1d')", .invalidArgument),
            ("timestamp(0).getHours('Nowhere/Land')", .invalidArgument), ("'a'.matches(dyn('('))", .invalidArgument),
            ("'%d'.format(['x'])", .invalidArgument), ("optional.none().value()", .invalidArgument),
            ("'abc'.substring(2, 1)", .invalidArgument), ("'abc'.charAt(4)", .indexOutOfRange),
            ("duration('300000h') + duration('2400000h')", .overflow),
            ("duration('9223372036.854775807s') + duration('1ns')", .overflow),
            ("duration('2562047.9999999h')", .invalidArgument), ("string(b'\\xff')", .invalidArgument),
        ] as [(String, CELError.Code)])
    func fails(_ source: String, _ code: CELError.Code) throws {
        let error = try #require(failure(source))
        #expect(error.code == code, "\(error)")
        #expect(error.position != nil, "\(error)")
        #expect(!error.isRetriable)
    }

    @Test func aVariableWithoutValueIsAnError() throws {
        let error = try #require(failure("x + 1", types: ["x": .int]))
        #expect(error.code == .undeclaredReference)
    }

    @Test func aFunctionOfTheHostIsCalledByItsTypes() throws {
        let twice = CELFunction(
            "text.twice",
            [
                CELOverload([.string], returns: .string) { arguments, budget throws(CELError) in
                    guard case .string(let text) = arguments[0] else { return arguments[0] }
                    try budget.chargeString(bytes: 2 * text.utf8.count)
                    return .string(text + text)
                }
            ])
        let environment = CELEnvironment(variables: ["x": .dyn], functions: [twice])
        let program = try CELProgram("text.twice(x)", environment: environment)
        #expect(program.resultType == .string)
        #expect(try program.evaluate(["x": "ab"] as CELDictionaryActivation) == "abab")
        #expect(throws: CELError.self) { try program.evaluate(["x": 1] as CELDictionaryActivation) }
    }

    @Test func evaluationIsTheSameFromManyTasks() async throws {
        let program = try CELProgram(
            "x.items.map(i, i * 2).filter(i, i > x.least)", environment: CELEnvironment(variables: ["x": .dyn]))
        try await withThrowingTaskGroup(of: CELValue.self) { group in
            for least in 0..<20 {
                group.addTask {
                    try program.evaluate(
                        ["x": ["items": [1, 2, 3], "least": .int(Int64(least))]] as CELDictionaryActivation)
                }
            }
            var counts: [Int] = []
            for try await value in group {
                if case .list(let elements) = value { counts.append(elements.count) }
            }
            #expect(counts.sorted().suffix(4) == [2, 2, 3, 3])
            #expect(counts.count == 20)
        }
    }
}
