import PerdureJSON
import Testing

@testable import WorkflowCore

/// Steps that run a workflow as an execution of its own.
@Suite struct ChildTests {
    private static func later(_ seconds: Int64) -> Timestamp { noon.advanced(byMicroseconds: seconds * 1_000_000) }
    private static let other = WorkflowReference(id: "other", version: 3, contentHash: "h")

    private static func parent(_ more: String = "", around: String = "") -> String {
        """
        workflow: w
        steps:
          before: { set: 4 }
          child:
            needs: [before]
            workflow: other
            with: { x: "${ steps.before.output }" }
            \(more)
          after: { needs: [child], set: { gave: "${ steps.child.output }", status: "${ steps.child.status }" } }
        \(around)
        """
    }

    /// Starts what a decision asks for, as the runtime does.
    private func start(_ decision: Decision, in run: inout Run) -> [Decision] {
        decision.children.map {
            run.handle(.childStarted(step: $0.parent.step, attempt: $0.parent.attempt, Self.other))
        }
    }

    private func end(_ child: ChildRequest, _ answer: AgentAnswer, status: ExecutionStatus = .failed) -> Arrival {
        let result: ExecutionResult =
            switch answer {
            case .success(let output): .success(child.id, output: output)
            case .failure(let error): .failure(child.id, status: status, error)
            }
        return .childEnded(step: child.parent.step, attempt: child.parent.attempt, result)
    }

    private let failure = AgentAnswer.failure(WorkflowError(code: .init(rawValue: "BROKEN"), message: "No", step: "s"))

    @Test func aChildIsAskedForWithItsStep() throws {
        var run = Run(
            try load(Self.parent("version: 3")), metadata: ["tenant": "t"],
            parent: ParentStep(executionID: someID, step: 0, stepName: "s", attempt: 1, depth: 2))
        let decision = run.handle(.accepted)
        #expect(
            decision.lines == [
                "EXECUTION_STARTED", "STEP_STARTED before", "STEP_COMPLETED before", "STEP_STARTED child",
            ])
        #expect(try decision.events[0].json["parent_execution_id"]?.stringValue == someID.description)
        let child = try #require(decision.children.first)
        #expect(decision.children.count == 1 && decision.invocations.isEmpty)
        #expect(child.workflowID == "other" && child.version == 3 && child.input == ["x": 4])
        #expect(child.metadata == ["tenant": "t"] && child.parent.depth == 3 && child.parent.stepName == "child")
        #expect(
            child.id == .child(of: someID, step: 1, attempt: 1) && child.id != .child(of: someID, step: 1, attempt: 2))
        #expect(child.id.description.prefix(13) == someID.description.prefix(13) && child.id.description.count == 36)

        let noted = try #require(start(decision, in: &run).first)
        #expect(noted.lines == ["CHILD_STARTED child"] && run.state.status == .running)
        let json = try noted.events[0].json
        #expect(json["child_execution_id"]?.stringValue == child.id.description && json["child_version"] == 3)
        #expect(json["workflow_id"] == "w" && json["child_workflow_id"] == "other")

        let done = run.handle(end(child, .success(["y": 5])))
        #expect(
            done.lines == [
                "CHILD_COMPLETED child", "STEP_COMPLETED child", "STEP_STARTED after", "STEP_COMPLETED after",
                "EXECUTION_COMPLETED",
            ])
        #expect(run.state.output?["after"] == ["gave": ["y": 5], "status": "SUCCESS"])
        // Whoever ends tells the one that started it, about the size of what it gave too.
        let told = try #require(done.sends.first)
        guard case .childEnded(someID, step: 0, attempt: 1, let bytes) = told.action else {
            Issue.record("\(told)")
            return
        }
        #expect(told.executionID == someID && bytes > 20 && told.messageKey == "perdure:end/\(someID)")
        #expect(ControlAction(name: told.action.name, parameters: .object(told.action.parameters)) == told.action)
    }

    @Test func theFailureOfAChildIsThatOfItsStep() throws {
        for status in [ExecutionStatus.failed, .cancelled] {
            var run = try Run(Self.parent())
            let child = try #require(run.handle(.accepted).children.first)
            let lines = run.handle(end(child, failure, status: status)).lines
            #expect(
                lines == ["CHILD_\(status.rawValue) child", "STEP_FAILED child", "EXECUTION_FAILED"])
            let error = try #require(run.state.error)
            #expect(error.code.rawValue == (status == .failed ? "BROKEN" : "CHILD_CANCELLED") && error.step == "child")
            #expect(error.message == "No. This is of the child \(child.id).")
        }
    }

    @Test func anotherAttemptIsAnotherChild() throws {
        var run = try Run(Self.parent("retry: { max_attempts: 2, delay: 10s, jitter: none }"))
        let first = try #require(run.handle(.accepted).children.first)
        let failed = run.handle(end(first, failure))
        #expect(failed.lines == ["CHILD_FAILED child", "STEP_RETRY_SCHEDULED child"])
        #expect(run.state.status == .running && failed.timers.map(\.purpose) == [.retry(step: 1, attempt: 1)])
        try run.reload()
        // What ends late is not waited for any more.
        #expect(run.handle(end(first, .success(1))).events.isEmpty)
        let again = run.handle(.timerFired(.retry(step: 1, attempt: 1)), now: Self.later(10))
        let second = try #require(again.children.first)
        #expect(again.events.isEmpty && again.changedSteps == [1])
        #expect(second.id != first.id && second.parent.attempt == 2 && second.input == ["x": 4])
        #expect(start(again, in: &run)[0].lines == ["CHILD_STARTED child"])
        #expect(run.handle(end(first, .success(1))).events.isEmpty)
        #expect(
            run.handle(.childEnded(step: 1, attempt: 2, .success(first.id, output: 1))).events.isEmpty, "not its child")
        run.handle(end(second, .success(2)))
        #expect(run.state.status == .success && run.state.steps[1].retryCount == 1)
    }

    @Test func aChildThatSomebodyHasCancelledIsNotStartedAgain() throws {
        for (policy, isRetried) in [("max_attempts: 3", false), ("only: [CHILD_CANCELLED]", true)] {
            var run = try Run(Self.parent("retry: { \(policy) }"))
            let child = try #require(run.handle(.accepted).children.first)
            let lines = run.handle(end(child, failure, status: .cancelled)).lines
            #expect(lines.contains("STEP_RETRY_SCHEDULED child") == isRetried)
        }
    }

    @Test func aChildThatCannotStartFailsItsStep() throws {
        let error = WorkflowError(code: .init(rawValue: "INVALID_INPUT"), message: "No.")
        var run = try Run(Self.parent("on_error: continue"))
        #expect(run.handle(.accepted).children.count == 1)
        let refused = run.handle(.childRefused(step: 1, attempt: 1, error))
        #expect(refused.lines.first == "STEP_FAILED child" && run.state.status == .success)
        #expect(run.state.output?["after"]?["status"] == "FAILED")
        #expect(run.handle(.childRefused(step: 1, attempt: 1, error)).events.isEmpty)
    }

    @Test func aTakeoverStartsNothingAgain() throws {
        var run = try Run(Self.parent("timeout: { run: 30s, total: 50s }"))
        let decision = run.handle(.accepted)
        let purpose = ExecutionTimer.Purpose.childTimeout(step: 1, attempt: 1)
        #expect(start(decision, in: &run)[0].timers.map(\.purpose) == [purpose])
        for _ in 1...10 {
            try run.reload()
            let resumed = run.handle(.takenOver(interrupted: true))
            #expect(resumed.events.isEmpty && resumed.children.isEmpty && !resumed.changesState)
            #expect(resumed.timers.map(\.purpose) == [purpose] && resumed.timers[0].due > Self.later(29))
        }
        run.handle(end(decision.children[0], .success(1)))
        #expect(run.state.status == .success)
    }

    @Test func aChildThatTakesTooLongIsCancelled() throws {
        var run = try Run(
            Self.parent("timeout: { run: 30s, total: 50s }\n    retry: { max_attempts: 9, delay: 1s, jitter: none }"))
        let first = run.handle(.accepted)
        _ = start(first, in: &run)
        let early = run.handle(.timerFired(.childTimeout(step: 1, attempt: 1)), now: Self.later(29))
        #expect(early.events.isEmpty && early.timers.count == 1, "the clock was set back")
        let late = run.handle(.timerFired(.childTimeout(step: 1, attempt: 1)), now: Self.later(31))
        #expect(late.lines == ["TIMER_FIRED child", "STEP_RETRY_SCHEDULED child"])
        #expect(try run.step("child").error?.code == .timeout)
        let cancel = try #require(late.sends.first)
        guard case .cancel = cancel.action else {
            Issue.record("\(cancel)")
            return
        }
        #expect(cancel.executionID == first.children[0].id && cancel.messageKey.hasPrefix("perdure:cancel/"))
        let second = run.handle(.timerFired(.retry(step: 1, attempt: 1)), now: Self.later(33))
        _ = start(second, in: &run)
        // Of the second attempt there is less than its own time left.
        let due = try #require(try run.step("child").dueAt)
        #expect(due < Self.later(51) && due > Self.later(49))
        let over = run.handle(.timerFired(.childTimeout(step: 1, attempt: 2)), now: Self.later(51))
        #expect(over.lines == ["TIMER_FIRED child", "STEP_FAILED child", "EXECUTION_FAILED"] && over.sends.count == 1)
        #expect(run.state.error?.code == .totalTimeout)
    }

    @Test func childrenEndWithTheirParents() throws {
        let yaml = """
            workflow: w
            steps:
              each: { foreach: { in: [1, 2, 3, 4], max_concurrency: 3 }, workflow: other, with: { n: "${ item }" } }
              single: { workflow: other }
              call: { agent: work }
            """
        var cancelled = try Run(yaml)
        let children = cancelled.handle(.accepted).children
        #expect(children.map(\.parent.stepName) == ["each[0]", "each[1]", "each[2]", "single"])
        #expect(children[1].input == ["n": 2] && Set(children.map(\.id)).count == 4)
        cancelled.handle(end(children[1], .success(0)))
        let ended = cancelled.handle(.cancelRequested(reason: nil))
        let sent = Set(ended.sends.map(\.executionID))
        #expect(sent.count == 4 && sent.contains(children[0].id) && !sent.contains(children[1].id))
        #expect(cancelled.state.status == .cancelled)

        var failed = try Run(yaml)
        failed.handle(.accepted)
        #expect(try failed.fail("call").sends.count == 4)

        // Within one decision: what was asked for is not started any more.
        var atOnce = try Run(
            "workflow: w\nsteps: { a: { workflow: other }, b: { set: '${ 1 / int(input.x) }' } }", input: ["x": 0])
        let decision = atOnce.handle(.accepted)
        #expect(decision.children.isEmpty && atOnce.state.status == .failed)
        #expect(!atOnce.execution.awaitsChild(step: 0, attempt: 1))
    }

    @Test func aListNeedsOnlySoManyOfItsChildren() throws {
        var run = try Run(
            """
            workflow: w
            steps: { each: { foreach: { in: [1, 2, 3], min_success: 1 }, workflow: other } }
            """)
        let children = run.handle(.accepted).children
        let done = run.handle(end(children[2], .success("c")))
        #expect(run.state.output == ["each": [.null, .null, "c"]])
        #expect(Set(done.sends.map(\.executionID)) == Set(children.prefix(2).map(\.id)))
    }

    @Test func aChildMayBeCompensated() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              book: { workflow: other, compensate: { agent: work, with: { id: "${ steps.book.output.id }" } } }
              fails: { needs: [book], agent: work }
            """)
        let child = try #require(run.handle(.accepted).children.first)
        run.handle(end(child, .success(["id": 7])))
        let undone = try run.fail("fails")
        #expect(undone.invocations.map(\.arguments) == [["id": 7]] && undone.sends.isEmpty)
        try run.succeed("book.compensate")
        #expect(run.state.status == .failed && run.state.steps[0].status == .compensated)
    }

    @Test func executionsStartOneAnotherOnlySoDeep() throws {
        func first(depth: Int) throws -> Decision {
            let parent = ParentStep(executionID: someID, step: 0, stepName: "s", attempt: 1, depth: depth)
            var run = Run(try load("workflow: w\nsteps: { a: { workflow: w } }"), parent: parent)
            return run.handle(.accepted)
        }
        #expect(try first(depth: Limits.childDepth - 1).children.count == 1)
        let tooDeep = try first(depth: Limits.childDepth)
        #expect(tooDeep.children.isEmpty && tooDeep.lines.last == "EXECUTION_FAILED")
        #expect(try tooDeep.events.last?.json["error"]?["code"] == "CHILD_TOO_DEEP")
    }

    @Test func anOutputThatIsTooLargeFailsTheStep() throws {
        var run = try Run(Self.parent())
        let child = try #require(run.handle(.accepted).children.first)
        let large = JSONValue.string(String(repeating: "x", count: Limits.stepOutputBytes))
        #expect(run.handle(end(child, .success(large))).lines.contains("STEP_FAILED child"))
        #expect(run.state.error?.code == .outputTooLarge)
    }

    // MARK: - Definitions

    @Test func whatAStepWithAChildMayHave() throws {
        let wrong = { (more: String) in summaries("workflow: w\nsteps:\n  a: { workflow: other, \(more) }") }
        #expect(
            wrong("pure: true") == [
                "test.yaml:3:25: steps.a.pure: 'pure' belongs to steps with 'agent', and this one has 'workflow'; remove it."
            ])
        #expect(wrong("version: 0").first?.contains("steps.a.version: The version is a whole number from 1") == true)
        #expect(wrong("timeout: { start: 1s }").first?.contains("a child starts at once") == true)
        #expect(wrong("agent: work").first?.contains("A step does one thing") == true)
        #expect(
            summaries("workflow: w\nsteps:\n  a: { agent: work, version: 2 }").first?.contains(
                "'version' belongs to steps with 'workflow'") == true)
        #expect(summaries("workflow: w\nsteps:\n  a: { workflow: 5 }").first?.contains("workflow's id") == true)
        let whole = try load("workflow: w\nsteps:\n  a: { workflow: other, with: '${ input }' }")
        #expect(whole.steps[0].work.child?.version == nil)
        let drawn = WorkflowDiagram(try load("workflow: w\nsteps:\n  a: { workflow: other, version: 2 }"))
        #expect(drawn.drawn(as: .text).contains("workflow other version 2"))
    }

    private func catalog(_ texts: [String: String]) throws -> (left: [String], errors: [String]) {
        var catalog = DefinitionCatalog()
        for (file, text) in texts.sorted(by: { $0.key < $1.key }) {
            catalog.add(try WorkflowDefinition(yaml: text, file: "\(file).yaml", agents: knownAgents))
        }
        let errors = catalog.removeUnusable().flatMap(\.errors).map(\.summary).sorted()
        return (catalog.all.map { "\($0.reference.id) \($0.reference.version)" }, errors)
    }

    @Test func whatDefinitionsRunHasToBeThere() throws {
        let found = try catalog([
            "fine": "workflow: fine\nsteps:\n  s: { workflow: leaf, version: 2 }",
            "leaf": "workflow: leaf\nversion: 2\nsteps: { s: { agent: work } }",
            "old": "workflow: old\nsteps:\n  s:\n    workflow: leaf\n    version: 1",
            "typo": "workflow: typo\nsteps:\n  s: { workflow: laef }",
            "above": "workflow: above\nsteps:\n  s: { workflow: typo }",
        ])
        #expect(found.left == ["fine 1", "leaf 2"])
        #expect(
            found.errors == [
                "above.yaml:3:18: steps.s.workflow: There is no workflow 'typo' that can be used. Its file has errors, the first "
                    + "at typo.yaml:3:18.",
                "old.yaml:4:15: steps.s.workflow: There is no version 1 of the workflow 'leaf' that can be used; there is 2.",
                "typo.yaml:3:18: steps.s.workflow: There is no workflow 'laef' that can be used. Did you mean 'leaf'? Its "
                    + "definition has to be in the same folder, without errors.",
            ])
    }

    @Test func aChildWhoseFileIsBrokenIsMissedForThat() throws {
        var found: [DefinitionErrors] = []
        for (file, text) in [
            ("a/leaf-2.yaml", "workflow: leaf\nsteps:\n  s: { agent: wrok }"), ("a/twig.yml", "workflow: ["),
        ] {
            do throws(DefinitionErrors) {
                _ = try WorkflowDefinition(yaml: text, file: file, agents: knownAgents)
            } catch {
                found.append(error)
            }
        }
        #expect(found.map(\.workflowID) == ["leaf", nil])
        for (child, place) in [("leaf", "a/leaf-2.yaml:3:15"), ("twig", "a/twig.yml:1:11")] {
            var catalog = DefinitionCatalog([try load("workflow: w\nsteps:\n  s: { workflow: \(child) }")])
            #expect(
                catalog.removeUnusable(besides: found).flatMap(\.errors).map(\.message) == [
                    "There is no workflow '\(child)' that can be used. Its file has errors, the first at \(place)."
                ])
        }
    }

    @Test func aCircleIsFoundAlsoWhereOtherChildrenAreMissing() throws {
        func workflow(_ id: String, _ children: String...) throws -> WorkflowDefinition {
            let steps = children.enumerated().map { "  s\($0): { workflow: \($1) }\n" }.joined()
            return try load("workflow: \(id)\nsteps:\n" + (children.isEmpty ? "  s: { set: 1 }" : steps))
        }
        let x = try workflow("x", "nowhere", "y")
        let above = try workflow("above", "x", "own")
        let own = try workflow("own", "own")
        let catalog = DefinitionCatalog([x, try workflow("y", "leaf", "x"), try workflow("leaf"), above, own])
        #expect(
            catalog.circle(through: x)?.errors.map(\.message) == [
                "These workflows run one another without end: x → y → x; remove one of the steps."
            ])
        #expect(catalog.circle(through: own)?.errors.first?.message.contains("own → own;") == true)
        // It leads to circles and is on none.
        #expect(catalog.circle(through: above) == nil)
    }

    @Test func definitionsThatRunOneAnotherInACircleAreRefused() throws {
        let found = try catalog([
            "a": "workflow: a\nsteps:\n  s: { workflow: b }",
            "b": "workflow: b\nsteps:\n  s: { workflow: leaf }\n  t: { workflow: a }",
            "self": "workflow: self\nsteps:\n  s: { workflow: self }",
            "leaf": "workflow: leaf\nsteps: { s: { agent: work } }",
            // The new version runs the old one, which is no circle.
            "new": "workflow: leaf\nversion: 2\nsteps:\n  s: { workflow: leaf, version: 1 }",
        ])
        #expect(found.left == ["leaf 1", "leaf 2"])
        let message = { (path: String) in
            "These workflows run one another without end: \(path); remove one of the steps."
        }
        #expect(
            found.errors == [
                "a.yaml:3:18: steps.s.workflow: \(message("a → b → a"))",
                "b.yaml:4:18: steps.t.workflow: \(message("b → a → b"))",
                "self.yaml:3:18: steps.s.workflow: \(message("self → self"))",
            ])
    }

    @Test func longChainsOfDefinitionsAreNoRecursion() throws {
        var texts = ["w0": "workflow: w0\nsteps: { s: { agent: work } }"]
        for number in 1...300 {
            texts["w\(number)"] = "workflow: w\(number)\nsteps: { s: { workflow: w\(number - 1) } }"
        }
        #expect(try catalog(texts).left.count == 301)
    }

    // MARK: - Cases

    @Test func casesStandInForChildren() throws {
        let definition = try load(
            Self.parent("retry: { max_attempts: 3, delay: 1s, jitter: none }\n    timeout: { run: 10s }"))
        let cases = try WorkflowCases(
            yaml: """
                workflow: w.yaml
                agents:
                  other: [{ error: { code: BROKEN } }, { output: late, after: 1h }, { output: "${ arguments.x + attempt }" }]
                cases:
                  - name: by the workflow's name
                    input: {}
                    expect:
                      status: SUCCESS
                      output: { before: 4, child: 7, after: { gave: 7, status: SUCCESS } }
                      events: { contains: [CHILD_STARTED child, CHILD_FAILED child, TIMER_FIRED child, CHILD_COMPLETED child] }
                      duration: 13s
                  - name: by the step's name
                    input: {}
                    agents: { child: { error: { code: CANCELLED } } }
                    expect: { status: FAILED, error: { code: CHILD_CANCELLED, step: child } }
                """, file: "c.yaml")
        for report in try cases.run(definition) { #expect(report.hasPassed, "\(report)") }
        let missing = try WorkflowCases(
            yaml: "workflow: w\ncases: [{ name: n, input: {}, expect: { status: SUCCESS } }]", file: "c.yaml")
        let report = try #require(try missing.run(definition).first)
        #expect(report.problems.first?.what.contains("runs the workflow 'other', and nothing stands in for it") == true)
    }
}
