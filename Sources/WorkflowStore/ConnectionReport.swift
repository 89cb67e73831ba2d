import Logging
import PostgresClient
import Synchronization
import WorkflowCore

/// Tells an operator about a database that is away, in one line when it happens and one when it is back.
final class ConnectionReport: Sendable {
    private let endpoint: String
    private let logger: Logger
    private let lastMessage = Mutex<String?>(nil)

    init(endpoint: String, logger: Logger) {
        self.endpoint = endpoint
        self.logger = logger
    }

    /// - Parameter isFirst: false for connections whose comings and goings are those of another, told at debug level.
    ///   Failures to connect are told whoever meets them first.
    func changed(_ state: PostgresSessionState, isFirst: Bool) {
        switch state {
        case .connectFailed(let error, _, let pause):
            let isNews = lastMessage.withLock { last in
                defer { last = error.message }
                return last != error.message
            }
            logger.log(
                level: isNews ? .warning : .debug,
                "cannot reach PostgreSQL at \(endpoint): \(error.message). Trying again until it answers.",
                metadata: [LogKey.delay: "\(Int(pause.seconds * 1000))"]
            )
        case .connected:
            lastMessage.withLock { $0 = nil }
            logger.log(level: isFirst ? .info : .debug, "connected to PostgreSQL at \(endpoint)")
        case .lost(let error):
            logger.log(
                level: isFirst ? .warning : .debug, "lost the connection to PostgreSQL at \(endpoint): \(error.message)"
            )
        default:
            break
        }
    }
}
