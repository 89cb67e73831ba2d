import Glibc
import Synchronization

/// Watches what the groups of processes use while a run is measured.
final class UsageWatch: Sendable {
    /// How often memory is looked at; reading `/proc` costs about a millisecond.
    private static let interval = Duration.seconds(1)

    private struct State {
        var lastLook = ContinuousClock.now
        var most: [UsageSnapshot.Group: Int]
        var isFinished = false
    }

    private let run: BenchmarkRun
    private let database: ProcessGroup?
    private let broker: ProcessGroup?
    private let start: UsageSnapshot
    private let lostAtStart: Double
    private let state: Mutex<State>

    /// Begins to watch.
    init(run: BenchmarkRun) {
        self.run = run
        database = run.stage.databaseProcesses
        broker = run.stage.brokerProcesses
        let snapshot = Self.snapshot(run, database, broker)
        start = snapshot
        lostAtStart = run.crew.lostProcessorSeconds
        state = Mutex(State(most: snapshot.residentBytes))
    }

    private static func snapshot(
        _ run: BenchmarkRun, _ database: ProcessGroup?, _ broker: ProcessGroup?
    ) -> UsageSnapshot {
        UsageSnapshot([
            .coordinator: run.crew.workers.map(\.group), .database: [database].compactMap { $0 },
            .broker: [broker].compactMap { $0 }, .load: [ProcessGroup(root: getpid(), isAlone: true)],
        ])
    }

    /// Looks at the memory, unless it has just been looked at.
    func look() {
        let isDue = state.withLock { state in
            guard ContinuousClock.now - state.lastLook >= Self.interval else { return false }
            state.lastLook = .now
            return true
        }
        if isDue { note(Self.snapshot(run, database, broker)) }
    }

    private func note(_ snapshot: UsageSnapshot) {
        state.withLock { $0.most.merge(snapshot.residentBytes) { max($0, $1) } }
    }

    /// Puts what was used into the figures.
    func finish(_ figures: inout RunFigures) {
        let end = Self.snapshot(run, database, broker)
        note(end)
        let most = state.withLock { $0.most }
        for group in UsageSnapshot.Group.allCases {
            guard let before = start.processorSeconds[group], let after = end.processorSeconds[group] else { continue }
            let lost = group == .coordinator ? run.crew.lostProcessorSeconds - lostAtStart : 0
            figures.processorSeconds[group.rawValue] = max(0, after + lost - before)
            figures.residentMegabytes[group.rawValue] = [
                start.residentBytes[group] ?? 0, most[group] ?? 0, end.residentBytes[group] ?? 0,
            ].map { Double($0) / 1_048_576 }
        }
    }
}
