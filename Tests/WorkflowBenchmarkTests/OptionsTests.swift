import Testing

@testable import WorkflowBenchmark

@Suite struct OptionsTests {
    @Test func `an option that means nothing to a scenario is refused by name`() {
        var options = BenchmarkOptions()
        options.kills = 3
        #expect(options.problem(for: .kill) == nil)
        let problem = options.problem(for: .twoStep)
        #expect(problem?.contains("--kills") == true && problem?.contains("--executions") == true, "\(problem ?? "")")
    }

    @Test func `every option is taken by a scenario, and none by all without being known`() {
        let taken = BenchmarkScenario.allCases.reduce(into: Set<BenchmarkOptions.Name>()) { $0.formUnion($1.takes) }
        #expect(taken == Set(BenchmarkOptions.Name.allCases))
        #expect(BenchmarkOptions().given.isEmpty)
    }

    @Test func `values out of range are refused`() {
        let changes: [(inout BenchmarkOptions) -> Void] = [
            { $0.executions = 0 }, { $0.outstanding = 0 }, { $0.payloadBytes = [100, 0] }, { $0.coordinators = [65] },
            { $0.floorStreams = 0 }, { $0.lanes = 65 },
        ]
        for change in changes {
            var options = BenchmarkOptions()
            change(&options)
            #expect(options.problem(for: .twoStep) != nil || options.problem(for: .floor) != nil, "\(options)")
        }
        var options = BenchmarkOptions()
        options.rate = 0
        #expect(options.problem(for: .latency) != nil)
        options.rate = 200
        options.duration = .zero
        #expect(options.problem(for: .latency) != nil)
        options.duration = .seconds(1800)
        #expect(options.problem(for: .latency) == nil)
    }

    @Test func `a workflow has the events and the shape that it says`() {
        #expect(BenchmarkWorkflow.chain(2).eventsPerExecution == 10)
        #expect(BenchmarkWorkflow.chain(9).eventsPerExecution == 38)
        #expect(BenchmarkWorkflow.fanOut(100).stepCount == 101)
        #expect(BenchmarkWorkflow.chain(2).requestBody(payloadBytes: 400).count < 520)
        #expect(BenchmarkWorkflow.chain(2).yaml != BenchmarkWorkflow.chain(2, isPure: true).yaml)
    }
}
