import PerdureJSON
import Testing

@testable import WorkflowCore

/// Whatever has happened to an execution, its own definition would have gone the same way.
@Suite struct HistoryPropertyTests {
    @Test(arguments: UInt64(3000)...3120) func anUnchangedDefinitionGoesTheSameWay(seed: UInt64) throws {
        let workflow = try RandomLanguage(maximumSteps: seed % 10 == 0 ? 200 : 40, mayRace: true, seed: seed)
        var weather = LanguageRun.Weather(
            failurePercent: [0, 3, 15, 40][Int(seed % 4)], cancelAfter: seed % 5 == 0 ? Int(seed % 50) : nil)
        weather.takeoverPercent = seed % 3 == 0 ? 20 : 0
        let run = try LanguageRun(workflow, weather, orderSeed: seed, takeoverSeed: seed)
        let state = try run.stored.loaded()
        let record = ExecutionRecord(
            id: state.id, workflow: state.workflow, status: run.state.status, input: state.input,
            createdAt: state.createdAt, completedAt: run.state.completedAt, output: run.state.output,
            error: run.state.error, steps: ExecutionRecord(state, events: []).steps, events: run.events)
        let verdict = HistoryReplay.verdict(on: record, under: workflow.definition, original: workflow.definition)
        #expect(verdict == .same, "\(verdict)")
    }
}
