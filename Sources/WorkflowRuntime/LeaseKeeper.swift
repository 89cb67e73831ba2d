import Logging
import Synchronization
import WorkflowCore

/// A coordinator's sign of life: renews what it holds, and notices what others have left behind.
///
/// One statement every third of a lease; that is all an idle coordinator asks of the database.
struct LeaseKeeper: Sendable {
    let configuration: CoordinatorConfiguration
    let journal: any Journal
    let outbox: Outbox
    let lane: JournalLane
    let takeover: Takeover
    let environment: RuntimeEnvironment
    let logger: Logger

    /// Ticks until cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var recorded: Int64 = 0
            while true {
                try await environment.sleep(configuration.lease / 3)
                // Asked before the tick: a writer that the lane opens meanwhile is not in the tick's report.
                let writer = await lane.writer
                let report = try await journal.tick(
                    owner: configuration.owner, lease: configuration.lease, held: await lane.heldIDs
                )
                guard let writer else { continue }
                if !report.liveWriters.contains(writer) { lane.mailbox.post(.writerLost(writer)) }
                let published = outbox.publishedPosition(of: writer)
                if published != recorded {
                    // Commits carry the position too; this is for the time when there are none.
                    _ = try await journal.recordPublished(
                        writer: writer, owner: configuration.owner, position: published
                    )
                    recorded = published
                }
                if report.hasAbandonedWork {
                    // Beside the ticks: what a dead coordinator left may take longer than a lease to publish.
                    group.addTask { await attemptTakeover() }
                }
            }
        }
    }

    /// One that fails is tried again at the next tick; it must not end the ticks.
    private func attemptTakeover() async {
        do {
            try await takeover.run()
        } catch {
            if !Task.isCancelled { logger.error("a takeover failed and is tried again: \(error)") }
        }
    }
}
