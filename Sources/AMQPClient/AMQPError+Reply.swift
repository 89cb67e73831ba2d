import CRabbitMQ

extension AMQPError {
    /// AMQP reply codes that this room branches on (AMQP 0.9.1 specification, section 1.2).
    enum Reply {
        static let contentTooLarge = 311
        static let noConsumers = 313
        static let connectionForced = 320
        static let accessRefused = 403
        static let notFound = 404
        static let resourceLocked = 405
        static let preconditionFailed = 406
        static let frameError = 501
        static let notImplemented = 540
        static let notAllowed = 530
    }

    /// Whether a close with this code can have been caused by the content of what was written, so that writing the
    /// same again would only repeat it.
    var mayBeCausedByContent: Bool {
        guard let replyCode else { return false }
        switch replyCode {
        case Reply.contentTooLarge, Reply.accessRefused...Reply.preconditionFailed: return true
        case Reply.frameError...505, Reply.notImplemented: return true
        default: return false
        }
    }

    /// The error for a `channel.close` or `connection.close` sent by the broker.
    static func closedByBroker(
        scope: Code, replyCode: Int, text: String, address: String, action: String? = nil
    ) -> AMQPError {
        let doing = action.map { " while \($0)" } ?? ""
        let (code, advice): (Code, String) =
            switch replyCode {
            case Reply.accessRefused: (.accessRefused, "grant the user the permission")
            case Reply.notFound: (.notFound, "create it, or correct the name")
            case Reply.resourceLocked: (.resourceLocked, "wait until the connection that owns the queue has ended")
            case Reply.preconditionFailed: (.preconditionFailed, "use what exists as it is, or delete it first")
            case Reply.notAllowed: (.notAllowed, "check the virtual host and the broker's limits")
            default: (scope, "see the broker's log")
            }
        return AMQPError(
            code: code, replyCode: replyCode, message: "The broker \(address) refused\(doing): \(text); \(advice).")
    }

    /// The error for a negative status of librabbitmq on an open connection.
    static func library(status: Int32, address: String) -> AMQPError {
        let text = String(cString: amqp_error_string2(status))
        switch status {
        case CRABBIT_HEARTBEAT_TIMEOUT:
            return AMQPError(
                code: .heartbeatTimeout,
                message: "The broker \(address) has been silent for two heartbeats; check its load and the network.")
        case CRABBIT_BAD_DATA:
            return AMQPError(
                code: .protocolError,
                message: "The peer \(address) sent bytes that are not AMQP 0.9.1; check what listens there.")
        default:
            return AMQPError(
                code: .connectionLost,
                message: "The connection to the broker \(address) broke; check that the broker is running.",
                underlying: text)
        }
    }

    /// The error of everything that is asked of a connection that this side has closed.
    static func closedHere(address: String) -> AMQPError {
        AMQPError(code: .closed, message: "The connection to the broker \(address) is closed; open a new one.")
    }

    /// The error of a wait that ended because its task was cancelled.
    static func cancelled(_ what: String) -> AMQPError {
        AMQPError(code: .cancelled, message: "\(what) was cancelled; whether the broker has acted is unknown.")
    }
}
