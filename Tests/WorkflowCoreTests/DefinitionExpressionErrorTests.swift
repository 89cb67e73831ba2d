import Testing

@testable import WorkflowCore

/// What is wrong within `${ … }`, and where in the file.
@Suite struct DefinitionExpressionErrorTests {
    private func output(_ scalar: String) -> DefinitionError? {
        let found = errors(
            in: "workflow: w\ninput:\n  type: object\n  properties: { text: { type: string } }\n"
                + "steps: { a: { agent: work } }\noutput: \(scalar)")
        #expect(found.count == 1, "\(found.map(\.summary))")
        #expect(found.first?.key == "output")
        return found.first
    }

    @Test func aMisspeltInputField() throws {
        let error = try #require(output("\"${ input.txet }\""))
        #expect(error.line == 6 && error.column == 19)
        #expect(
            error.message == "In the expression `input.txet`: input has no field 'txet'. Did you mean 'text'?")
        #expect(error.description.split(separator: "\n").last == "                      ^")
    }

    @Test(
        arguments: [
            ("${ input.txet }", 18), ("'${ input.txet }'", 19), ("\"${ input.txet }\"", 19),
            ("'é😀 ${ input.txet }'", 22),
            ("'it''s ${ input.txet }'", 25), ("\"\\t\\u00e9\\x41 ${ input.txet }\"", 32),
            ("'${ 1 } ${ 2 } é ${ input.txet }'", 35),
            ("'${ \"é\" + input.txet }'", 25), ("'${ ''a'' + input.txet }'", 27),
        ]
    ) func theColumnIsThatOfTheField(_ scalar: String, column: Int) throws {
        let error = try #require(output(scalar))
        #expect(error.line == 6 && error.column == column)
        let line = Array(error.sourceLine.unicodeScalars)
        #expect(String(String.UnicodeScalarView(line[(error.column - 1)...].prefix(4))) == "txet")
    }

    @Test func whereColumnsDoNotMapTheValueIsThePlace() throws {
        let error = try #require(output("\"a\n  ${ input.txet }\""))
        #expect(error.line == 6 && error.column == 9)
    }

    @Test(
        arguments: [
            ("|\n  ${ input.txet }", 7), ("|-\n  ${ 'é😀' +\n    'b' + \n  input.txet }\n", 9),
            (">-\n  ${ input.txet }", 7), (">-\n\n  a\n  ${ 'é' +\n\n    'b' +\n  input.txet }\n", 12),
            ("|2\n    ${ 'a' +\n   input.txet }", 8),
        ])
    func inABlockItIsThatOfTheFieldToo(_ scalar: String, line: Int) throws {
        let error = try #require(output(scalar))
        #expect(error.line == line)
        let text = Array(error.sourceLine.unicodeScalars)
        #expect(String(String.UnicodeScalarView(text[(error.column - 1)...].prefix(4))) == "txet")
        #expect(!error.summary.contains("\n"))
    }

    @Test func ofALongExpressionWhatIsAroundTheFaultIsQuoted() throws {
        let ones = Array(repeating: "1,", count: 1500).joined(separator: " ")
        let error = try #require(output("'${ [\(ones) inptu, \(ones) 1] }'"))
        let quote = try #require(error.message.split(separator: "`").dropFirst().first)
        #expect(quote.count == 82 && quote.hasPrefix("…") && quote.hasSuffix("…") && quote.contains(" inptu, "))
    }

    @Test func otherMistakes() throws {
        #expect(
            output("'${ input.text'")?.summary
                == "test.yaml:6:9: output: An expression that starts with ${ is not closed; add a }.")
        #expect(output("'${ {'")?.message == "An expression that starts with ${ is not closed; add a }.")
        #expect(output("'${ \"} }'")?.message == "An expression that starts with ${ is not closed; add a }.")
        #expect(output("'${ 1 + }'")?.message.hasPrefix("In the expression `1 +`: ") == true)
        #expect(output("'${ }'") != nil)
        #expect(output("'${ inptu }'")?.message.hasSuffix("Did you mean 'input'?") == true)
        #expect(output("'${ steps.b.output }'")?.message.contains("steps has no field 'b'") == true)
        #expect(output("'${ steps.a.ouput }'")?.message.hasSuffix("Did you mean 'output'?") == true)
        #expect(output("'${ execution.name }'")?.message.contains("execution has no field 'name'") == true)
        #expect(output("'${ input.text + 1 }'") != nil)
        #expect(output("'${ nofunc(1) }'") != nil)
    }

    @Test func aStepSeesOnlyWhatItNeeds() {
        func keys(_ needs: String) -> [String] {
            errors(
                in: """
                    workflow: w
                    steps:
                      a: { agent: work }
                      b: { agent: work, needs: [a] }
                      c: { agent: work, needs: [\(needs)], with: { list: [1, { deep: "${ steps.a.output }" }] } }
                    """
            ).map(\.summary)
        }
        #expect(keys("a") == [] && keys("b") == [])
        #expect(
            keys("") == [
                "test.yaml:5:68: steps.c.with.list[1].deep: In the expression `steps.a.output`: 'c' does not need the step 'a', "
                    + "so its output may not be there yet; add it: needs: [a]."
            ])
    }

    @Test func aForgottenNeedIsNamed() {
        func mistake(_ step: String, in key: String = "steps.b.set") -> String? {
            let found = errors(
                in: "workflow: w\nsteps:\n  a: { set: 1 }\n  c: { set: 2 }\n  b: \(step)\n  d: { set: 3, needs: [b] }")
            #expect(found.count == 1 && found.first?.key == key, "\(found.map(\.summary))")
            return found.first?.message
        }
        let forgotten = "'b' does not need the step 'a', so its output may not be there yet; add it: needs:"
        #expect(
            mistake("{ set: '${ steps.a.output + 1 }' }")
                == "In the expression `steps.a.output + 1`: \(forgotten) [a].")
        #expect(mistake("{ set: '${ steps[\"a\"].output }', needs: [c] }")?.hasSuffix("\(forgotten) [c, a].") == true)
        #expect(mistake("{ set: '${ has(steps.a.output) }' }")?.hasSuffix("\(forgotten) [a].") == true)
        #expect(mistake("{ set: 1, when: '${ steps.a.output > 1 }' }", in: "steps.b.when")?.contains(forgotten) == true)
        #expect(
            mistake("{ agent: work, foreach: { in: '${ steps.a.output }' } }", in: "steps.b.foreach.in")?.contains(
                forgotten) == true)
        // What undoes a step sees the step, and none that it does not need.
        #expect(
            mistake(
                "{ agent: work, compensate: { agent: work, with: { x: '${ steps.a.output }' } } }",
                in: "steps.b.compensate.with.x")?.hasSuffix("\(forgotten) [a].") == true)
        #expect(
            mistake("{ set: '${ steps.b.output }' }")
                == "In the expression `steps.b.output`: 'b' is this step itself, and its output is not there before it is over."
        )
        #expect(
            mistake("{ set: '${ steps.d.output }' }")?.hasSuffix(
                "'d' starts after 'b', so its output is not there yet; read it in a step that needs 'd'.") == true)
        #expect(mistake("{ set: '${ steps.e.output }' }")?.hasSuffix("steps has no field 'e'") == true)
    }

    @Test func aNameWithAHyphenIsWrittenInBrackets() {
        func mistakes(_ expression: String, needs: String = "[my-step, my-step-2]") -> [String] {
            errors(
                in: """
                    workflow: w
                    input: { type: object, properties: { my-field: { type: object, properties: { x-y: { type: integer } } } } }
                    steps:
                      my-step: { set: 1 }
                      my-step-2: { set: 1 }
                      b: { set: '${ \(expression) }', needs: \(needs) }
                    """
            ).map(\.message)
        }
        func hint(_ name: String) -> String { ". A name with '-' is written \(name) in an expression." }
        #expect(
            mistakes("steps.my-step.output") == [
                "In the expression `steps.my-step.output`: steps has no field 'my'" + hint("steps[\"my-step\"]")
            ])
        #expect(mistakes("1 + steps.my-step-2.output")[0].hasSuffix(hint("steps[\"my-step-2\"]")))
        #expect(mistakes("steps.my-step.output", needs: "[]")[0].hasSuffix(hint("steps[\"my-step\"]")))
        #expect(mistakes("input.my-field")[0].hasSuffix(hint("input[\"my-field\"]")))
        #expect(mistakes("steps[\"my-step\"].output + input[\"my-field\"][\"x-y\"]").isEmpty)
    }

    @Test func operatorsOfOtherLanguages() {
        for (expression, meant) in [
            ("1 = 1", "=="), ("true and false", "&&"), ("(true or false)", "||"), ("not true", "!"),
            ("true | true", "||"),
        ] {
            let message = output("'${ \(expression) }'")?.message
            #expect(message?.hasSuffix(" Did you mean '\(meant)'?") == true, "\(message ?? "")")
        }
    }

    @Test func everyExpressionIsChecked() {
        let yaml = """
            workflow: w
            steps:
              a:
                agent: work
                with:
                  one: "${ x1 }"
                  two: ["${ x2 }", "ok ${ 1 } ${ x3 }"]
            output: { "a": "${ x4 }" }
            """
        #expect(
            errors(in: yaml).map(\.key) == [
                "steps.a.with.one", "steps.a.with.two[0]", "steps.a.with.two[1]", "output.a",
            ])
    }
}
