import CEL
import Testing

/// The extensions: lists, sets, blocks, optional values, addresses.
@Suite struct ExtensionTests {
    @Test(
        arguments: [
            // Lists
            ("[1, 2, 3, 4].slice(1, 3)", [2, 3]), ("[1, 2].slice(2, 2)", []), ("[1, 2].slice(0, 2)", [1, 2]),
            ("[[1], [2, [3]], []].flatten()", [1, 2, [3]]), ("[1, [2, [3, [4]]]].flatten(2)", [1, 2, 3, [4]]),
            ("[1, [2, [3, [4]]]].flatten(9)", [1, 2, 3, 4]), ("[[1]].flatten(0)", [[1]]),
            ("[3, 1, 2].sort()", [1, 2, 3]), ("['b', 'B', 'a'].sort()", ["B", "a", "b"]), ("[].sort()", []),
            ("[true, false].sort()", [false, true]), ("[2.5, -1.0].sort()", [-1.0, 2.5]),
            ("[duration('1m'), duration('1s')].sort() == [duration('1s'), duration('60s')]", true),
            (
                "[{'n': 'b', 'v': 2}, {'n': 'a', 'v': 2}, {'n': 'c', 'v': 1}].sortBy(e, e.v).map(e, e.n)",
                ["c", "b", "a"]
            ),
            ("[1, 2, 3].sortBy(x, -x)", [3, 2, 1]), ("[].sortBy(x, x)", []),
            ("['é', 'z'].sortBy(x, x == 'z' ? 0 : 1)", ["z", "é"]),
            ("[1, 2, 3].reverse()", [3, 2, 1]), ("'abc'.reverse()", "cba"),
            ("lists.range(3)", [0, 1, 2]), ("lists.range(0)", []), ("lists.range(-4)", []),
            ("lists.range(4).map(i, i * i)", [0, 1, 4, 9]),
            ("[1, 'a', 1, 'a', null, null].distinct()", [1, "a", .null]),
            ("[1, dyn(1.0), dyn(1u), 2].distinct().size()", .int(2)),
            ("[{'a': 1, 'b': 2}, {'b': 2, 'a': 1}].distinct().size()", .int(1)),
            ("[[1, 2], [2, 1], [dyn(1.0), 2]].distinct().size()", .int(2)),
            ("[0.0 / 0.0, 0.0 / 0.0].distinct().size()", .int(2)), ("[0.0, -0.0].distinct().size()", .int(1)),
            ("[9007199254740993, dyn(9007199254740992.0)].distinct().size()", .int(1)),
            ("['\\u00e9', 'e\\u0301'].distinct().size()", .int(2)),
            // Sets
            ("sets.contains([1, 2, 3], [3, 1, 1])", true), ("sets.contains([1], [1, 2])", false),
            ("sets.contains([], [])", true), ("sets.equivalent([1, 2], [2, 2, 1])", true),
            ("sets.equivalent([1], [1, 2])", false), ("sets.intersects([1, 2], [2, 3])", true),
            ("sets.intersects([1], [])", false), ("sets.contains([1], [dyn(1.0), dyn(1u)])", true),
            // Optional values
            ("[1, 2].first().value()", .int(1)), ("[1, 2].last().value()", .int(2)), ("[].first().hasValue()", false),
            ("optional.unwrap([optional.of(1), optional.none(), optional.of(3)])", [1, 3]),
            ("[optional.none(), optional.of('a')].unwrapOpt()", ["a"]),
            ("optional.of(2).optMap(x, x * 3).value()", .int(6)),
            ("optional.of(2).optFlatMap(x, [x].first()).value()", .int(2)),
            ("optional.none().or(optional.of(1)).value()", .int(1)),
            ("optional.ofNonZeroValue('').hasValue()", false),
            ("{'a': {'b': 1}}[?'a'][?'b'].value()", .int(1)), ("{?'a': optional.none(), 'b': 1}", ["b": 1]),
            ("optional.of(1) == optional.of(1)", true), ("optional.none() == optional.of(1)", false),
            // Blocks
            ("cel.block([2, cel.index(0) + 1], cel.index(0) * cel.index(1))", .int(6)),
            ("cel.block([1 / 0], true || cel.index(0) == 1)", true),
            ("[1, 2].map(x, cel.block([x, cel.index(0) / (x - 1)], x == 1 ? 0 : cel.index(1)))", [0, 2]),
            ("[1].map(cel.iterVar(0, 0), [2].map(cel.iterVar(1, 0), cel.iterVar(0, 0) + cel.iterVar(1, 0)))", [[3]]),
            // Addresses
            ("string(ip('2001:DB8:0:0:1:0:0:1'))", "2001:db8::1:0:0:1"), ("string(ip('::'))", "::"),
            ("string(ip('1:0:0:2:0:0:0:3'))", "1:0:0:2::3"), ("string(ip('64:ff9b::192.0.2.1'))", "64:ff9b::c000:201"),
            ("string(ip('1:2:3:4:5:6:7:8'))", "1:2:3:4:5:6:7:8"), ("string(ip('1:0:2:3:4:5:6:7'))", "1:0:2:3:4:5:6:7"),
            ("ip.isCanonical('2001:DB8::1')", false), ("ip.isCanonical('2001:db8::1')", true),
            ("isIP('1::2::3')", false), ("isIP('01.2.3.4')", false), ("isIP('1.2.3')", false), ("isIP(':1')", false),
            ("isIP('1:2:3:4:5:6:7::')", true), ("isIP('::1:2:3:4:5:6:7:8')", false), ("isIP('12345::')", false),
            ("isIP('1.2.3.4::')", false), ("isIP('+1::')", false), ("isIP('')", false), ("isIP('256.1.1.1')", false),
            ("isCIDR('10.0.0.0/33')", false), ("isCIDR('10.0.0.0/08')", false), ("isCIDR('::/128')", true),
            ("isCIDR('10.0.0.0')", false), ("isCIDR('10.0.0.0/-1')", false),
            ("string(cidr('2001:db8:ffff::1/33').masked())", "2001:db8:8000::/33"),
            ("cidr('10.1.2.3/0').masked() == cidr('0.0.0.0/0')", true), ("cidr('::1/0').containsIP('ffff::')", true),
            ("cidr('10.0.0.0/8').prefixLength()", .int(8)), ("cidr('10.0.0.0/8').containsCIDR('11.0.0.0/8')", false),
            ("ip('10.0.0.1').isGlobalUnicast()", true), ("ip('224.0.0.1').isGlobalUnicast()", false),
            ("ip('fe80::1').isLinkLocalUnicast()", true), ("ip('ff02::1').isLinkLocalMulticast()", true),
            ("ip('127.8.8.8').isLoopback() && ip('::1').isLoopback()", true), ("ip('0.0.0.0').isUnspecified()", true),
            ("'%s in %s'.format([ip('::1'), cidr('::/8')])", "::1 in ::/8"),
            ("[ip('10.0.0.1'), ip('::ffff:a00:1')].distinct().size()", .int(1)),
        ] as [(String, CELValue)])
    func value(_ source: String, _ expected: CELValue) throws {
        #expect(try evaluate(source) == expected)
    }

    @Test(
        arguments: [
            ("[1].slice(0, 2)", .indexOutOfRange), ("[1].slice(-1, 1)", .indexOutOfRange),
            ("[1, 2].slice(2, 1)", .indexOutOfRange), ("[1].flatten(-1)", .invalidArgument),
            ("[1, dyn('a')].sort()", .invalidArgument), ("[dyn({}), dyn({})].sort()", .invalidArgument),
            ("[1, 2].sortBy(x, x == 1 ? dyn('a') : dyn(2))", .invalidArgument),
            ("[{}].sortBy(x, [x])", .typeMismatch), ("{'a': 1}.sortBy(x, x)", .typeMismatch),
            ("dyn({'a': 1}).sortBy(x, x)", .noMatchingOverload), ("[[1]].sort()", .noMatchingOverload),
            ("lists.range(100001)", .tooLarge), ("lists.range(9223372036854775807)", .tooLarge),
            ("sets.contains(1, [1])", .noMatchingOverload), ("[1].sortedBy(x, x)", .undeclaredReference),
            ("optional.unwrap([dyn(1)])", .noMatchingOverload), ("[].first().value()", .invalidArgument),
            ("cel.block([1 / 0], cel.index(0))", .divisionByZero), ("cel.index(0)", .undeclaredReference),
            ("cel.block(1, 2)", .syntax), ("cel.block([?optional.of(1)], 2)", .syntax), ("cel.index('a')", .syntax),
            ("cel.block([cel.index(1), 1], 2)", .undeclaredReference),
            ("ip('nonsense')", .invalidArgument), ("ip('fe80::1%eth0')", .invalidArgument),
            ("ip('::ffff:1.2.3.4')", .invalidArgument), ("cidr('1.2.3.4/x')", .invalidArgument),
            ("ip('1.2.3.4').masked()", .noMatchingOverload), ("dyn('a').family()", .noMatchingOverload),
        ] as [(String, CELError.Code)])
    func error(_ source: String, _ code: CELError.Code) throws {
        let error = try #require(failure(source))
        #expect(error.code == code, "\(error)")
    }

    @Test(arguments: [
        ("[1, 2].sort()", "list(int)"), ("['a'].sortBy(x, size(x))", "list(string)"), ("[[1]].flatten()", "list(int)"),
        ("lists.range(3)", "list(int)"), ("['a'].distinct().reverse().slice(0, 1)", "list(string)"),
        ("[1].first()", "optional_type(int)"), ("[optional.of(1)].unwrapOpt()", "list(int)"),
        ("cel.block([1, 'a'], cel.index(1))", "string"), ("ip('::1')", "net.IP"), ("cidr('::1/1').ip()", "net.IP"),
        ("sets.intersects([1], [2])", "bool"),
    ])
    func deduces(_ source: String, _ type: String) throws {
        #expect(try CELProgram(source, environment: CELEnvironment()).resultType.description == type)
    }

    @Test func extensionsCanBeLeftOut() {
        let environment = CELEnvironment(extensions: [])
        for source in [
            "[1].sort()", "[1].sortBy(x, x)", "lists.range(1)", "sets.contains([], [])", "cel.block([1], 2)",
            "ip('::1')", "[1].first()", "optional.none()", "base64.encode(b'')", "math.abs(1)", "'a'.trim()",
        ] {
            #expect(throws: CELError.self, "\(source)") { try CELProgram(source, environment: environment) }
        }
    }

    @Test(arguments: [
        "l.distinct().size()", "l.sort().size()", "l.reverse().size()", "l.sortBy(x, -x).size()",
        "sets.equivalent(l, l.reverse())", "[l, l].flatten().size()", "l.slice(1, 50000).size()",
    ])
    func aListAsLongAsAllowedFits(_ source: String) throws {
        // 50,000 elements; a way of doing it that compares each with each would cost 2,500 million units.
        let list = CELValue.list((0..<50_000).map { .int(Int64($0 * 7919 % 50_000)) })
        #expect(throws: Never.self) {
            try evaluate(source, ["l": list], limits: CELLimits(maximumCostUnits: 5_000_000))
        }
    }

    @Test(arguments: [
        "l.map(x, l.sort()).size()", "l.map(x, l.distinct()).size()", "l.map(x, sets.contains(l, l)).size()",
        "l.map(x, l.reverse()).size()", "l.map(x, l.sortBy(y, -y)).size()", "l.map(x, lists.range(100000)).size()",
        "l.map(x, [l, l].flatten()).size()", "l.map(x, t.distinct()).size()", "l.map(x, t.sort()).size()",
        "[t].flatten(1).map(x, sets.contains(t, [x])).size()",
    ])
    func workIsBounded(_ source: String) throws {
        let values: [String: CELValue] = [
            "l": .list((0..<1_000).map { .int($0) }),
            "t": .list((0..<1_000).map { .string(String(repeating: "a", count: 1_000) + String($0)) }),
        ]
        let error = try #require(failure(source, values))
        #expect(error.code == .costExceeded || error.code == .tooLarge, "\(error)")
    }
}
