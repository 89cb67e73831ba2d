import Synchronization

/// A publisher that waits for the broker's confirms and survives the loss of its connection.
///
/// Run it as a service (``run()``) and publish from any task. Messages go out in the order of the calls; several calls
/// share the window. When the connection breaks, everything unconfirmed is published again on the next one, in order
/// and before anything newer, so a message may arrive twice but is not lost. Callers only wait longer.
///
/// Use one of its own for publishing only: an alarm of the broker stops the whole connection that publishes.
public final class AMQPPublisher: Sendable {
    /// Messages on their way at a time; past a thousand, throughput hardly grows.
    public static let defaultWindow = 1000
    /// Bytes on their way at a time: well under the roughly 3.9 MB of socket buffers on a Linux machine, so that a
    /// broker that stops reading (an alarm) does not hold the connection's thread in a write.
    public static let defaultMaxInFlightBytes = 2_000_000
    /// How long ``run()`` waits for confirms when it is cancelled.
    public static let defaultDrainTimeout = Duration.seconds(5)

    typealias Waiter = CheckedContinuation<Result<[AMQPPublishOutcome], AMQPError>, Never>

    struct State {
        var window: PublishWindow
        var connection: AMQPConnection?
        /// Numbers the connections, so that a late event of an old one changes nothing.
        var generation: UInt64 = 0
        var channelEpoch: UInt64 = 1
        var nextBatch: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var cancelledEarly: Set<UInt64> = []
        var isDraining = false
        var isFinished = false
        var drained: CheckedContinuation<Void, Never>?
    }

    /// Where it connects to.
    public let configuration: AMQPConfiguration
    let drainTimeout: Duration
    let onStateChange: @Sendable (AMQPConnectionState) -> Void
    let state: Mutex<State>

    /// Creates a publisher; it connects when ``run()`` is called.
    ///
    /// - Parameters:
    ///   - window: the most messages on their way at a time.
    ///   - maxInFlightBytes: the most bytes on their way at a time; a larger message goes alone.
    ///   - drainTimeout: how long ``run()`` waits for confirms when it is cancelled.
    ///   - onStateChange: told about the connection, on a thread that it must not block.
    public init(
        configuration: AMQPConfiguration,
        window: Int = AMQPPublisher.defaultWindow,
        maxInFlightBytes: Int = AMQPPublisher.defaultMaxInFlightBytes,
        drainTimeout: Duration = AMQPPublisher.defaultDrainTimeout,
        onStateChange: @escaping @Sendable (AMQPConnectionState) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.drainTimeout = drainTimeout
        self.onStateChange = onStateChange
        state = Mutex(State(window: PublishWindow(window: window, maxInFlightBytes: maxInFlightBytes)))
    }

    /// Publishes messages and waits until the broker has answered for each; outcomes come in the order of the messages.
    ///
    /// Waits while the window is full, while there is no connection, and before ``run()``.
    ///
    /// - Parameters:
    ///   - mandatory: whether a message that no queue is bound for comes back as `.returned`; otherwise it is dropped and
    ///     confirmed.
    ///   - inLine: called when the messages have their place: those of later calls come behind them.
    /// - Throws: ``AMQPError`` with code `cancelled` if the task was cancelled (what was on its way may still arrive),
    ///   or `closed` if the publisher has ended.
    public func publish(
        _ messages: [AMQPMessage], mandatory: Bool = false, inLine: @Sendable () -> Void = {}
    ) async throws(AMQPError) -> [AMQPPublishOutcome] {
        guard !messages.isEmpty else { return [] }
        let batch = state.withLock { state in
            state.nextBatch += 1
            return state.nextBatch
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                enqueue(batch, messages, mandatory, waiter)
                inLine()
            }
        } onCancel: {
            cancel(batch)
        }
        if Task.isCancelled { state.withLock { _ = $0.cancelledEarly.remove(batch) } }
        return try result.get()
    }

    /// The message that has waited longest for the broker's answer; nil when none is on its way.
    public var oldestUnconfirmed: AMQPUnconfirmed? {
        state.withLock { state in
            state.window.oldestInFlight.map {
                AMQPUnconfirmed(
                    connection: state.generation, channel: state.channelEpoch, sequence: $0.sequence,
                    exchange: $0.message.exchange, routingKey: $0.message.routingKey)
            }
        }
    }

    private func enqueue(_ batch: UInt64, _ messages: [AMQPMessage], _ mandatory: Bool, _ waiter: Waiter) {
        let completions = state.withLock { state -> Completions in
            if state.cancelledEarly.remove(batch) != nil {
                return [(waiter, .failure(.cancelled("Publishing")))]
            }
            if state.isDraining || state.isFinished {
                return [(waiter, .failure(.publisherClosed(configuration.address)))]
            }
            state.waiters[batch] = waiter
            let resolved = state.window.enqueue(batch: batch, messages: messages, mandatory: mandatory)
            return state.complete(resolved) + state.pump()
        }
        finish(completions)
    }

    private func cancel(_ batch: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.waiters.removeValue(forKey: batch) else {
                // Either not registered yet, or already answered; the id is never used again.
                state.cancelledEarly.insert(batch)
                return nil
            }
            state.window.cancel(batch: batch)
            return waiter
        }
        waiter?.resume(returning: .failure(.cancelled("Publishing")))
        finish([])
    }
}

extension AMQPPublisher {
    typealias Completions = [(Waiter, Result<[AMQPPublishOutcome], AMQPError>)]

    /// Resumes callers outside of the lock, and whoever waits for the last of them.
    func finish(_ completions: Completions) {
        for (waiter, result) in completions { waiter.resume(returning: result) }
        let drained = state.withLock { $0.isDraining && $0.window.isIdle ? $0.drained.take() : nil }
        drained?.resume()
    }
}

extension AMQPPublisher.State {
    mutating func complete(_ resolved: [PublishWindow.Resolved]) -> AMQPPublisher.Completions {
        resolved.compactMap { batch in
            waiters.removeValue(forKey: batch.batch).map { ($0, .success(batch.outcomes)) }
        }
    }

    /// Hands what the window lets out to the connection. Under the lock, so that the order of the window is the order
    /// on the wire.
    mutating func pump() -> AMQPPublisher.Completions {
        guard let connection else { return [] }
        let (messages, resolved) = window.takeWritable()
        if !messages.isEmpty { connection.post(.publish(messages, epoch: channelEpoch)) }
        return complete(resolved)
    }
}

extension AMQPError {
    static func publisherClosed(_ address: String) -> AMQPError {
        AMQPError(
            code: .closed,
            message: "The publisher for the broker \(address) has ended; a message not confirmed may not have arrived.")
    }
}
