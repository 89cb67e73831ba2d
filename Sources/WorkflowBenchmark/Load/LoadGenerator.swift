import AMQPClient
import Foundation
import Synchronization
import WorkflowMessaging

/// Publishes requests, receives their answers, and counts every event, all live: the load that a real producer and a
/// real subscriber put on the same machine.
///
/// It computes on the threads of its three connections and wakes nobody else for a message, so that it takes little
/// from what is measured. The queues of answers and of events are classic, exclusive and need no acknowledgement.
final class LoadGenerator: Sendable {
    /// What is being sent.
    enum Load: Sendable {
        /// Nothing for so long.
        case none(Duration)
        /// As many as `count`, with at most `outstanding` of them unanswered.
        case fullSpeed(count: Int, outstanding: Int)
        /// At the times of a schedule, whatever the answers do.
        case openLoop(OpenLoopSchedule)
    }

    /// How far a run has come.
    struct Progress: Sendable, Equatable {
        var sent = 0
        var answered = 0
        var events = 0
        var confirmed: UInt64 = 0
    }

    private struct State {
        var book = RequestBook()
        var events: EventTally
        var lastEventAt: UInt64 = 0
        var confirmed: UInt64 = 0
        var refused = 0
        var returned = 0
        /// Requests that a run at full speed may still send.
        var remaining = 0
        var failure: AMQPError?
        var isClosing = false

        /// Keeps the first loss that is not our own closing.
        mutating func note(_ error: AMQPError) {
            if !isClosing && failure == nil { failure = error }
        }
    }

    private let configuration: AMQPConfiguration
    private let topology: Topology
    private let workflowID: String
    private let body: [UInt8]
    private let keyPrefix: String
    private let state: Mutex<State>
    private let connections = Mutex<[AMQPConnection]>([])
    private let publisher = Mutex<(connection: AMQPConnection, replyTo: String)?>(nil)

    /// A generator; it connects with `open()`.
    ///
    /// - Parameter keyPrefix: What the idempotency keys of this run begin with.
    init(
        configuration: AMQPConfiguration, topology: Topology, workflow: BenchmarkWorkflow, payloadBytes: Int,
        keyPrefix: String, expectedExecutions: Int
    ) {
        self.configuration = configuration
        self.topology = topology
        self.keyPrefix = keyPrefix
        workflowID = workflow.id
        body = workflow.requestBody(payloadBytes: payloadBytes)
        state = Mutex(State(events: EventTally(expectedExecutions: expectedExecutions)))
    }

    /// Connects, subscribes to events and answers.
    func open() async throws(AMQPError) {
        let replies = try await connect { [self] events in takeReplies(events) }
        let replyQueue = try await replies.declareQueue(durable: false, exclusive: true)
        try await replies.consume(replyQueue.name, noAck: true, exclusive: true)

        let events = try await connect { [self] events in takeEvents(events) }
        let eventQueue = try await events.declareQueue(durable: false, exclusive: true)
        try await events.bindQueue(eventQueue.name, to: topology.events, routingKey: "#")
        try await events.consume(eventQueue.name, noAck: true, exclusive: true)

        let requests = try await connect { [self] events in takeConfirms(events) }
        try await requests.selectConfirms()
        publisher.withLock { $0 = (requests, replyQueue.name) }
    }

    /// Ends the connections, and with them the queues.
    func close() async {
        state.withLock { $0.isClosing = true }
        publisher.withLock { $0 = nil }
        let open = connections.withLock { connections in
            defer { connections = [] }
            return connections
        }
        for connection in open { await connection.close() }
    }

    private func connect(
        _ onEvents: @escaping @Sendable ([AMQPConnectionEvent]) -> Void
    ) async throws(AMQPError) -> AMQPConnection {
        let connection = try await AMQPConnection.open(configuration, onEvents: onEvents)
        connections.withLock { $0.append(connection) }
        return connection
    }

    // MARK: - Sending

    /// Begins to send at full speed; every answer lets the next request out.
    func begin(count: Int, outstanding: Int) throws(AMQPError) {
        let first = min(count, outstanding)
        state.withLock { $0.remaining = count - first }
        try send(first, at: MonotonicClock.now())
    }

    /// Sends by a schedule; returns once the last request is sent or the task is cancelled.
    ///
    /// Between two requests a thread of its own sleeps: the timers of tasks are late by up to a millisecond, which would
    /// count as part of each request's time.
    func send(_ schedule: OpenLoopSchedule) async throws {
        let pace = Pace(schedule)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [self] in
                    continuation.resume(
                        returning: Result { () throws(AMQPError) in
                            try pace.run { (requests, start) throws(AMQPError) in
                                let first = requests.lowerBound
                                try send(requests.count) { start + schedule.due(first + $0) }
                            }
                        })
                }
            }
        } onCancel: {
            pace.stop()
        }
        try result.get()
        try Task.checkCancellation()
    }

    private func send(_ count: Int, at time: UInt64) throws(AMQPError) {
        try send(count) { _ in time }
    }

    /// Sends requests whose time counts from what `time` says of the first, second, …
    private func send(_ count: Int, _ time: (Int) -> UInt64) throws(AMQPError) {
        guard count > 0, let (connection, replyTo) = publisher.withLock({ $0 }) else { return }
        let first = state.withLock { state in
            let first = state.book.sent
            for index in 0..<count { state.book.send(at: time(index)) }
            return first
        }
        try connection.publish((first..<first + count).map { message(number: $0, replyTo: replyTo) })
    }

    private func message(number: Int, replyTo: String) -> AMQPMessage {
        AMQPMessage(
            exchange: topology.requests, routingKey: workflowID,
            properties: AMQPProperties(
                contentType: "application/json", correlationID: String(number), replyTo: replyTo,
                messageID: "\(keyPrefix)\(number)", appID: "perdure-bench"
            ),
            body: body
        )
    }

    // MARK: - Receiving, on the connections' threads

    private func takeReplies(_ arrived: [AMQPConnectionEvent]) {
        let now = MonotonicClock.now()
        let more = state.withLock { state in
            let before = state.book.answered
            for event in arrived {
                switch event {
                case .deliveries(let deliveries):
                    for delivery in deliveries {
                        state.book.answer(
                            correlationID: delivery.properties.correlationID, body: delivery.body, at: now)
                    }
                case .closed(let error): state.note(error)
                default: continue
                }
            }
            let more = min(state.remaining, state.book.answered - before)
            state.remaining -= more
            return more
        }
        do {
            try send(more, at: MonotonicClock.now())
        } catch {
            state.withLock { $0.note(error) }
        }
    }

    private func takeEvents(_ arrived: [AMQPConnectionEvent]) {
        let now = MonotonicClock.now()
        state.withLock { state in
            for event in arrived {
                switch event {
                case .deliveries(let deliveries):
                    for delivery in deliveries {
                        let properties = delivery.properties
                        state.events.count(
                            messageID: properties.messageID, first: properties.headers["first_sequence"]?.integerValue)
                    }
                    state.lastEventAt = now
                case .closed(let error): state.note(error)
                default: continue
                }
            }
        }
    }

    private func takeConfirms(_ arrived: [AMQPConnectionEvent]) {
        state.withLock { state in
            for event in arrived {
                switch event {
                case .confirms(let confirms):
                    for confirm in confirms {
                        state.confirmed = max(state.confirmed, confirm.sequence)
                        if !confirm.accepted { state.refused += 1 }
                    }
                case .returned: state.returned += 1
                case .closed(let error), .channelClosed(let error): state.note(error)
                default: continue
                }
            }
        }
    }

    // MARK: - What came of it

    /// How far it has come.
    ///
    /// - Throws: `BenchmarkError` when a connection was lost or the broker refused a request: then the run is void.
    func progress() throws(BenchmarkError) -> Progress {
        let (progress, failure, refused) = state.withLock { state in
            (
                Progress(
                    sent: state.book.sent, answered: state.book.answered, events: state.events.received,
                    confirmed: state.confirmed),
                state.failure, state.refused + state.returned
            )
        }
        if let failure {
            throw BenchmarkError(.connectionLost, "The load generator lost its connection: \(failure.message)")
        }
        if refused > 0 {
            throw BenchmarkError(.connectionLost, "The broker refused \(refused) requests; look at its queue's limits.")
        }
        return progress
    }

    /// The requests so far.
    var book: RequestBook { state.withLock { $0.book } }
    /// The events so far.
    var events: EventTally { state.withLock { $0.events } }
    /// When the last answer and the last event had come, whichever was later.
    var lastArrivalAt: UInt64 { state.withLock { max($0.book.lastAnswerAt, $0.lastEventAt) } }
}
