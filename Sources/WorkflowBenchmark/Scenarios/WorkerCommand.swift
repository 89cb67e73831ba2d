/// How this program starts the processes that do the work.
public struct WorkerCommand: Sendable {
    /// What a worker is told.
    public struct Assignment: Sendable {
        /// The database.
        public let databaseURL: String
        /// The broker.
        public let amqpURL: String
        /// What the names of exchanges and queues begin with.
        public let prefix: String
        /// The folder with the definitions.
        public let workflowsFolder: String
        /// Settings that are not the defaults.
        public let variant: RunVariant
    }

    let coordinatorArguments: [String]
    let floorArguments: @Sendable (_ streams: Int) -> [String]
    let environment: @Sendable (Assignment) -> [String: String]

    /// A way to start workers.
    ///
    /// - Parameters:
    ///   - coordinatorArguments: The command line of a coordinator.
    ///   - floorArguments: The command line of the floor with so many streams of commits.
    ///   - environment: What tells them where to work.
    public init(
        coordinatorArguments: [String], floorArguments: @escaping @Sendable (_ streams: Int) -> [String],
        environment: @escaping @Sendable (Assignment) -> [String: String]
    ) {
        self.coordinatorArguments = coordinatorArguments
        self.floorArguments = floorArguments
        self.environment = environment
    }
}
