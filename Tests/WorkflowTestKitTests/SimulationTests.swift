import Testing
import WorkflowTestKit

@Suite struct SimulationTests {
    /// More with `make sim`.
    @Test(.timeLimit(.minutes(10)), arguments: [UInt64(0), 1, 2, 3])
    func seedsFindNothingWrong(quarter: UInt64) {
        for seed in (quarter * 75 + 1)...(quarter * 75 + 75) {
            let outcome = Simulation(seed: seed).run()
            #expect(outcome.failure == nil, "\(outcome.report())")
        }
    }

    @Test(.timeLimit(.minutes(10))) func aSeedAlwaysGoesTheSameWay() {
        var hashes: Set<UInt64> = []
        for seed in UInt64(5000)..<5040 {
            let (first, second) = (Simulation(seed: seed).run(), Simulation(seed: seed).run())
            #expect(first.traceHash == second.traceHash, "seed \(seed)")
            #expect(first.traceTail == second.traceTail, "seed \(seed)")
            #expect(first.stepCount == second.stepCount && first.counts == second.counts, "seed \(seed)")
            hashes.insert(first.traceHash)
        }
        #expect(hashes.count == 40, "every seed goes its own way")
    }

    /// What goes wrong in worlds without trouble is not what the simulator is for.
    @Test func thereIsTrouble() {
        var counts = SimulationCounts()
        for seed in UInt64(1)...40 { counts += Simulation(seed: seed).run().counts }
        #expect(counts.executions > 100 && counts.kills > 30 && counts.takeovers > 15 && counts.copies > 100)
        #expect(counts.children > 100)
        #expect(counts.appliedControls > 30 && counts.refusedControls > 30)
        #expect(counts.waitedForTurn > 5)
        #expect(counts.ticks > 15)
    }

    /// Each of these breaks one promise of the journal; what the checks say of it must not be luck.
    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            // A commit that happens twice is seen in its positions, or in an execution that it ends once more.
            (Sabotage.ignoresCopies, ["position", "goes on after its end"]), (.ignoresHeirs, ["which it has lost"]),
            (.ignoresKeys, ["is accepted twice"]), (.claimsTooEarly, ["before its event"]),
            (.forgetsCallers, ["neither answered nor remembered"]), (.leavesLocks, ["ended"]),
            // The step that is lost may have an output already, or be an item whose agent is called.
            (.losesSteps, ["another output", "the result of", "which is not committed"]),
            (.skipsAnEvent, ["is published after"]),
            (.forgetsControlKeys, ["control message"]), (.leavesControlsOpen, ["control message"]),
            (.forgetsAnswers, ["is not answered"]), (.forgetsSends, ["has not ended"]),
            (.forgetsTicks, ["was not started"]),
            (.grantsTooMany, ["and the limit of its line is"]), (.grantsOutOfOrder, ["wait before it"]),
            (.keepsSlots, ["has not ended", "place in a line"]),
        ])
    func faultsOfAJournalAreFound(sabotage: Sabotage, expected: [String]) throws {
        let failures = (UInt64(1)...1000).lazy.compactMap { Simulation(seed: $0, sabotage: [sabotage]).run().failure }
        let failure = try #require(failures.first, "no seed found it")
        #expect(expected.contains { failure.contains($0) }, "\(failure)")
    }

    @Test func aFailureIsReportedWithItsSeedAndWhatLedToIt() throws {
        let outcomes = (UInt64(1)...1000).lazy.map { Simulation(seed: $0, sabotage: [.claimsTooEarly]).run() }
        let outcome = try #require(outcomes.first { $0.failure != nil })
        let report = outcome.report(lines: 20)
        #expect(report.contains("seed \(outcome.seed) failed: "))
        #expect(report.contains("make sim SEED=\(outcome.seed) COUNT=1"))
        #expect(report.split(separator: "\n").count == 22)
        #expect(outcome.traceTail.last?.contains("FAILED") == true)
    }
}
