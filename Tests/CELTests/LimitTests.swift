import CEL
import Testing

/// Bounds on sources, work and sizes.
@Suite struct LimitTests {
    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: ["(", "[", "-", "!", "{1:", "f(", "a[", "true?1:", "a.b.map(x,"])
    func deepNestingIsRefused(_ opening: String) throws {
        let error = try #require(failure(repeated(opening, 1_000)))
        #expect(error.code == .tooDeep)
    }

    @Test(arguments: ["+1", ".a", "[0]", ".size()", "*2"])
    func longChainsAreRefused(_ link: String) throws {
        let error = try #require(failure("x" + repeated(link, 1_000), ["x": 1]))
        #expect(error.code == .tooDeep)
    }

    @Test func aChainUpToTheLimitEvaluates() throws {
        #expect(try evaluate("0" + repeated("+1", 199)) == 199)
        #expect(try evaluate(repeated("(", 199) + "1" + repeated(")", 199)) == 1)
        #expect(try evaluate(repeated("!", 198) + "true") == true)
        #expect(try evaluate(repeated("[", 199) + repeated("]", 199) + " != []") == true)
    }

    @Test func aLongChainOfConditionsIsNotDeep() throws {
        #expect(try evaluate("false" + repeated("||false", 2_000)) == false)
    }

    @Test func aLongSourceIsRefused() throws {
        let error = try #require(failure(repeated(" ", 20_000) + "1"))
        #expect(error.code == .tooLong)
    }

    @Test(arguments: [
        // Nested rounds, and rounds whose errors would be absorbed.
        "l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))",
        "l.exists(a, l.exists(b, l.exists(c, 1 / 0 > c)))",
        // Doubling text, doubling lists, and a small tree of shared parts.
        "l.map(x, s + s + s + s + s + s + s + s)",
        "[0].map(x, l + l).map(x, x + x + x + x).map(x, x + x + x + x).map(x, x + x + x + x).map(x, x + x + x + x)"
            + ".map(x, x + x + x + x)",
        "[l]" + String(repeating: ".map(x, [x, x, x, x])", count: 12),
        // Searching.
        "l.all(x, s.contains(s + 'b') || true)", "l.all(x, s.matches('(a|aa)+$') && !s.matches('b'))",
        "l.all(x, s.matches('[a-z]{1,900}b') == false)",
        // Comparing shared trees.
        "cel.bind(t, [l]" + String(repeating: ".map(x, [x, x, x, x])", count: 12) + ", t == t + [] && t == [t[0]])",
        "l.all(x, '%s%s%s%s'.format([s, s, s, s]) != '')", "l.all(x, m[s] == 1)",
    ])
    func workIsBounded(_ source: String) throws {
        let values: [String: CELValue] = [
            "l": .list((0..<100).map { .int($0) }), "s": .string(repeated("a", 200_000)),
            "m": .map(CELMap([repeated("a", 200_000): 1])),
        ]
        let error = try #require(failure(source, values))
        #expect(error.code == .costExceeded || error.code == .tooLarge, "\(error)")
    }

    private static let largePattern = String(repeating: "[a-z]{1000}", count: 4)

    @Test func patternsAreBoundedTogether() throws {
        func source(_ count: Int) -> String {
            Array(repeating: "s.matches('\(Self.largePattern)')", count: count).joined(separator: " || ")
        }
        #expect(try evaluate(source(4), ["s": "a"]) == false)
        #expect(failure(source(5), ["s": "a"])?.code == .tooLong)
    }

    @Test func makingPatternsCosts() throws {
        let values: [String: CELValue] = ["l": .list((0..<100_000).map { .int($0) }), "p": .string(Self.largePattern)]
        #expect(failure("l.exists(i, ''.matches(p))", values)?.code == .costExceeded)
    }

    @Test func builtStringsAndListsAreBounded() throws {
        var limits = CELLimits.default
        limits.maximumStringBytes = 10
        limits.maximumElements = 3
        #expect(failure("'12345' + '123456'", limits: limits)?.code == .tooLarge)
        #expect(failure("b'12345' + b'123456'", limits: limits)?.code == .tooLarge)
        #expect(failure("'aaaa'.replace('a', 'bbb')", limits: limits)?.code == .tooLarge)
        #expect(failure("['aaaaaa', 'aaaaaa'].join()", limits: limits)?.code == .tooLarge)
        #expect(failure("'%s%s'.format(['aaaaaa', 'aaaaaa'])", limits: limits)?.code == .tooLarge)
        #expect(failure("[1, 2] + [3, 4]", limits: limits)?.code == .tooLarge)
        #expect(failure("x.map(i, i)", ["x": [1, 2, 3, 4]], limits: limits)?.code == .tooLarge)
        #expect(failure("'a b c d'.split(' ')", limits: limits)?.code == .tooLarge)
        #expect(try evaluate("'12345' + '12345'", limits: limits) == "1234512345")
    }

    @Test func costGrowsWithTheWork() throws {
        let program = try CELProgram("x.all(i, i >= 0)", environment: CELEnvironment(variables: ["x": .dyn]))
        func cost(_ count: Int64) throws -> Int {
            try program.measure(["x": .list((0..<count).map { .int($0) })] as CELDictionaryActivation).costUnits
        }
        let (ten, hundred) = (try cost(10), try cost(100))
        #expect(hundred - ten == 90 * 3)
        #expect(try cost(0) == 2)
    }

    @Test func aSpentBudgetIsNotAbsorbed() throws {
        var limits = CELLimits.default
        limits.maximumCostUnits = 50
        let values: [String: CELValue] = ["x": .list((0..<100).map { .int($0) })]
        #expect(failure("x.all(i, i >= 0) || true", values, limits: limits)?.code == .costExceeded)
        #expect(failure("x.exists(i, i < 0) && false", values, limits: limits)?.code == .costExceeded)
    }

    @Test(arguments: [(100, nil), (2_000, .tooDeep)] as [(Int, CELError.Code?)])
    func aDeepValueIsNotWalkedWithoutEnd(_ depth: Int, _ code: CELError.Code?) {
        func nested(_ value: CELValue) -> CELValue { (0..<depth).reduce(value) { list, _ in .list([list]) } }
        let values = ["x": nested(1), "y": nested(1)]
        #expect(failure("x == y", values)?.code == code)
        #expect(failure("[x]", values)?.code == code)
        #expect(failure("'%s'.format([x])", values)?.code == code)
    }
}
