import Testing

@testable import WorkflowCore

/// What a case that fails has to say.
@Suite struct CaseReportTests {
    private static let definition = """
        workflow: w
        input: { type: object, required: [n], properties: { n: { type: integer } } }
        steps:
          a: { agent: work, retry: { max_attempts: 2, delay: 5s, jitter: none } }
          b: { needs: [a], signal: go }
        """

    private func run(_ cases: String, _ definition: String = definition) throws -> [CaseReport] {
        try caseReports(cases, of: definition)
    }

    private func problems(_ one: String) throws -> [String] {
        try caseProblems(one, of: Self.definition)
    }

    @Test func aFailureThatIsNotExpectedIsSaid() throws {
        let rest = "    input: { n: 1 }\n    agents: { work: { error: { code: ODD, message: No luck. } } }\n    expect:"
        let end = "It ended with ODD in step 'a': No luck."
        #expect(try problems("\(rest) { status: SUCCESS }") == ["status: SUCCESS / FAILED", end])
        #expect(try problems("\(rest) { output: 1 }") == [end, "output: 1 / nothing"])
        #expect(try problems("\(rest) { steps: { b: SUCCESS } }") == [end, "steps.b.status: SUCCESS / CANCELLED"])
        #expect(try problems("\(rest) { duration: 7s }") == [end, "duration: 7s / 5s"])
        #expect(try problems("\(rest) { error: { code: OTHER } }") == [end, "error.code: OTHER / ODD"])
        #expect(try problems("\(rest) { error: { code: ODD, step: b } }") == [end, "error.step: b / a"])
        // What a case does not mention may be anything, and what it expects need not be explained.
        #expect(try problems("\(rest) { duration: 5s }").isEmpty)
        #expect(try problems("\(rest) { status: FAILED, duration: 7s }") == ["duration: 7s / 5s"])
        #expect(try problems("\(rest) { error: { code: ODD }, duration: 7s }") == ["duration: 7s / 5s"])
        let rejected = try problems("    input: { n: x }\n    expect: { output: 1 }")
        #expect(rejected.first?.hasPrefix("It was rejected with INVALID_INPUT: ") == true && rejected.count == 2)
    }

    @Test(arguments: [
        (8, nil), (9, "There is 1 more difference in output."), (500, "There are 492 more differences in output."),
    ])
    func differencesThatAreNotShownAreCounted(count: Int, last: String?) throws {
        func list(_ value: Int) -> String {
            Array(repeating: "{ x: \(value) }", count: count).joined(separator: ", ")
        }
        let report = try run(
            "cases: [{ name: it, expect: { output: { a: [\(list(1))] } } }]",
            "workflow: w\nsteps: { a: { set: [\(list(2))] } }")[0]
        #expect(report.problems.count == (last == nil ? 8 : 9))
        #expect(report.problems[7].what == "output.a[7].x")
        #expect(last == nil || report.problems.last?.what == last)
    }

    @Test func eventsThatAreNotShownLeaveAMark() throws {
        let items = Array(repeating: "1", count: 40).joined(separator: ", ")
        let definition = "workflow: w\nsteps: { a: { foreach: { in: [\(items)] }, set: 1 } }"
        for events in ["[EXECUTION_STARTED]", "{ contains: [STEP_FAILED] }"] {
            let report = try run("cases: [{ name: it, expect: { events: \(events) } }]", definition)[0]
            let comparison = try #require(report.problems.first?.comparison)
            #expect(comparison.count == 61 && comparison.last == "  …")
        }
    }

    @Test func whatIsToBeAddedIsNamedOnce() throws {
        let cases = "cases: [{ name: it, expect: { status: SUCCESS } }]"
        func advice(_ step: String) throws -> String {
            try #require(try run(cases, "workflow: w\nsteps: { \(step): { agent: work } }")[0].problems.first).what
        }
        #expect(try advice("work").hasSuffix("it; add 'work' under 'agents'."))
        #expect(try advice("a").hasSuffix("it; add 'work' or 'a' under 'agents'."))
    }

    @Test func aDefinitionThatIsNotThereHasItsPlace() throws {
        let cases = try WorkflowCases(
            yaml: "description: d\nworkflow: ../nope.yaml\ncases: [{ name: a, expect: { status: SUCCESS } }]",
            file: "tests/c.test.yaml")
        let error = try #require(cases.noDefinition(at: "nope.yaml").errors.first)
        #expect(error.summary.hasPrefix("tests/c.test.yaml:2:11: workflow: There is no file nope.yaml; "))
        #expect(error.sourceLine == "workflow: ../nope.yaml")
    }
}
