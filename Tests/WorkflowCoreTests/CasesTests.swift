import Foundation
import PerdureJSON
import TestSupport
import Testing

@testable import WorkflowCore

/// Definitions run against files of cases.
@Suite struct CasesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config").path

    private static func files(_ subfolder: String, _ isWanted: (String) -> Bool) -> [String] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(subfolder)")) ?? []
        return paths.filter(isWanted).sorted().map { "\(subfolder)/\($0)" }
    }

    private static let shipped =
        files("workflows") { $0.hasSuffix(".test.yaml") } + files("samples") { $0.hasSuffix(".test.yaml") }

    private static func read(_ path: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
    }

    @Test(arguments: shipped) func aShippedFilePasses(_ path: String) throws {
        let cases = try WorkflowCases(yaml: try Self.read(path), file: path)
        let place = URL(filePath: "\(Self.folder)/\(path)").deletingLastPathComponent()
            .appending(path: cases.workflowPath).standardizedFileURL.path
        let definition = try WorkflowDefinition(
            yaml: try String(contentsOfFile: place, encoding: .utf8), file: place,
            agents: knownAgents.union(cases.stubbedNames), zones: .system)
        let reports = try cases.run(definition)
        #expect(reports.count == cases.cases.count)
        for report in reports { #expect(report.hasPassed, "\(report)") }
    }

    @Test func everySampleShipsItsCases() throws {
        let samples = Self.files("workflows") { $0.hasSuffix(".yaml") && !$0.contains("/") }
        #expect(samples.count >= 3)
        for sample in samples {
            // With the built-in agents alone: a coordinator loads them.
            #expect(throws: Never.self) {
                try WorkflowDefinition(
                    yaml: try Self.read(sample), file: sample, agents: ["summarize", "extract_entities"])
            }
            let name = sample.dropFirst("workflows/".count).dropLast(".yaml".count)
            #expect(Self.shipped.contains("workflows/tests/\(name).test.yaml"), "\(sample)")
        }
        // Those whose agents are for readers to write.
        let others = Self.files("samples/workflows") { $0.hasSuffix(".yaml") && !$0.contains("/") }
        #expect(others.count >= 3)
        for sample in others {
            let name = sample.dropFirst("samples/workflows/".count).dropLast(".yaml".count)
            #expect(Self.shipped.contains("samples/workflows/tests/\(name).test.yaml"), "\(sample)")
        }
    }

    // MARK: - Cases of one's own

    private static let definition = """
        workflow: w
        timeout: 30d
        input: { type: object, required: [n], properties: { n: { type: integer } } }
        steps:
          a:
            agent: work
            with: { n: "${ input.n }" }
            retry: { max_attempts: 2, delay: 5s, jitter: none }
            timeout: { total: 1h }
          b: { needs: [a], signal: go }
        output: "${ {'a': steps.a.output, 'b': steps.b.output.payload} }"
        """

    private func run(_ cases: String, _ definition: String = definition) throws -> [CaseReport] {
        try caseReports(cases, of: definition)
    }

    private func problems(_ one: String) throws -> [String] {
        try caseProblems(one, of: Self.definition)
    }

    @Test func whatDiffersIsNamed() throws {
        let found = try problems(
            """
                input: { n: 7 }
                agents: { a: { output: { x: [1, "${ arguments.n }", true] }, after: 3s } }
                signals: [{ name: go, payload: p, at: 10s }]
                expect:
                  status: FAILED
                  output: { a: { x: [1, 8, true], y: 1 }, b: p }
                  steps: { a: { status: FAILED, attempts: 2, input: { n: 8 } }, bb: SUCCESS }
                  duration: 11s
            """)
        #expect(
            found == [
                "status: FAILED / SUCCESS", "output.a.x[1]: 8 / 7", "output.a.y: 1 / nothing",
                "steps.a.status: FAILED / SUCCESS", "steps.a.attempts: 2 / 1", "steps.a.input.n: 8 / 7",
                "There is no step 'bb' in this execution. Did you mean 'b'?", "duration: 11s / 10s",
            ])
    }

    @Test func eventsAreComparedLineByLine() throws {
        let rest = """
                input: { n: 7 }
                agents: { work: { output: 1 } }
                signals: [{ name: go }]
            """
        let report = try #require(
            try run(
                """
                cases:
                  - name: it
                \(rest)
                    expect:
                      events:
                        [EXECUTION_STARTED, STEP_STARTED a, AGENT_INVOKED, STEP_RETRY_SCHEDULED a, AGENT_RESPONSE,
                        STEP_COMPLETED a]
                """
            ).first)
        #expect(
            report.problems.first?.comparison.prefix(8) == [
                "  STEP_STARTED a", "  AGENT_INVOKED a", "- STEP_RETRY_SCHEDULED a", "+ SIGNAL_RECEIVED",
                "  AGENT_RESPONSE a", "  STEP_COMPLETED a", "+ STEP_STARTED b", "+ STEP_COMPLETED b",
            ])
        #expect(
            try problems("\(rest)\n    expect: { events: { contains: [STEP_STARTED b, STEP_STARTED a] } }") == [
                "events: STEP_STARTED a after STEP_STARTED b / none"
            ])
        #expect(
            try problems("\(rest)\n    expect: { events: { contains: [STEP_STARTED a, STEP_STARTED] } }").isEmpty)
    }

    @Test func aListOfAnswersIsOneForEachAttempt() throws {
        let failing = "{ error: { code: BUSY, message: Not now., retry_after: 1m } }"
        #expect(
            try problems(
                """
                    input: { n: 1 }
                    agents: { work: [\(failing), { output: "${ attempt }" }] }
                    signals: [{ name: go, payload: 5, at: 2m }]
                    expect: { status: SUCCESS, output: { a: 2, b: 5 }, duration: 2m }
                """
            ).isEmpty)
        #expect(
            try problems(
                """
                    input: { n: 1 }
                    agents: { work: [\(failing)] }
                    expect:
                      status: FAILED
                      error: { code: BUSY, step: a, message: not now }
                      duration: 1m
                """) == ["error.message: … not now … / Not now."])
        #expect(
            try problems(
                """
                    input: { n: 1 }
                    agents: { work: { output: 1, after: 2h } }
                    expect: { status: FAILED, error: { code: TOTAL_TIMEOUT, step: a }, duration: 1h }
                """
            ).isEmpty)
    }

    @Test func whatIsMissingInACaseIsSaid() throws {
        let unstubbed = try problems("    input: { n: 1 }\n    expect: { status: SUCCESS }")
        #expect(unstubbed.first?.contains("'a' calls the agent 'work', and nothing stands in for it") == true)
        let unneeded = try problems(
            """
                input: { n: 1 }
                agents: { work: { output: 1 } }
                signals: [{ name: go, at: 1m }, { name: go, at: 1h }]
                expect: { status: SUCCESS }
            """)
        #expect(
            unneeded == ["The signal 'go' is due 1h after the start, and the execution had ended 1m after the start."])
        let unended = try problems(
            """
                input: { n: 1 }
                agents: { work: { output: 1 } }
                until: 2h
                expect: { output: 1 }
            """)
        #expect(unended.first == "The execution had not ended when the case did, after 2h ('until').")
        let timedOut = try problems(
            """
                input: { n: 1 }
                agents: { work: { output: 1 } }
                expect: { status: FAILED, error: { code: EXECUTION_TIMEOUT }, duration: 30d }
            """)
        #expect(timedOut.isEmpty)
    }

    @Test func aSignalThatNeverComesEndsTheCase() throws {
        let definition = "workflow: w\nsteps: { b: { signal: go } }"
        let reports = try run(
            """
            cases:
              - { name: lost, expect: { status: SUCCESS } }
              - { name: known, expect: { status: WAITING } }
            """, definition)
        #expect(
            reports[0].problems.first?.what.hasPrefix("The execution does not end: 'b' waits for the signal 'go'")
                == true)
        #expect(reports[1].hasPassed && reports[1].line == 4)
    }

    @Test func aRefusalMayBeExpected() throws {
        let rest =
            "    input: { n: 1 }\n    agents: { work: { output: 1 } }\n    expect: { status: SUCCESS }\n    signals:"
        let go = "{ name: go, at: 1m }"
        #expect(try problems("\(rest) [\(go), { name: go, at: 1h, refused: EXECUTION_ENDED }]").isEmpty)
        #expect(
            try problems("\(rest) [{ name: go, at: 1m, refused: EXECUTION_ENDED }]") == [
                "What came 1m after the start was taken, and was to be refused with EXECUTION_ENDED."
            ])
        #expect(
            try problems("\(rest) [\(go), { name: go, at: 1h, refused: TOO_MANY_SIGNALS }]") == [
                "The signal 'go' is due 1h after the start, and the execution had ended 1m after the start."
            ])
        let many = Array(repeating: "{ name: other }", count: Limits.signalsWaiting).joined(separator: ", ")
        let full = "\(rest) [\(many), { name: other, at: 1s, refused: TOO_MANY_SIGNALS }, { name: go, at: 2s"
        #expect(try problems("\(full), refused: TOO_MANY_SIGNALS }]").first == "status: SUCCESS / FAILED")
        #expect(try problems("\(full), refused: EXECUTION_ENDED }]").first?.contains("TOO_MANY_SIGNALS:") == true)
    }

    /// What an agent takes too long for is the error that the runtime makes of it.
    @Test func whatTakesTooLongIsAnError() throws {
        func outcome(_ answer: String, _ timeout: String) throws -> String {
            let definition = "workflow: w\nsteps: { a: { agent: work, timeout: { \(timeout) } } }"
            let cases =
                "cases:\n  - name: it\n    agents: { work: { output: 1, \(answer) } }\n    expect: { duration: 100d }"
            let problem = try #require(try run(cases, definition).first?.problems.first { $0.what == "duration" })
            let report = try run(cases.replacing("duration: 100d", with: "error: { code: X }"), definition)
            let code = try #require(report[0].problems.first { $0.what == "error.code" })
            return "\(code.found ?? "") \(problem.found ?? "")"
        }
        #expect(try outcome("begins_after: 20s", "start: 10s") == "START_TIMEOUT 10s")
        #expect(try outcome("begins_after: 10s", "start: 10s") == "nothing 10s")
        // The time that an agent has counts from when it begins.
        #expect(try outcome("begins_after: 20s, after: 5s", "run: 10s") == "nothing 25s")
        #expect(try outcome("begins_after: 20s, after: 15s", "run: 10s, start: 1m") == "TIMEOUT 30s")
        #expect(try outcome("begins_after: 20s, after: 15s", "run: 10s, total: 25s") == "TOTAL_TIMEOUT 25s")
        #expect(try outcome("after: 10m", "heartbeat: 10s") == "nothing 10m")
        #expect(try outcome("after: 10m, silent_after: 1m", "heartbeat: 10s") == "HEARTBEAT_TIMEOUT 1m10s")
        #expect(try outcome("after: 65s, silent_after: 1m", "heartbeat: 10s") == "nothing 1m5s")
        #expect(
            try outcome("begins_after: 1s, after: 10m, silent_after: 0s", "heartbeat: 10s, run: 1m")
                == "HEARTBEAT_TIMEOUT 11s")
    }

    @Test func aRejectionMayBeExpected() throws {
        #expect(
            try problems(
                "    input: { n: x }\n    expect: { status: REJECTED, error: { code: INVALID_INPUT, message: input/n } }"
            ).isEmpty)
        #expect(
            try problems(
                "    input: { n: 1 }\n    priority: 11\n    expect: { status: REJECTED, error: { code: INVALID_REQUEST } }"
            ).isEmpty)
        #expect(
            try problems("    input: { n: x }\n    expect: { status: SUCCESS }").first == "status: SUCCESS / REJECTED")
    }

    // MARK: - Files with errors

    private func errors(_ yaml: String) -> [String] {
        do {
            _ = try WorkflowCases(yaml: yaml, file: "c.yaml").run(try load(Self.definition))
            return []
        } catch let errors as DefinitionErrors {
            return errors.errors.map(\.summary)
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test(
        arguments: [
            ("workflow: w\ncases: []", "c.yaml:2:8: cases: The key 'cases' is a list"),
            (
                "cases: [{ name: a, expect: { status: SUCCESS } }]",
                "c.yaml:1:1: workflow: The key 'workflow' is missing"
            ),
            ("workflow: w\ncases:\n  - name: a\n    expct: 1", "c.yaml:3:5: cases[0]: The key 'expect' is missing."),
            (
                "workflow: w\ncases:\n  - name: a\n    expct: 1",
                "c.yaml:4:5: cases[0].expct: Unknown key 'expct'. Did you mean 'expect'?"
            ),
            ("workflow: w\ncases: [{ name: a, expect: {} }]", "c.yaml:2:28: cases[0].expect: This is a mapping"),
            (
                "workflow: w\ncases: [{ name: a, expect: { status: SUCESS } }]",
                "c.yaml:2:38: cases[0].expect.status: This is one of"
            ),
            (
                "workflow: w\ncases: [{ name: a, expect: { events: [STEP_STARTD a] } }]",
                "c.yaml:2:39: cases[0].expect.events[0]: There is no event 'STEP_STARTD'. Did you mean 'STEP_STARTED'?"
            ),
            (
                "workflow: w\ncases: [{ name: a, signals: [{ name: s, refused: x }], expect: { status: SUCCESS } }]",
                "c.yaml:2:50: cases[0].signals[0].refused: This is one of EXECUTION_ENDED, TOO_MANY_SIGNALS"
            ),
            (
                "workflow: w\ncases: [{ name: a, cancel_at: soon, expect: { status: SUCCESS } }]",
                "c.yaml:2:31: cases[0].cancel_at: A duration is"
            ),
            (
                "workflow: w\nagents: { work: { output: 1, error: { code: A } } }\ncases: [{ name: a, expect: { status: SUCCESS } }]",
                "c.yaml:2:17: agents.work: An answer has one of"
            ),
            (
                "workflow: w\nagents:\n  wrk: { output: 1 }\ncases: [{ name: a, expect: { status: SUCCESS } }]",
                "c.yaml:3:3: agents.wrk: The workflow 'w' has no agent, no child and no step 'wrk'. Did you mean 'work'?"
            ),
            (
                "workflow: w\nagents:\n  work: { output: \"${ argument.x }\" }\ncases: [{ name: a, expect: { status: SUCCESS } }]",
                "c.yaml:3:23: agents.work.output: In the expression `argument.x`"
            ),
            (
                "workflow: w\ncases:\n  - { name: a, expect: { status: SUCCESS } }\n  - { name: a, expect: { status: SUCCESS } }",
                "c.yaml:4:5: cases[1].name: Two cases are called 'a'"
            ),
            ("workflow: [", "c.yaml:"), ("- a", "c.yaml:1:1: A file of cases is a mapping"),
        ])
    func anErrorHasItsPlace(_ yaml: String, _ start: String) {
        let found = errors(yaml)
        #expect(found.contains { $0.hasPrefix(start) }, "\(found)")
    }
}
