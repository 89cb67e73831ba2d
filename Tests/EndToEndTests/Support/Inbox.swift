import AMQPClient
import Synchronization
import TestSupport

/// What a queue delivers, kept. Comes back by itself when the broker was away, so a message may be in it twice.
final class Inbox: Sendable {
    private struct State {
        var deliveries: [AMQPDelivery] = []
        var isConnected = false
    }

    private let state = Mutex(State())
    private let work: Mutex<Task<Void, Never>?> = Mutex(nil)
    let queue: String

    /// Subscribes to a queue that is there, or that `setup` makes; returns once it consumes.
    static func open(
        _ configuration: AMQPConfiguration, queue: String, arguments: AMQPTable = [:],
        setup: AMQPSubscription.Setup? = nil
    ) async throws -> Inbox {
        let inbox = Inbox(queue: queue)
        let subscription = AMQPSubscription(
            configuration: configuration, queue: queue, arguments: { arguments }, setup: setup,
            onStateChange: { if $0 == .connected { inbox.state.withLock { $0.isConnected = true } } }
        )
        let task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await subscription.run() }
                for await batch in subscription.deliveries {
                    inbox.state.withLock { $0.deliveries += batch.deliveries }
                    guard let last = batch.deliveries.last else { continue }
                    subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                }
            }
        }
        inbox.work.withLock { $0 = task }
        try await eventually("a consumer on \(queue)") { inbox.state.withLock { $0.isConnected } }
        return inbox
    }

    private init(queue: String) {
        self.queue = queue
    }

    /// Everything so far.
    var deliveries: [AMQPDelivery] { state.withLock { $0.deliveries } }
    var count: Int { state.withLock { $0.deliveries.count } }

    /// Waits for at least so many.
    @discardableResult
    func wait(for count: Int) async throws -> [AMQPDelivery] {
        try await eventually("\(count) messages in \(queue); there are \(self.count)") { self.count >= count }
        return deliveries
    }

    /// Waits until so many callers have the one answer SUCCESS.
    func waitForAnswers(_ count: Int) async throws {
        try await eventually(
            "\(count) answers; there are \(AnswerTally(deliveries).summary)", every: .milliseconds(100)
        ) {
            AnswerTally(deliveries).successes == count
        }
    }

    func close() async {
        let task = work.withLock { $0 }
        task?.cancel()
        await task?.value
    }
}
