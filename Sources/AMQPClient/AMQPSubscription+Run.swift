import Synchronization

extension AMQPSubscription {
    /// Connects, sets up, consumes and reconnects until the task is cancelled; then closes the connection, which
    /// returns everything unacknowledged to the queue, and ends ``deliveries``.
    ///
    /// Call it once. A missing queue is reported as `connectFailed` and tried again, as is a consumer that the broker
    /// has ended (its queue was deleted or moved).
    public func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do throws(AMQPError) {
                let reason = try await serveConnection()
                if Task.isCancelled { break }
                backoff.succeeded(livedFor: .now - began)
                let delay = backoff.next()
                onStateChange(.lost(reason, nextAttemptIn: delay))
                try? await Task.sleep(for: delay)
            } catch {
                if Task.isCancelled { break }
                let delay = backoff.next()
                onStateChange(.connectFailed(error, nextAttemptIn: delay))
                try? await Task.sleep(for: delay)
            }
        }
        continuation.finish()
        onStateChange(.stopped)
    }

    /// One connection from its opening to its end; returns why it ended, throws if it did not come to consume.
    private func serveConnection() async throws(AMQPError) -> AMQPError {
        let generation = state.withLock { state in
            state.generation += 1
            return state.generation
        }
        let box = CancellationBox()
        let connection = try await AMQPConnection.open(configuration) { [self] events in
            handle(events, generation, box)
        }
        // Deliveries may arrive before `consume` returns, and be acknowledged at once.
        state.withLock { $0.connection = connection }
        defer { state.withLock { $0.connection = nil } }
        let result = await withTaskCancellationHandler {
            await attend(connection, box)
        } onCancel: {
            connection.requestClose()
        }
        return try result.get()
    }

    private func attend(_ connection: AMQPConnection, _ box: CancellationBox) async -> Result<AMQPError, AMQPError> {
        do throws(AMQPError) {
            let name = try await prepare(connection)
            if prefetch > 0 { try await connection.setPrefetch(prefetch) }
            try await connection.consume(name, noAck: noAck, exclusive: isExclusive, arguments: arguments())
        } catch {
            await connection.close()
            return .failure(error)
        }
        onStateChange(.connected)
        box.attach(connection)
        let reason = await connection.waitUntilClosed()
        return .success(box.reason ?? reason)
    }

    private func prepare(_ connection: AMQPConnection) async throws(AMQPError) -> String {
        guard let setup else { return queue }
        do {
            return try await setup(connection)
        } catch let error as AMQPError {
            throw error
        } catch {
            throw AMQPError(
                code: .setupFailed,
                message: "Setting up the subscription on \(configuration.address) failed; correct what it reports.",
                underlying: String(describing: error))
        }
    }

    /// On the connection's thread.
    private func handle(_ events: [AMQPConnectionEvent], _ generation: UInt64, _ box: CancellationBox) {
        for event in events {
            switch event {
            case .deliveries(let deliveries):
                continuation.yield(AMQPDeliveryBatch(deliveries: deliveries, generation: generation))
            case .consumerCancelled:
                box.cancel(
                    AMQPError(
                        code: .notFound,
                        message: "The broker \(configuration.address) has ended the consumer of queue '\(queue)'; "
                            + "check that the queue still exists."))
            case .blocked(let reason): onStateChange(.blocked(reason: reason))
            case .unblocked: onStateChange(.unblocked)
            case .confirms, .returned, .channelClosed, .channelReopened, .closed: continue
            }
        }
    }
}

/// Joins a cancelled consumer with its connection, whichever is known first: the broker may end the consumer before
/// `consume` has returned.
final class CancellationBox: Sendable {
    private struct State {
        var connection: AMQPConnection?
        var reason: AMQPError?
    }

    private let state = Mutex(State())

    var reason: AMQPError? { state.withLock { $0.reason } }

    func attach(_ connection: AMQPConnection) {
        let isCancelled = state.withLock { state in
            state.connection = connection
            return state.reason != nil
        }
        if isCancelled { connection.requestClose() }
    }

    func cancel(_ reason: AMQPError) {
        let connection = state.withLock { state in
            state.reason = reason
            return state.connection
        }
        connection?.requestClose()
    }
}
