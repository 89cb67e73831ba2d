import AMQPClient
import Logging
import Synchronization
import WorkflowCore

/// Tells an operator about a broker that is away, in one line when it happens and one when it is back.
final class BrokerReport: Sendable {
    private let address: String
    private let role: String
    private let logger: Logger
    private let lastMessage = Mutex<String?>(nil)

    init(address: String, role: String, logger: Logger) {
        self.address = address
        self.role = role
        self.logger = logger
    }

    func changed(_ state: AMQPConnectionState) {
        switch state {
        case .connectFailed(let error, let pause):
            let isNews = lastMessage.withLock { last in
                defer { last = error.message }
                return last != error.message
            }
            logger.log(
                level: isNews ? .warning : .debug,
                "cannot reach RabbitMQ at \(address) (\(role)): \(error.message) Trying again until it answers.",
                metadata: [LogKey.delay: "\(Int(pause / .milliseconds(1)))"]
            )
        case .connected:
            lastMessage.withLock { $0 = nil }
            logger.info("connected to RabbitMQ at \(address) (\(role))")
        case .lost(let error, _):
            logger.warning("lost the connection to RabbitMQ at \(address) (\(role)): \(error.message)")
        case .blocked(let reason):
            logger.warning("RabbitMQ at \(address) takes no messages for now (\(reason)); waiting")
        case .unblocked:
            logger.info("RabbitMQ at \(address) takes messages again")
        case .stopped:
            break
        }
    }
}
