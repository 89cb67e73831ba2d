import Testing

@testable import WorkflowCore

/// Each kind of error with its exact place, key and words.
@Suite struct DefinitionErrorTests {
    private static let stepKeys =
        "Known here: agent, workflow, set, wait, signal, version, with, pure, needs, when, foreach, retry, timeout, "
        + "on_error, compensate, description."
    private static let tail = "\nsteps:\n  a:\n    agent: work"

    @Test func theTopMustBeAMapping() {
        #expect(
            summaries("- a") == [
                "test.yaml:1:1: A definition is a mapping that starts with `workflow: NAME`; found a list."
            ])
        #expect(
            summaries("just text") == [
                "test.yaml:1:1: A definition is a mapping that starts with `workflow: NAME`; found text."
            ])
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "   "]) func empty(_ yaml: String) {
        #expect(summaries(yaml) == ["test.yaml:1:1: The file is empty; write `workflow: NAME` first."])
    }

    @Test func whatMustBeThere() {
        #expect(
            summaries("description: x") == [
                "test.yaml:1:1: workflow: The key 'workflow' is missing; write `workflow: NAME`.",
                "test.yaml:1:1: steps: The key 'steps' is missing; a workflow has at least one step.",
            ])
        #expect(
            summaries("workflow: w\nsteps: {}") == [
                "test.yaml:2:8: steps: The steps are a mapping of step names to steps, one at least; found an empty mapping."
            ])
        #expect(
            summaries("workflow: w\nsteps: [a]") == [
                "test.yaml:2:8: steps: The steps are a mapping of step names to steps, one at least; found a list."
            ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: work") == [
                "test.yaml:3:6: steps.a: A step is a mapping with one of the keys agent, workflow, set, wait, signal; found text."
            ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: {}") == [
                "test.yaml:3:3: steps.a: The step does nothing; give it one of the keys agent, workflow, set, wait, signal."
            ])
    }

    @Test func unknownKeys() {
        #expect(
            summaries("workflow: w\nverison: 2" + Self.tail) == [
                "test.yaml:2:1: verison: Unknown key 'verison'. Did you mean 'version'? "
                    + "Known here: workflow, version, description, deprecated, input, priority, timeout, concurrency, schedule, steps, on_failure, output."
            ])
        #expect(
            summaries("workflow: w" + Self.tail + "\n    neds: [b]\n    zzz: 1") == [
                "test.yaml:5:5: steps.a.neds: Unknown key 'neds'. Did you mean 'needs'? "
                    + Self.stepKeys,
                "test.yaml:6:5: steps.a.zzz: Unknown key 'zzz'. " + Self.stepKeys,
            ])
    }

    @Test func pureIsTrueOrFalse() {
        #expect(
            summaries("workflow: w" + Self.tail + "\n    pure: yes") == [
                "test.yaml:5:11: steps.a.pure: This is true or false; found \"yes\"."
            ])
        #expect(summaries("workflow: w" + Self.tail + "\n    pure: true").isEmpty)
    }

    @Test(arguments: ["no", "Yes", "on", "OFF", "tRue"]) func deprecatedIsTrueFalseOrAText(_ text: String) {
        #expect(
            summaries("workflow: w\ndeprecated: \(text)" + Self.tail) == [
                "test.yaml:2:13: deprecated: This is true, false, or a text that says what to use instead; found \"\(text)\"."
            ])
        #expect(errors(in: "workflow: w\ndeprecated: no more, use v" + Self.tail).isEmpty)
    }

    @Test func names() {
        let rule = "must be a letter followed by letters, digits, '_' or '-', 64 characters at most; found"
        #expect(
            summaries("workflow: my.flow" + Self.tail) == [
                "test.yaml:1:11: workflow: The workflow's id \(rule) 'my.flow'."
            ])
        #expect(
            summaries("workflow: 7" + Self.tail) == ["test.yaml:1:11: workflow: The workflow's id \(rule) a number."])
        #expect(summaries("workflow:" + Self.tail) == ["test.yaml:1:10: workflow: The workflow's id \(rule) nothing."])
        #expect(
            summaries("workflow: w\nsteps:\n  1st: { agent: work }") == [
                "test.yaml:3:3: steps.1st: A step's name is a letter followed by letters, digits, '_' or '-', 64 at most."
            ])
        #expect(errors(in: "workflow: \(String(repeating: "w", count: 64))" + Self.tail).isEmpty)
        #expect(errors(in: "workflow: \(String(repeating: "w", count: 65))" + Self.tail).count == 1)
        #expect(errors(in: "workflow: wörk" + Self.tail).count == 1)
    }

    @Test(arguments: ["0", "-1", "1.5", "one", "[1]", "2147483648", "true", "'1'", ""]) func versions(_ text: String) {
        let found = errors(in: "workflow: w\nversion: \(text)" + Self.tail)
        #expect(found.map(\.key) == ["version"] && found.map(\.line) == [2])
        #expect(found.first?.message.hasPrefix("The version must be a whole number from 1; found ") == true)
    }

    @Test func agents() {
        #expect(
            summaries("workflow: w\nsteps:\n  a:\n    agent: sumarize") == [
                "test.yaml:4:12: steps.a.agent: Unknown agent 'sumarize'. Did you mean 'summarize'? "
                    + "Registered: extract_entities, summarize, work."
            ])
        #expect(
            summaries("workflow: w\nsteps:\n  a:\n    agent: translate") == [
                "test.yaml:4:12: steps.a.agent: Unknown agent 'translate'. Registered: extract_entities, summarize, work."
            ])
    }

    @Test func needs() {
        #expect(
            summaries("workflow: w\nsteps:\n  first: { agent: work }\n  b: { agent: work, needs: [frist, other, 7] }")
                == [
                    "test.yaml:4:29: steps.b.needs: There is no step 'frist'. Did you mean 'first'?",
                    "test.yaml:4:36: steps.b.needs: There is no step 'other'.",
                    "test.yaml:4:43: steps.b.needs: This is the name of a step; found 7.",
                ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: { agent: work }\n  b: { agent: work, needs: [a, a] }") == [
                "test.yaml:4:32: steps.b.needs: The step 'a' is needed already; remove it here."
            ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: { agent: work, needs: b }") == [
                "test.yaml:3:28: steps.a.needs: 'needs' is a list of step names, e.g. [summarize]; found text."
            ])
    }

    @Test func cycles() {
        #expect(
            summaries(
                """
                workflow: w
                steps:
                  a: { agent: work, needs: [d] }
                  b: { agent: work, needs: [a] }
                  c: { agent: work, needs: [b] }
                  d: { agent: work, needs: [c] }
                  e: { agent: work, needs: [d] }
                output: "${ steps.e.output }"
                """) == [
                    "test.yaml:3:3: steps.a.needs: These steps wait for each other: a → d → c → b → a; remove one of the needs."
                ])
        #expect(
            summaries("workflow: w\nsteps:\n  a: { agent: work, needs: [a] }") == [
                "test.yaml:3:3: steps.a.needs: These steps wait for each other: a → a; remove one of the needs."
            ])
    }

    @Test func arguments() {
        #expect(
            summaries("workflow: w" + Self.tail + "\n    with: [1]") == [
                "test.yaml:5:11: steps.a.with: 'with' is a mapping of arguments; found a list."
            ])
    }

    @Test func inputSchema() {
        #expect(
            summaries("workflow: w\ninput:\n  type: objekt" + Self.tail).first?.hasPrefix("test.yaml:3:9: input.type: ")
                == true)
        let unknown = summaries("workflow: w\ninput:\n  type: object\n  requird: [text]" + Self.tail)
        #expect(unknown.count == 1)
        #expect(unknown.first?.hasPrefix("test.yaml:4:3: input.requird: ") == true)
        #expect(unknown.first?.contains("required") == true)
        #expect(summaries("workflow: w\ninput: 7" + Self.tail).first?.hasPrefix("test.yaml:2:8: input: ") == true)
        #expect(
            summaries("workflow: w\ninput:\n  properties:\n    text:\n      pattern: '('" + Self.tail).first?
                .hasPrefix("test.yaml:5:16: input.properties.text.pattern: ") == true)
    }

    /// A step that has an error of its own must not make what refers to it look wrong.
    @Test func oneMistakeIsOneError() {
        let yaml =
            "workflow: w\nsteps:\n  a: { agent: wrok }\n  b: { agent: work, needs: [a], with: { x: '${ steps.a.output }' } }"
        #expect(errors(in: yaml + "\noutput: '${ steps.a.output }'").map(\.key) == ["steps.a.agent"])
    }

    @Test func errorsComeInTheOrderOfTheFileAndAreNotEndless() {
        let yaml = "output: '${ nope }'\nsteps:\n  a: { agent: wrok, zzz: 1 }\nversion: x\nworkflow: 1\n"
        #expect(errors(in: yaml).map(\.line) == [1, 3, 3, 4, 5])
        let many = (0..<3000).map { "k\($0): 1" }.joined(separator: "\n")
        let shown = errors(in: many)
        #expect(shown.count == Limits.errorsPerDefinition + 1)
        #expect(shown.last?.description == "test.yaml: There are more errors; only the first 50 are shown.")
        let few = (0..<Limits.errorsPerDefinition - 2).map { "k\($0): 1" }.joined(separator: "\n")
        #expect(errors(in: few).count == Limits.errorsPerDefinition && errors(in: few).allSatisfy { $0.line > 0 })
    }

    @Test func theLineIsShownWithAMark() throws {
        let error = try #require(errors(in: "workflow: w\nsteps:\n\ta: 1\n").first)
        #expect(error.line == 3)
        let unknown = try #require(errors(in: "workflow: w\nsteps:\n  é: { agent: work, äx: 1 }").last)
        #expect(
            unknown.description == """
                test.yaml:3:21: steps.é.äx: Unknown key 'äx'. \(Self.stepKeys)
                      é: { agent: work, äx: 1 }
                                        ^
                """)
    }

    @Test(arguments: ["\n", "\r\n"]) func lineEndings(_ newline: String) {
        let yaml = ["workflow: w", "steps:", "  a: { agent: wrok }", "output: '${ inptu }'"].joined(separator: newline)
        let found = errors(in: yaml)
        #expect(found.map(\.line) == [3, 4] && found.map(\.column) == [15, 13])
        #expect(found.map(\.sourceLine) == ["  a: { agent: wrok }", "output: '${ inptu }'"])
    }
}
