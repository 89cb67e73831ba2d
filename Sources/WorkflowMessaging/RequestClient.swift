import AMQPClient
import PerdureJSON
import Synchronization
import WorkflowCore

/// Publishes requests and control messages as any service would, and waits for the replies.
public struct RequestClient: Sendable {
    private let configuration: AMQPConfiguration
    private let topology: Topology
    private let environment: RuntimeEnvironment

    /// Why a request did not get through.
    public struct Failure: Error, Sendable {
        /// One sentence that says what to do.
        public let message: String
    }

    /// A client; it connects for each call.
    public init(configuration: AMQPConfiguration, topology: Topology, environment: RuntimeEnvironment) {
        self.configuration = configuration
        self.topology = topology
        self.environment = environment
    }

    /// Publishes a request and waits until the broker has it on disk.
    ///
    /// - Throws: `AMQPError`, or `Failure` when no queue takes it.
    public func submit(_ request: ExecutionRequest) async throws {
        try await withEvents { connection, events in
            _ = try await publish(message(request, replyTo: nil), on: connection, events)
        }
    }

    /// Publishes a request and waits for its result.
    ///
    /// The answer comes to a queue that lives as long as this connection; when that breaks, the result is in the
    /// tables only.
    /// - Returns: The body of the reply.
    /// - Throws: `AMQPError`, or `Failure` when no queue takes the request or no answer comes within `timeout`.
    public func execute(_ request: ExecutionRequest, timeout: Duration) async throws -> JSONValue {
        try await reply(
            within: timeout,
            unless: "No result within \(timeout.components.seconds) seconds; the request is durable, so look at "
                + "`perdure list` and whether a coordinator runs (`perdure serve`)."
        ) { message(request, replyTo: $0) }
    }

    /// Publishes a control message and waits for what became of it.
    ///
    /// - Returns: The body of the reply.
    /// - Throws: `AMQPError`, or `Failure` when no queue takes the message or no reply comes within `timeout`.
    public func send(_ control: ControlRequest, timeout: Duration) async throws -> JSONValue {
        try await reply(
            within: timeout,
            unless: "No reply within \(timeout.components.seconds) seconds; the message is durable, so look at "
                + "`perdure show \(control.executionID)` and whether a coordinator runs (`perdure serve`)."
        ) { message(control, replyTo: $0) }
    }

    /// Publishes a message, waits for the reply to it, and gives the reply's body.
    private func reply(
        within timeout: Duration, unless tooLate: String, to message: @escaping @Sendable (String) -> AMQPMessage
    ) async throws -> JSONValue {
        try await withEvents { connection, events in
            let queue = try await connection.declareQueue(durable: false, exclusive: true, autoDelete: true)
            try await connection.consume(queue.name, noAck: true, exclusive: true)
            let early = try await publish(message(queue.name), on: connection, events)
            if let reply = early { return try JSONValue(parsing: reply.body) }
            return try await Self.within(timeout, unless: tooLate) {
                for await event in events {
                    switch event {
                    case .deliveries(let deliveries):
                        if let reply = deliveries.first { return try JSONValue(parsing: reply.body) }
                    case .closed(let error):
                        throw error
                    default:
                        continue
                    }
                }
                throw Failure(message: "The connection ended before the reply came; look it up with `perdure list`.")
            }
        }
    }

    private func message(_ request: ExecutionRequest, replyTo: String?) -> AMQPMessage {
        var headers: AMQPTable = [:]
        if let traceparent = request.traceparent {
            headers[MessageConventions.traceparentHeader] = .string(traceparent)
        }
        let key = request.idempotencyKey ?? request.executionID?.description
        return AMQPMessage(
            exchange: topology.requests, routingKey: request.workflowID,
            properties: AMQPProperties(
                contentType: MessageConventions.json, headers: headers,
                priority: request.priority.map { UInt8(clamping: $0) },
                correlationID: replyTo == nil ? nil : key, replyTo: replyTo, messageID: key,
                timestamp: environment.now().secondsSinceEpoch, type: "perdure.request", appID: MessageConventions.appID
            ),
            body: request.body.jsonBytes
        )
    }

    private func message(_ control: ControlRequest, replyTo: String) -> AMQPMessage {
        AMQPMessage(
            exchange: topology.control, routingKey: control.action.name,
            properties: AMQPProperties(
                contentType: MessageConventions.json, correlationID: control.messageKey, replyTo: replyTo,
                messageID: control.messageKey, timestamp: environment.now().secondsSinceEpoch,
                type: "perdure.control", appID: MessageConventions.appID
            ),
            body: control.body.jsonBytes
        )
    }

    /// Publishes and waits for the confirm.
    ///
    /// - Returns: The reply, should it come before the confirm.
    private func publish(
        _ message: AMQPMessage, on connection: AMQPConnection, _ events: AsyncStream<AMQPConnectionEvent>
    ) async throws -> AMQPDelivery? {
        try await connection.selectConfirms()
        try connection.publish(message, mandatory: true)
        var wasReturned = false
        var reply: AMQPDelivery?
        for await event in events {
            switch event {
            case .deliveries(let deliveries): reply = reply ?? deliveries.first
            case .returned: wasReturned = true
            case .blocked(let reason):
                throw Failure(
                    message:
                        "The broker takes no messages for now (\(reason)); the message may still arrive, so repeat "
                        + "it under the same id.")
            case .confirms(let confirms):
                guard confirms.allSatisfy(\.accepted) else {
                    throw Failure(message: "The broker refused the message; its queue may be full.")
                }
                guard !wasReturned else {
                    throw Failure(
                        message:
                            "No queue takes messages at \(message.exchange); start a coordinator once (`perdure serve`)."
                    )
                }
                return reply
            case .channelClosed(let error), .closed(let error):
                guard error.code != .notFound else {
                    throw Failure(
                        message:
                            "There is no exchange \(message.exchange); start a coordinator once (`perdure serve`).")
                }
                throw error
            default: continue
            }
        }
        throw CancellationError()
    }

    private func withEvents<Value: Sendable>(
        _ body: (AMQPConnection, AsyncStream<AMQPConnectionEvent>) async throws -> Value
    ) async throws -> Value {
        let (events, continuation) = AsyncStream.makeStream(of: AMQPConnectionEvent.self)
        let connection = try await AMQPConnection.open(configuration) { arrived in
            for event in arrived { continuation.yield(event) }
        }
        do {
            let value = try await body(connection, events)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func within<Value: Sendable>(
        _ timeout: Duration, unless tooLate: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw Failure(message: tooLate)
            }
            guard let value = try await group.next() else { throw CancellationError() }
            group.cancelAll()
            return value
        }
    }
}
