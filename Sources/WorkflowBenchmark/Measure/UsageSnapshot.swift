/// What the groups of processes have used up to a moment.
struct UsageSnapshot: Sendable {
    /// The groups, in the order in which they are shown.
    enum Group: String, Sendable, CaseIterable {
        /// Coordinators, or the floor.
        case coordinator
        /// PostgreSQL with all its backends.
        case database
        /// RabbitMQ.
        case broker
        /// The producer and the subscriber: this process.
        case load
    }

    /// Processor seconds; a group that is not on this machine is missing.
    let processorSeconds: [Group: Double]
    /// Bytes of memory in use.
    let residentBytes: [Group: Int]

    /// Reads the groups; several processes of one group are added up.
    init(_ groups: [Group: [ProcessGroup]]) {
        processorSeconds = groups.filter { !$0.value.isEmpty }
            .mapValues { $0.reduce(0) { $0 + $1.processorSeconds() } }
        residentBytes = groups.filter { !$0.value.isEmpty }.mapValues { $0.reduce(0) { $0 + $1.residentBytes() } }
    }
}
