import AMQPClient
import Logging

/// The exchanges and queues of the runtime, and how they are declared.
public struct Topology: Sendable, Hashable {
    /// What every name begins with, so that several runtimes can share a virtual host.
    public let prefix: String

    /// The topology under a prefix.
    public init(prefix: String = "workflow") {
        self.prefix = prefix
    }

    /// Execution requests: a topic exchange, and a quorum queue of the same name bound to it with `#`.
    public var requests: String { "\(prefix).requests" }
    /// Control messages: a topic exchange, and a quorum queue of the same name bound to it with `#`.
    public var control: String { "\(prefix).control" }
    /// Committed events: a topic exchange.
    public var events: String { "\(prefix).events" }
    /// The stream that keeps every event for replay.
    public var eventsLog: String { "\(prefix).events.log" }
    /// Messages that could not be used: a topic exchange, and a quorum queue of the same name bound to it with `#`.
    public var dead: String { "\(prefix).dead" }

    /// What belongs together, so that whoever needs one part need not declare the others.
    public enum Part: Sendable, CaseIterable {
        /// Requests, events and messages that could not be used.
        case work
        /// Control messages.
        case control
    }

    /// Declares what is missing.
    ///
    /// What an operator has declared with other arguments is used as it is, with a warning; so is everything where
    /// this user may not declare. The kind of a queue is the only argument: limits belong in policies, where an
    /// operator can change them.
    /// - Throws: `AMQPError` when the connection is lost.
    public func declare(
        _ parts: [Part] = Part.allCases, on connection: AMQPConnection, logger: Logger
    ) async throws(AMQPError) {
        for part in parts {
            switch part {
            case .work:
                try await declare(
                    exchanges: [requests, events, dead],
                    queues: [(requests, "quorum"), (eventsLog, "stream"), (dead, "quorum")],
                    bindings: [(requests, requests), (eventsLog, events), (dead, dead)], on: connection, logger)
            case .control:
                try await declare(
                    exchanges: [control], queues: [(control, "quorum")], bindings: [(control, control)],
                    on: connection, logger)
            }
        }
    }

    private func declare(
        exchanges: [String], queues: [(name: String, kind: String)], bindings: [(queue: String, exchange: String)],
        on connection: AMQPConnection, _ logger: Logger
    ) async throws(AMQPError) {
        for exchange in exchanges {
            try await tolerating(exchange, "exchange", logger) { () async throws(AMQPError) in
                try await connection.declareExchange(exchange, kind: .topic)
            }
        }
        for (queue, kind) in queues {
            try await tolerating(queue, "queue", logger) { () async throws(AMQPError) in
                _ = try await connection.declareQueue(queue, arguments: ["x-queue-type": .string(kind)])
            }
        }
        for (queue, exchange) in bindings {
            try await tolerating("\(exchange) → \(queue)", "binding", logger) { () async throws(AMQPError) in
                try await connection.bindQueue(queue, to: exchange, routingKey: "#")
            }
        }
    }

    private func tolerating(
        _ name: String, _ what: String, _ logger: Logger, _ declare: () async throws(AMQPError) -> Void
    ) async throws(AMQPError) {
        for attempt in 1... {
            do throws(AMQPError) {
                return try await declare()
            } catch {
                switch error.code {
                case .preconditionFailed:
                    return logger.warning("the \(what) \(name) was declared with other arguments; using it as it is")
                case .notFound where attempt < Self.recoveryAttempts:
                    // A broker that has just started takes connections before its queues and streams are back.
                    do { try await Task.sleep(for: Self.recoveryPause) } catch {
                        throw AMQPError(code: .cancelled, message: "Cancelled while the broker was starting.")
                    }
                case .accessRefused, .notFound:
                    return logger.warning(
                        "the \(what) \(name) could not be declared; it has to be there: \(error.message)")
                default:
                    throw error
                }
            }
        }
    }

    /// How long a queue that is on its way back is waited for: ten seconds in all.
    private static let recoveryAttempts = 40
    private static let recoveryPause = Duration.milliseconds(250)
}
