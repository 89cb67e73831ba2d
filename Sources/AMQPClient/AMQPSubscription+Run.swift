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
            state.window?.begin()
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
            let first = state.withLock { state -> UInt16 in
                guard let fitting = state.window?.fitting else { return prefetch }
                state.window?.consume(prefetch: fitting)
                return fitting
            }
            if first > 0 { try await connection.setPrefetch(first) }
            let tag = try await connection.consume(
                name, noAck: noAck, exclusive: isExclusive, arguments: arguments())
            onStateChange(.connected)
            box.attach(connection)
            let reason = await serve(connection, queue: name, consumer: tag, box)
            return .success(box.reason ?? reason)
        } catch {
            await connection.close()
            return .failure(error)
        }
    }

    /// Waits for the end of the connection, and lets the consumer follow what is open meanwhile.
    private func serve(
        _ connection: AMQPConnection, queue: String, consumer: String, _ box: CancellationBox
    ) async -> AMQPError {
        let (calls, attention) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.attention = attention }
        attention.yield()
        async let changes: Void = follow(calls, connection, queue: queue, consumer: consumer, box)
        let reason = await connection.waitUntilClosed()
        attention.finish()
        await changes
        return reason
    }

    private func follow(
        _ calls: AsyncStream<Void>, _ connection: AMQPConnection, queue: String, consumer: String,
        _ box: CancellationBox
    ) async {
        var consumer: String? = consumer
        for await _ in calls {
            while let action = state.withLock({ $0.window?.action }) {
                do throws(AMQPError) {
                    switch action {
                    case .pause:
                        if let consumer { try await connection.cancelConsumer(consumer) }
                        consumer = nil
                        state.withLock { $0.window?.paused() }
                    case .consume(let prefetch):
                        let old = consumer
                        try await connection.setPrefetch(prefetch)
                        state.withLock { $0.window?.consume(prefetch: prefetch) }
                        consumer = try await connection.consume(queue, arguments: arguments())
                        // Last, so that the channel is never without a consumer that ends the connection with it.
                        if let old { try await connection.cancelConsumer(old) }
                    }
                } catch {
                    // Without its consumer the connection is of no use.
                    box.cancel(error)
                    return
                }
            }
        }
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
                let kept = keep(deliveries)
                if !kept.isEmpty { continuation.yield(AMQPDeliveryBatch(deliveries: kept, generation: generation)) }
            case .consumerCancelled:
                box.cancel(
                    AMQPError(
                        code: .notFound,
                        message: "The broker \(configuration.address) has ended the consumer of queue '\(queue)'; "
                            + "check that the queue still exists."))
            case .blocked(let reason): onStateChange(.blocked(reason: reason))
            case .unblocked: onStateChange(.unblocked)
            case .channelClosed(let error):
                // Between two consumers; what was delivered cannot be acknowledged on another channel.
                if state.withLock({ $0.window?.phase ?? .idle }) != .idle { box.cancel(error) }
            case .confirms, .returned, .channelReopened, .closed: continue
            }
        }
    }

    /// Gives deliveries back that are more than may be open.
    private func keep(_ deliveries: [AMQPDelivery]) -> [AMQPDelivery] {
        let (kept, connection) = state.withLock { state -> ([AMQPDelivery], AMQPConnection?) in
            guard state.window != nil else { return (deliveries, nil) }
            let kept = deliveries.filter { state.window?.delivered($0.tag, byteCount: $0.body.count) ?? true }
            if state.window?.action != nil { state.attention?.yield() }
            return (kept, state.connection)
        }
        guard kept.count < deliveries.count else { return kept }
        let tags = Set(kept.map(\.tag))
        for delivery in deliveries where !tags.contains(delivery.tag) {
            connection?.reject(delivery.tag, requeue: true)
        }
        return kept
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
