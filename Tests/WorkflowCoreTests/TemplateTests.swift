import PerdureJSON
import Testing

@testable import WorkflowCore

/// What `${ … }` gives in each of its forms.
@Suite struct TemplateTests {
    /// The argument `x: TEXT` of a step that gets `input`.
    private func argument(
        _ text: String, input: JSONValue = ["n": 3, "t": "héllo", "l": [1, "b"], "d": 1.5]
    ) throws -> JSONValue? {
        let yaml = "workflow: w\nsteps:\n  a:\n    agent: work\n    with:\n      x: \(text)\n"
        var run = try Run(yaml, input: input)
        let decision = run.handle(.accepted)
        return try #require(decision.invocations.first, "\(String(describing: run.state.error))").arguments["x"]
    }

    @Test(
        arguments: [
            ("'plain'", "plain"), ("''", ""), ("'$'", "$"), ("'$$'", "$$"), ("'{x}'", "{x}"), ("'$ {x}'", "$ {x}"),
            ("'$${ input.n }'", "${ input.n }"), ("'$$${ input.n }'", "$${ input.n }"),
            ("'a$${b}${ input.n }'", "a${b}3"),
            ("'${ input.n }'", 3), ("'${input.n}'", 3), ("${ input.t }", "héllo"), ("'${ input.l }'", [1, "b"]),
            ("'${ input }'", ["n": 3, "t": "héllo", "l": [1, "b"], "d": 1.5]), ("'${ input.d }'", 1.5),
            ("'${ null }'", nil),
            ("' ${ input.n }'", " 3"), ("'${ input.n }${ input.n }'", "33"), ("'é${ input.t }😀'", "éhéllo😀"),
            (
                "'n=${ input.n } l=${ input.l } d=${ input.d } b=${ true } ${ null }'",
                "n=3 l=[1,\"b\"] d=1.5 b=true null"
            ),
            ("'${ {\"a\": {\"b\": input.n}} }'", ["a": ["b": 3]]), ("'${ {} }'", [:]),
            ("'${ {\"}\": \"{\"} }'", ["}": "{"]),
            ("'${ \"}\" }'", "}"), ("'${ \"\\\"}\" }'", "\"}"), ("'${ ''}'' + \"{\" }'", "}{"),
            ("'${ r\"\\\" }'", "\\"), ("'${ \"\"\"a\"}{\"b\"\"\" }'", "a\"}{\"b"), ("'${ r\"\"\"\\\"\"\" }'", "\\"),
            ("'${ \"a\" }}'", "a}"),
            (
                "['${ input.n }', { y: '${ input.t }', z: [no, '${ [input.n] }'] }]",
                [3, ["y": "héllo", "z": ["no", [3]]]]
            ),
            ("{ '${ k }': 1 }", ["${ k }": 1]), ("|\n        ${ input.n }", "3\n"),
            ("|-\n        ${\n          input.n\n        }", 3),
            ("'${ duration(\"90s\") }'", "90s"), ("'${ timestamp(\"2026-11-22T16:00:00Z\") }'", "2026-11-22T16:00:00Z"),
            ("'${ 18u }'", 18), ("'${ optional.none() }'", nil), ("'${ input.?missing.orValue(7) }'", 7),
            ("'${ [] }'", []),
        ] as [(String, JSONValue)]
    ) func forms(_ text: String, expected: JSONValue) throws {
        let found = try #require(try argument(text))
        #expect(found == expected)
    }

    @Test(
        arguments: [
            "${ input.missing }", "${ b'bytes' }", "${ 18446744073709551615u }", "${ 1.0 / 0.0 }", "${ {1: 2} }",
            "${ type(1) }",
            "x ${ b'bytes' }", "${ input.l[9] }", "${ 9223372036854775807 + input.n }",
        ]
    ) func whatCannotBecomeJSONFailsTheStep(_ expression: String) throws {
        let yaml = "workflow: w\nsteps:\n  a:\n    agent: work\n    with:\n      x: \"\(expression)\"\n"
        var run = try Run(yaml, input: ["n": 1, "l": []])
        run.handle(.accepted)
        #expect(run.state.status == .failed && run.state.error?.code == .expressionError)
    }

    @Test func membersKeepTheirOrder() throws {
        #expect(try argument("{ z: 1, a: '${ input.n }', m: 2 }")?.jsonText == #"{"z":1,"a":3,"m":2}"#)
        #expect(try argument("'${ {\"z\": 1, \"a\": 2} }'")?.jsonText == #"{"z":1,"a":2}"#)
    }

    @Test func segments() {
        #expect(Template.segments(of: "") == [])
        #expect(
            Template.segments(of: "é${a}😀${ b }") == [
                .literal("é"), .expression("a", offset: 3), .literal("😀"), .expression(" b ", offset: 8),
            ])
        #expect(Template.segments(of: "${") == nil && Template.segments(of: "x${a") == nil)
        #expect(Template.segments(of: "${'a}") == nil && Template.segments(of: "${'''}''}") == nil)
        // A name that ends in r is no raw string's prefix when it is longer than one can be.
        #expect(Template.segments(of: #"${ bar"\"}" }"#) == [.expression(#" bar"\"}" "#, offset: 2)])
    }

    /// Many expressions in one text: the scan must not start over for each.
    @Test func aLongTextIsScannedOnce() {
        let text = String(repeating: "é${1}", count: 40_000)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(Template.segments(of: text)?.count == 80_000) }
        #expect(time < .seconds(10))
    }

    // MARK: - Numbers

    private func result(_ expression: String, _ price: JSONValue) throws -> (output: JSONValue?, error: WorkflowError?)
    {
        let yaml = """
            workflow: w
            input: { type: object, required: [price], properties: { price: { type: number } } }
            steps: { kept: { set: "${ input.price }" } }
            output: "${ \(expression) }"
            """
        var run = try Run(yaml, input: ["price": price])
        run.handle(.accepted)
        return (run.state.output, run.state.error)
    }

    /// As the reference says: what the schema calls a number is whatever its sender wrote, and so is what a step gave.
    @Test(arguments: ["input.price", "steps.kept.output"]) func aNumberIsWhatItWasWrittenAs(_ name: String) throws {
        let (whole, written) = (try JSONValue(parsing: "3"), try JSONValue(parsing: "3.0"))
        #expect(try result("\(name) * 1.5", written).output == 4.5)
        #expect(try result("\(name) * 1.5", whole).error?.code == .expressionError)
        #expect(try result("\(name) / 2", whole).output == 1)
        #expect(try result("\(name) / 2", written).error?.code == .expressionError)
        for price in [whole, written] {
            #expect(try result("double(\(name)) * 1.5", price).output == 4.5)
            #expect(try result("int(\(name)) / 2", price).output == 1)
            #expect(try result("\(name) > 2.5 && \(name) < 4 && \(name) == 3", price).output == true)
        }
        #expect(try result("type(\(name)) == double", try JSONValue(parsing: "9223372036854775808")).output == true)
    }
}
