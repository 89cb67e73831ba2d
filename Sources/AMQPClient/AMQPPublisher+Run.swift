import Synchronization

extension AMQPPublisher {
    /// Connects, publishes and reconnects until the task is cancelled. Then it takes no more messages, waits for the
    /// outstanding confirms within the drain limit, closes the connection, and fails who still waits.
    ///
    /// Call it once.
    public func run() async {
        let service = Task { await serve() }
        await withTaskCancellationHandler {
            await service.value
        } onCancel: {
            Task {
                await drain()
                service.cancel()
            }
        }
        end()
    }

    private func serve() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let generation = state.withLock { state in
                state.generation += 1
                state.channelEpoch = 1
                return state.generation
            }
            let began = ContinuousClock.now
            do throws(AMQPError) {
                let reason = try await serveConnection(generation)
                if Task.isCancelled { return }
                backoff.succeeded(livedFor: .now - began)
                let delay = backoff.next()
                onStateChange(.lost(reason, nextAttemptIn: delay))
                try? await Task.sleep(for: delay)
            } catch {
                if Task.isCancelled { return }
                let delay = backoff.next()
                onStateChange(.connectFailed(error, nextAttemptIn: delay))
                try? await Task.sleep(for: delay)
            }
        }
    }

    /// One connection from its opening to its end; returns why it ended, throws if it did not come up.
    private func serveConnection(_ generation: UInt64) async throws(AMQPError) -> AMQPError {
        let connection = try await AMQPConnection.open(configuration) { [self] events in
            handle(events, generation)
        }
        let result = await withTaskCancellationHandler {
            await attend(connection)
        } onCancel: {
            connection.requestClose()
        }
        return try result.get()
    }

    private func attend(_ connection: AMQPConnection) async -> Result<AMQPError, AMQPError> {
        do throws(AMQPError) {
            try await connection.selectConfirms()
        } catch {
            connection.requestClose()
            return .failure(error)
        }
        onStateChange(.connected)
        let completions = state.withLock { state -> Completions in
            state.connection = connection
            state.window.connected(frameBytes: connection.frameBytes)
            return state.pump()
        }
        finish(completions)
        let reason = await connection.waitUntilClosed()
        let failed = state.withLock { state -> Completions in
            state.connection = nil
            return state.complete(state.window.disconnected(reason))
        }
        finish(failed)
        return .success(reason)
    }

    /// On the connection's thread.
    private func handle(_ events: [AMQPConnectionEvent], _ generation: UInt64) {
        var completions: Completions = []
        var changes: [AMQPConnectionState] = []
        state.withLock { state in
            guard state.generation == generation else { return }
            for event in events {
                switch event {
                case .confirms(let confirms):
                    for confirm in confirms { completions += state.complete(state.window.confirm(confirm)) }
                case .returned(let replyCode, let replyText, let message):
                    state.window.returned(message, replyCode: replyCode, replyText: replyText)
                case .channelClosed(let error):
                    state.channelEpoch += 1
                    completions += state.complete(state.window.channelClosed(error))
                case .channelReopened: state.window.channelReopened()
                case .blocked(let reason): changes.append(.blocked(reason: reason))
                case .unblocked: changes.append(.unblocked)
                case .deliveries, .consumerCancelled, .closed: continue
                }
            }
            completions += state.pump()
        }
        finish(completions)
        for change in changes { onStateChange(change) }
    }

    /// Waits until nothing is outstanding, or the limit.
    private func drain() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                state.isDraining = true
                if !state.window.isIdle { state.drained = continuation }
                return state.window.isIdle
            }
            if isDone { return continuation.resume() }
            Task {
                try? await Task.sleep(for: drainTimeout)
                state.withLock { $0.drained.take() }?.resume()
            }
        }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.isFinished = true
            state.connection = nil
            _ = state.window.finish()
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: .failure(.publisherClosed(configuration.address))) }
        onStateChange(.stopped)
    }
}
