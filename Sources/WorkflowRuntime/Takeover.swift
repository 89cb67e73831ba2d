import Logging
import Synchronization
import WorkflowCore

/// Goes on with what a coordinator that is gone has left: first its unpublished events, then its executions.
///
/// The order matters: an execution's next event may be committed only when the earlier ones have been published, or
/// subscribers would see them out of order. So executions stay unclaimed until their owner's writers are closed.
final class Takeover: Sendable {
    /// Executions taken over in one go; a bound on what one statement loads.
    private static let executionsPerClaim = 200
    /// The same where there is no room: what is held may wait for what is not, such as a parent for a child, so a little is
    /// taken over each time.
    private static let executionsWithoutRoom = 50
    /// Events of a dead writer published in one go while nothing is known of their size: the last event of an execution
    /// brings its whole output.
    private static let eventsAtFirst = 100
    /// The same once they have turned out to be small.
    private static let eventsPerPublication = 1_000
    /// What counts as small, for the first of them together.
    private static let smallBytes = 1024 * 1024

    private let configuration: CoordinatorConfiguration
    private let journal: any Journal
    private let publisher: any EventPublisher
    private let outbox: Outbox
    private let lanes: Lanes
    private let definitions: DefinitionRegistry
    private let logger: Logger
    private let isRunning = Mutex(false)
    private let reportedMissing = Mutex<Set<WorkflowReference>>([])

    init(
        configuration: CoordinatorConfiguration, journal: any Journal, publisher: any EventPublisher, outbox: Outbox,
        lanes: Lanes,
        definitions: DefinitionRegistry, logger: Logger
    ) {
        self.configuration = configuration
        self.journal = journal
        self.publisher = publisher
        self.outbox = outbox
        self.lanes = lanes
        self.definitions = definitions
        self.logger = logger
    }

    /// Takes over what there is; does nothing when it is at it already.
    func run() async throws {
        let isFirst = isRunning.withLock { running in
            defer { running = true }
            return !running
        }
        guard isFirst else { return }
        defer { isRunning.withLock { $0 = false } }
        let writers = try await journal.claimWriters(publisher: configuration.owner, lease: configuration.lease)
        if !writers.isEmpty {
            // Executions stand still until this is out; what the own ones have committed can wait for a moment.
            try await outbox.giveWay { for writer in writers { try await publishRemainder(of: writer) } }
        }
        try await freeStrays()
        try await claimExecutions()
    }

    /// Lets go of what was claimed for a lane that never heard of it, because the connection broke before the answer.
    /// While the lane lives, nobody else could.
    private func freeStrays() async throws {
        for lane in lanes.all {
            let owner = await lane.owner
            let strays = await lane.strays(among: try await journal.owned(by: owner), of: owner)
            guard !strays.isEmpty else { continue }
            logger.warning(
                "executions had been claimed without an answer; they are claimed again",
                metadata: [LogKey.count: "\(strays.count)"])
            try await journal.release(strays, owner: owner, isHandedOver: false)
        }
    }

    /// Publishes what a dead writer's cursor has not passed. The next portion is read while one is on its way.
    private func publishRemainder(of writer: ClaimedWriter) async throws {
        var count = 0
        var events = try await journal.events(
            of: writer.id, after: writer.publishedPosition, limit: Self.eventsAtFirst)
        while let last = events.last {
            let bytes = events.reduce(0) { $0 + $1.event.event.payload.count }
            let limit =
                bytes / events.count * Self.eventsAtFirst < Self.smallBytes
                ? Self.eventsPerPublication : Self.eventsAtFirst
            async let following = journal.events(of: writer.id, after: last.position, limit: limit)
            try await publisher.publish(
                EventGroup.groups(events.lazy.map(\.event)), replies: events.flatMap(\.replies))
            count += events.count
            let isOurs = try await journal.recordPublished(
                writer: writer.id, publisher: configuration.owner, position: last.position
            )
            // This coordinator was away for longer than a lease, and another has gone on with it.
            guard isOurs else { return }
            events = try await following
        }
        try await journal.closeWriter(writer.id, publisher: configuration.owner)
        logger.log(
            level: count == 0 ? .debug : .warning, "published what a coordinator that is gone had committed",
            metadata: [LogKey.count: "\(count)"]
        )
    }

    private func claimExecutions() async throws {
        var hasRoom = true
        while hasRoom {
            guard let (lane, owner, room) = await lanes.roomiest() else { return }
            hasRoom = room > 0
            let limit = hasRoom ? min(Self.executionsPerClaim, room) : Self.executionsWithoutRoom
            let claims = try await journal.claimExecutions(
                owner: owner, publisher: configuration.owner, lease: configuration.lease, limit: limit
            )
            guard !claims.isEmpty else { return }
            var usable: [(ClaimedExecution, WorkflowDefinition)] = []
            var unusable: [ExecutionID] = []
            for claim in claims {
                if let definition = try await definitions.definition(claim.state.workflow, journal: journal) {
                    usable.append((claim, definition))
                } else {
                    unusable.append(claim.state.id)
                    reportMissing(claim.state.workflow)
                }
            }
            if !usable.isEmpty { logger.warning("took over executions", metadata: [LogKey.count: "\(usable.count)"]) }
            if !usable.isEmpty {
                await lane.expect(usable.count)
                lane.mailbox.post(.takenOver(usable, owner: owner))
            }
            if !unusable.isEmpty {
                // Another coordinator may have what is missing here.
                try await journal.putBack(unusable, owner: owner, publisher: configuration.owner)
                return
            }
        }
    }

    private func reportMissing(_ reference: WorkflowReference) {
        guard reportedMissing.withLock({ $0.insert(reference).inserted }) else { return }
        logger.error(
            "executions wait for a definition that this coordinator cannot load; start one with its agents registered",
            metadata: [LogKey.workflow: "\(reference.id) version \(reference.version)"]
        )
    }
}
