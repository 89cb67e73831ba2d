import PerdureJSON
import Testing

@testable import WorkflowCore

/// Random workflows of all that the language has, in random orders, with failures, cancellations and takeovers.
@Suite struct LanguagePropertyTests {
    @Test(arguments: UInt64(1)...120) func everyRunEndsAndKeepsTheRules(seed: UInt64) throws {
        let workflow = try RandomLanguage(maximumSteps: seed % 10 == 0 ? 200 : 40, mayRace: true, seed: seed)
        let weather = LanguageRun.Weather(
            failurePercent: [0, 3, 15, 40][Int(seed % 4)], cancelAfter: seed % 5 == 0 ? Int(seed) : nil)
        try check(LanguageRun(workflow, weather, orderSeed: seed))
    }

    @Test(arguments: UInt64(1000)...1100) func aRunThatIsTakenOverEndsAsOneThatIsNot(seed: UInt64) throws {
        let workflow = try RandomLanguage(maximumSteps: seed % 10 == 0 ? 200 : 30, mayRace: true, seed: seed)
        var weather = LanguageRun.Weather(
            failurePercent: [0, 3, 15, 40][Int(seed % 4)], cancelAfter: seed % 7 == 0 ? Int(seed % 60) : nil)
        let undisturbed = try LanguageRun(workflow, weather, orderSeed: seed)
        weather.takeoverPercent = seed % 10 == 0 ? 5 : 40
        let disturbed = try LanguageRun(workflow, weather, orderSeed: seed, takeoverSeed: seed)
        #expect(disturbed.state == undisturbed.state)
        #expect(disturbed.events == undisturbed.events)
    }

    @Test(arguments: UInt64(2000)...2080) func whatARunGivesDoesNotDependOnTheOrder(seed: UInt64) throws {
        let workflow = try RandomLanguage(maximumSteps: seed % 10 == 0 ? 200 : 40, mayRace: false, seed: seed)
        let weather = LanguageRun.Weather(failurePercent: [0, 10][Int(seed % 2)])
        let runs = try (1...3).map { try LanguageRun(workflow, weather, orderSeed: seed * $0) }
        // A failure that is not continued ends a run, and what was done by then depends on the order. So does which of
        // several is the one.
        guard runs[0].state.status == .success else {
            #expect(runs.allSatisfy { $0.state.status == .failed })
            return
        }
        for run in runs {
            #expect(run.state.output == runs[0].state.output && run.state.status == .success)
            for (step, other) in zip(run.state.steps, runs[0].state.steps).prefix(run.state.steps.definedCount) {
                #expect(step.status == other.status && step.output == other.output && step.input == other.input)
                #expect(step.error?.code == other.error?.code)
            }
        }
    }

    private func check(_ run: LanguageRun) throws {
        let definition = run.execution.definition
        let state = run.state
        #expect(run.events.map(\.sequence) == Array(1...Int64(run.events.count)))
        for (earlier, later) in zip(run.events, run.events.dropFirst()) { #expect(earlier.timestamp < later.timestamp) }
        #expect(run.events.filter(\.type.endsExecution).count == 1 && run.events.last?.type.endsExecution == true)
        #expect(state.steps.allSatisfy { $0.status.isTerminal && $0.dueAt == nil })
        #expect(try run.stored.loaded().steps == state.steps)
        #expect(state.ending == nil)

        var over: Set<String> = []
        var started: Set<String> = []
        var completed: [String] = []
        var undone: [String] = []
        for event in run.events {
            guard let name = try JSONValue(parsing: event.payload)["step_name"]?.stringValue else { continue }
            switch event.type {
            case .stepStarted:
                #expect(started.insert(name).inserted, "\(name) started twice")
                if name.hasSuffix(".compensate") { undone.append(String(name.dropLast(".compensate".count))) }
                guard let step = definition.stepIndex(named: name) else { continue }
                let predecessors = definition.steps[step].predecessors.map { definition.steps[$0].name }
                #expect(over.isSuperset(of: predecessors), "\(name) started too early")
            case .stepCompleted:
                completed.append(name)
                #expect(over.insert(name).inserted)
            case .stepFailed, .stepSkipped, .stepCancelled:
                #expect(over.insert(name).inserted, "\(name) ended twice")
            default: break
            }
        }
        let undoable = completed.filter { name in
            if name.hasSuffix(".compensate") { return false }
            let step = definition.steps.first { $0.name == name.prefix { $0 != "[" } }
            return step?.compensation != nil && (step?.loop == nil) == !name.contains("[")
        }
        if state.status == .success {
            #expect(undone.isEmpty && state.error == nil)
        } else {
            #expect(undone == undoable.reversed() && state.error != nil && state.output == nil)
        }
        var copy = run.execution
        for arrival: Arrival in [.accepted, .takenOver(interrupted: true), .timerFired(.executionTimeout)] {
            #expect(copy.handle(arrival, now: LanguageRun.noon) == Decision(), "an execution that ended changed")
        }
    }
}
