import PerdureJSON
import Testing

@testable import WorkflowCore

/// Costs that must not multiply. The bounds are many times what a slow machine takes, and a small part of what a mistake would.
@Suite(.serialized) struct ExecutionCostTests {
    static func chain(_ count: Int, with argument: (Int) -> String) -> String {
        var yaml = "workflow: chain\nsteps:\n"
        for step in 0..<count {
            yaml += "  s\(step):\n    agent: work\n"
            if step > 0 { yaml += "    needs: [s\(step - 1)]\n" }
            yaml += "    with: { x: \"\(argument(step))\" }\n"
        }
        return yaml
    }

    @Test func aChainOfAThousandStepsLoadsAndRuns() throws {
        let clock = ContinuousClock()
        let yaml = Self.chain(Limits.stepsPerWorkflow) {
            $0 == 0 ? "${ 1 }" : "${ steps.s\($0 - 1).output + steps.s0.output }"
        }
        var run: Run?
        let loading = try clock.measure { run = Run(try load(yaml)) }
        #expect(loading < .seconds(15))
        var started = try #require(run)
        let running = try clock.measure {
            var open = started.handle(.accepted).invocations
            while let call = open.popLast() {
                open += try started.succeed(call.stepName, call.arguments["x"] ?? .null).invocations
            }
        }
        #expect(running < .seconds(15))
        #expect(started.state.status == .success && started.state.steps.last?.output == 1000)
    }

    @Test func aDenseGraphLoads() throws {
        var yaml = "workflow: dense\nsteps:\n"
        for step in 0..<400 {
            yaml += "  s\(step): { agent: work, needs: [\((0..<step).map { "s\($0)" }.joined(separator: ", "))] }\n"
        }
        let clock = ContinuousClock()
        let loading = try clock.measure { _ = try load(yaml) }
        #expect(loading < .seconds(20))
    }

    @Test func aVariableInALoopIsNotConvertedForEachItem() throws {
        let yaml = "{workflow: w, steps: {a: {agent: work, with: {x: '${ input.items.map(i, i * input.factor) }'}}}}"
        let items = JSONValue.array((0..<4000).map { .int($0) })
        var run = try Run(yaml, input: ["items": items, "factor": 2])
        let clock = ContinuousClock()
        let time = clock.measure { run.handle(.accepted) }
        #expect(run.state.steps[0].input?["x"]?[3999] == 7998)
        #expect(time < .seconds(5))
    }

    @Test func anExpressionConvertsOnlyTheStepsItReads() throws {
        let yaml = """
            {workflow: w, steps: {
              a: {agent: work}, b: {agent: work}, c: {agent: work, needs: [a]},
              d: {agent: work, needs: [c], with: {x: '${ steps.a.output }', y: '${ steps.c.status }'}},
              e: {agent: work, needs: [c], with: {x: '${ size(steps) }'}}, f: {agent: work, with: {x: 1}}},
              output: '${ steps["b"].output }'}
            """
        let definition = try load(yaml)
        #expect(definition.steps.map { $0.work.agent?.reads.steps } == [[], [], [], [0, 2], [0, 2], []])
        #expect(definition.steps.map { $0.work.agent?.reads.variables } == [[], [], [], ["steps"], ["steps"], []])
        #expect(definition.outputReads.steps == [1])
    }

    /// `steps` holds what is certain to be done, not what happens to be: the result would differ from run to run.
    @Test func stepsThatAreNotNeededAreNotSeen() throws {
        let yaml = """
            {workflow: w, steps: {
              a: {agent: work}, b: {agent: work},
              c: {agent: work, needs: [a], with: {x: '${ size(steps) }', y: '${ "b" in steps }'}}}}
            """
        var run = try Run(yaml)
        run.handle(.accepted)
        try run.succeed("b")
        #expect(try run.succeed("a").invocations.map(\.arguments) == [["x": 1, "y": false]])
    }
}
