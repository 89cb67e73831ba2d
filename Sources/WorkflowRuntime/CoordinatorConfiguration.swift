import Cron

/// How a coordinator works; every number has a default that suits two cores.
public struct CoordinatorConfiguration: Sendable {
    /// Who it is, in logs and, with the number of a lane, in `execution_locks.owner`; unique for each start of each
    /// process.
    public var owner: String
    /// How long its executions stay its own without a sign of life. A third of it passes between two renewals.
    public var lease: Duration
    /// Executions of one workflow under way at most, and an eighth more of all together; requests beyond them wait in the
    /// broker's queue.
    public var maxInFlight: Int
    /// Streams of commits, each with a connection of its own to the database; no more than executions under way. While
    /// one waits for the database the others decide.
    public var lanes: Int
    /// Arrivals that share a commit at most: past 200, commits take longer without carrying more per second.
    public var maxBatch: Int
    /// Threads on which agents compute.
    public var agentThreads: Int
    /// How many calls of an agent are at work at once, by the agent's name; agents not named have no limit.
    public var agentLimits: [String: Int]
    /// Whether it starts workflows by the clock, where their definitions have a schedule.
    public var keepsSchedules: Bool
    /// The time zones that schedules may name, for definitions that are not those of the files.
    public var timeZones: TimeZoneDatabase
    /// How long a shutdown waits for agents that are at work.
    public var drainDeadline: Duration
    /// Whether the content of a version may change, with a warning, as while definitions are being written.
    public var versionsMayChange: Bool

    /// A configuration.
    public init(
        owner: String, lease: Duration = .seconds(6), maxInFlight: Int = 10_000, lanes: Int = 1,
        maxBatch: Int = 200, agentThreads: Int = 2, agentLimits: [String: Int] = [:],
        keepsSchedules: Bool = true, timeZones: TimeZoneDatabase = .utcOnly, drainDeadline: Duration = .seconds(10),
        versionsMayChange: Bool = false
    ) {
        self.owner = owner
        self.lease = lease
        self.maxInFlight = max(1, maxInFlight)
        self.lanes = max(1, min(lanes, maxInFlight))
        self.maxBatch = max(1, maxBatch)
        self.agentThreads = max(1, agentThreads)
        self.agentLimits = agentLimits
        self.keepsSchedules = keepsSchedules
        self.timeZones = timeZones
        self.drainDeadline = drainDeadline
        self.versionsMayChange = versionsMayChange
    }

    /// A lane's part of the executions under way.
    var maxInFlightPerLane: Int { (maxInFlight + lanes - 1) / lanes }
}
