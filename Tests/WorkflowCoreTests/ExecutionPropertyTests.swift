import PerdureJSON
import TestSupport
import Testing

@testable import WorkflowCore

/// Random graphs, orders of completion, failures, copies of answers, clocks and takeovers.
@Suite struct ExecutionPropertyTests {
    /// How hard a run is made.
    private struct Weather {
        var failurePercent: UInt64 = 0
        var interruptions = false
    }

    @Test(arguments: UInt64(1)...150) func everyRunEndsAndKeepsTheRules(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let graph = try RandomGraph(maximumSteps: 40, using: &random)
        let weather = Weather(failurePercent: [0, 2, 20][Int(seed % 3)], interruptions: true)
        let run = try drive(graph.definition, weather, &random)
        try check(run)
    }

    @Test(arguments: UInt64(1000)...1060) func theOrderOfCompletionDoesNotMatter(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let graph = try RandomGraph(maximumSteps: 40, using: &random)
        let first = try drive(graph.definition, Weather(), &random)
        let second = try drive(graph.definition, Weather(), &random)
        #expect(first.state.status == .success)
        #expect(first.state.output != nil && first.state.output == second.state.output)
        #expect(first.state.steps.map(\.input) == second.state.steps.map(\.input))
        #expect(first.state.steps.map(\.output) == second.state.steps.map(\.output))
        #expect(first.events.map(\.line).sorted() == second.events.map(\.line).sorted())
    }

    private func drive(
        _ definition: WorkflowDefinition, _ weather: Weather, _ random: inout SplitMix
    ) throws -> Run {
        var run = Run(definition, input: ["seed": 7])
        var open = run.handle(.accepted).invocations
        var answered: [Arrival] = []
        var turns = 0
        while !run.state.status.isTerminal {
            turns += 1
            try #require(turns < 10_000, "the run does not end")
            let now = noon.advanced(byMicroseconds: Int64.random(in: -100...100, using: &random))
            if random.isTrue(percent: 15) {
                try run.reload()
                let mayInterrupt =
                    weather.interruptions
                    || run.state.steps.allSatisfy { $0.interruptions < Limits.interruptionsPerStep }
                let decision = run.handle(.takenOver(interrupted: mayInterrupt && random.isTrue(percent: 50)), now: now)
                let expected = run.state.steps.indices.filter { run.state.steps[$0].status == .running }
                #expect(decision.invocations.map(\.step) == expected)
                open = decision.invocations
                continue
            }
            if random.isTrue(percent: 10), let old = answered.randomElement(using: &random) {
                let before = run.state
                #expect(run.handle(old, now: now) == Decision())
                #expect(run.state == before)
                continue
            }
            try #require(!open.isEmpty, "nothing is awaited and the execution has not ended")
            let call = open.remove(at: Int.random(in: open.indices, using: &random))
            let answer: AgentAnswer =
                random.isTrue(percent: weather.failurePercent)
                ? .failure(WorkflowError(code: .agentError, message: "no")) : .success(RandomGraph.answer(call))
            let arrival = Arrival.answered(step: call.step, attempt: call.attempt, answer)
            answered.append(arrival)
            let decision = run.handle(arrival, now: now)
            open += decision.invocations
            open.removeAll { decision.abandonedSteps.contains($0.step) }
            #expect(decision.invocations.isEmpty || !run.state.status.isTerminal)
        }
        if run.state.status == .failed, run.state.error?.code == .interruptedTooOften { open.removeAll() }
        #expect(open.isEmpty, "calls are left over")
        return run
    }

    private func check(_ run: Run) throws {
        let definition = run.execution.definition
        #expect(run.events.map(\.sequence) == Array(1...Int64(run.events.count)))
        #expect(run.state.sequence == Int64(run.events.count))
        for (earlier, later) in zip(run.events, run.events.dropFirst()) { #expect(earlier.timestamp < later.timestamp) }
        #expect(run.events.filter(\.type.endsExecution).count == 1 && run.events.last?.type.endsExecution == true)
        var done: Set<String> = []
        var started: Set<String> = []
        for event in run.events {
            guard let name = try event.json["step_name"]?.stringValue else { continue }
            switch event.type {
            case .stepStarted:
                let step = definition.steps[try #require(definition.stepIndex(named: name))]
                #expect(started.insert(name).inserted, "\(name) started twice")
                #expect(step.needs.allSatisfy { done.contains(definition.steps[$0].name) }, "\(name) started too early")
            case .stepCompleted:
                #expect(started.contains(name) && done.insert(name).inserted)
            default: break
            }
        }
        #expect(run.state.steps.filter { !$0.status.isTerminal }.isEmpty)
        if run.state.status == .success {
            #expect(done.count == definition.steps.count && run.state.error == nil)
        } else {
            #expect(run.state.status == .failed && run.state.error != nil && run.state.output == nil)
            #expect(run.state.steps.filter { $0.status == .failed }.count == 1)
        }
        var copy = run.execution
        for arrival: Arrival in [
            .accepted, .takenOver(interrupted: true), .answered(step: 0, attempt: 1, .success([:])),
        ] {
            #expect(copy.handle(arrival, now: noon) == Decision(), "an execution that ended changed")
        }
    }
}
