import Logging
import Synchronization
import WorkflowCore

/// A coordinator's sign of life: renews what it holds, and notices what others have left behind.
///
/// One statement every third of a lease; but for a look through everything each minute and the tables' upkeep each hour,
/// that is all an idle coordinator asks of the database.
struct LeaseKeeper: Sendable {
    let configuration: CoordinatorConfiguration
    let journal: any Journal
    let outbox: Outbox
    let answers: ControlAnswers
    let lanes: Lanes
    let takeover: Takeover
    let environment: RuntimeEnvironment
    let logger: Logger

    /// Between two looks through all owned executions for one that nobody holds. What coordinators leave behind is found
    /// at the next tick; this is for what no code here is known to leave.
    private static let sweepInterval = Duration.seconds(60)

    /// Between two times that the tables are prepared for the days to come; they are for a week at a time.
    private static let maintenanceInterval = Duration.seconds(3600)

    /// How many ticks there are in a lease while the end of another coordinator's is waited for.
    private static let alertTicksPerLease = 24

    /// Ticks until cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            var recorded: [WriterID: Int64] = [:]
            var sweepAt = environment.uptime() + Self.sweepInterval
            var maintainAt = environment.uptime() + Self.maintenanceInterval
            var isAlert = false
            while true {
                // More often while the connection of another is gone: it is back in a moment, or to be taken for dead.
                try await environment.sleep(configuration.lease / (isAlert ? Self.alertTicksPerLease : 3))
                var isAsked = false
                var writers: [(lane: JournalLane, writer: WriterID)] = []
                var due: [LeaseRenewal] = []
                for lane in lanes.all {
                    // Asked before the tick: a writer that a lane opens meanwhile is not in the tick's report.
                    if let writer = await lane.writer { writers.append((lane, writer)) }
                    due += await lane.dueRenewals()
                    if await lane.takeLetGo() { isAsked = true }
                }
                let report = try await journal.tick(
                    publisher: configuration.owner, lease: configuration.lease, due: due)
                isAlert = report.hasLostSessions
                for (lane, writer) in writers {
                    if !report.liveWriters.contains(writer) { lane.mailbox.post(.writerLost(writer)) }
                    let published = outbox.publishedPosition(of: writer)
                    guard published != recorded[writer] ?? 0 else { continue }
                    // Commits carry the position too, now and then; this is for what is left when they end.
                    _ = try await journal.recordPublished(
                        writer: writer, publisher: configuration.owner, position: published
                    )
                    recorded[writer] = published
                }
                // What hints did not reach, and what coordinators that are gone have left.
                await lanes.tell(report.openControls)
                if report.hasUnansweredControls { answers.look() }
                if environment.uptime() >= maintainAt {
                    maintainAt = environment.uptime() + Self.maintenanceInterval
                    // Beside the ticks: it may wait for locks.
                    group.addTask { await journal.maintain() }
                }
                let isSweep = environment.uptime() >= sweepAt
                if isSweep { sweepAt = environment.uptime() + Self.sweepInterval }
                if report.hasAbandonedWork || isAsked || isSweep {
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
