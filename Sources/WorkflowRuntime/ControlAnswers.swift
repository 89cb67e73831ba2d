import Logging
import Synchronization
import WorkflowCore

/// Tells the senders of control messages what became of them, once that is committed.
///
/// What waits here is in the inbox too, as settled and not answered, under the name of the lane that settled it. When that
/// lane is gone, whoever notices tells the senders instead. So a sender may be told twice, but not never.
final class ControlAnswers: Sendable {
    private struct State {
        var waiting: [SettledControl] = []
        /// Those that are waiting or being told.
        var known: Set<ControlID> = []
        var mustLook = false
        var isBusy = false

        mutating func add(_ settled: [SettledControl]) {
            for entry in settled where known.insert(entry.control.id).inserted { waiting.append(entry) }
        }

        mutating func putBack(_ settled: [SettledControl], mustLook: Bool) {
            waiting.insert(contentsOf: settled, at: 0)
            self.mustLook = self.mustLook || mustLook
            isBusy = false
        }
    }

    /// How many are looked for, and told, at a time.
    private static let portion = 500
    /// Before what failed is tried again.
    private static let retryPause = Duration.seconds(1)

    private let journal: any Journal
    private let publisher: any EventPublisher
    private let environment: RuntimeEnvironment
    private let logger: Logger
    private let state = Mutex(State())
    private let (attention, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(journal: any Journal, publisher: any EventPublisher, environment: RuntimeEnvironment, logger: Logger) {
        self.journal = journal
        self.publisher = publisher
        self.environment = environment
        self.logger = logger
    }

    /// Adds what a commit has settled.
    func enqueue(_ settled: [SettledControl]) {
        guard !settled.isEmpty else { return }
        state.withLock { $0.add(settled) }
        wake.yield()
    }

    /// Asks for a look at whether there are senders that nobody else will tell.
    func look() {
        state.withLock { $0.mustLook = true }
        wake.yield()
    }

    /// Whether nobody waits to be told.
    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty && !$0.mustLook && !$0.isBusy } }

    /// Tells senders until cancelled.
    func run() async {
        for await _ in attention {
            while let (settled, mustLook) = next() {
                do {
                    if mustLook { try await lookForMore() }
                    if !settled.isEmpty { try await tell(settled) }
                    state.withLock { $0.isBusy = false }
                } catch {
                    if Task.isCancelled { return }
                    logger.error("senders of control messages could not be told; trying again: \(error)")
                    state.withLock { $0.putBack(settled, mustLook: mustLook) }
                    do { try await environment.sleep(Self.retryPause) } catch { return }
                }
            }
        }
    }

    private func next() -> (settled: [SettledControl], mustLook: Bool)? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.mustLook else { return nil }
            let settled = Array(state.waiting.prefix(Self.portion))
            state.waiting.removeFirst(settled.count)
            state.isBusy = true
            defer { state.mustLook = false }
            return (settled, state.mustLook)
        }
    }

    private func lookForMore() async throws {
        let found = try await journal.unansweredControls(limit: Self.portion)
        state.withLock { state in
            state.add(found)
            // There may be more of them.
            if found.count == Self.portion { state.mustLook = true }
        }
    }

    private func tell(_ settled: [SettledControl]) async throws {
        try await publisher.answer(settled)
        let ids = settled.map(\.control.id)
        try await journal.recordAnswered(ids)
        state.withLock { $0.known.subtract(ids) }
    }
}
