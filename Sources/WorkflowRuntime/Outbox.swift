import Logging
import Synchronization
import WorkflowCore

/// What leaves the process after a commit: events in the order they were committed, results for callers.
///
/// While one publication waits for its confirms, the next gathers. A position counts as published once the broker has
/// confirmed everything up to it, its replies included.
final class Outbox: Sendable {
    /// Events of one commit, or replies outside of any.
    struct Item: Sendable {
        var writer: WriterID?
        var lastPosition: Int64 = 0
        var groups: [EventGroup] = []
        var replies: [ResultReply] = []
        /// Deliveries to acknowledge once this is confirmed.
        var receipts: [DeliveryReceipt] = []

        /// About how much memory it holds; a result is about as large as the event that ends its execution.
        var byteCount: Int { groups.reduce(0) { $1.events.reduce($0) { $0 + $1.payload.count } } }
        var eventCount: Int { groups.reduce(0) { $0 + $1.events.count } }
    }

    /// Events handed to the publisher at once, about: a little more than it lets wait for confirms, so that the broker
    /// always has work. The cursor moves with whole publications, so it is also about how many events a crash doubles.
    private static let eventsPerPublication = 1_500

    /// Events that may wait for the broker before new requests do. A second's worth at full speed: enough that the
    /// broker never waits for a commit, and no more than an heir can publish in a moment, since what a dead coordinator
    /// had committed goes out before its executions go on.
    private static let eventsWaiting = 10_000
    /// The same in bytes of payload, for events and results that are large.
    private static let bytesWaiting = 128 * 1024 * 1024

    private struct State {
        var queue: [Item] = []
        var queuedEvents = 0
        var queuedBytes = 0

        /// The first items, up to so many events.
        func nextPublication() -> [Item] {
            var events = 0
            return Array(
                queue.prefix { item in
                    defer { events += item.eventCount }
                    return events < eventsPerPublication
                })
        }

        var isFull: Bool { queuedEvents > eventsWaiting || queuedBytes > bytesWaiting }
        var waiter: CheckedContinuation<Void, Never>?
        var published: [WriterID: Int64] = [:]
        var isBusy = false
    }

    private let publisher: any EventPublisher
    private let intake: any RequestIntake
    private let onRoom = Mutex<(@Sendable () -> Void)?>(nil)
    private let state = Mutex(State())

    init(publisher: any EventPublisher, intake: any RequestIntake) {
        self.publisher = publisher
        self.intake = intake
    }

    /// Adds what a commit allows to leave.
    func enqueue(_ item: Item) {
        let waiter = state.withLock { state in
            state.queue.append(item)
            state.queuedEvents += item.eventCount
            state.queuedBytes += item.byteCount
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// How far a writer's events are confirmed.
    func publishedPosition(of writer: WriterID) -> Int64 {
        state.withLock { $0.published[writer] ?? 0 }
    }

    /// Whether so much waits for the broker that nothing new should be begun.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// Sets what is called when the outbox is no longer full.
    func whenThereIsRoom(_ body: @escaping @Sendable () -> Void) {
        onRoom.withLock { $0 = body }
    }

    /// Whether nothing waits for a confirm.
    var isEmpty: Bool { state.withLock { $0.queue.isEmpty && !$0.isBusy } }

    /// Publishes until cancelled.
    func run() async {
        while !Task.isCancelled {
            let items = await next()
            guard !items.isEmpty else { continue }
            do {
                try await publisher.publish(items.flatMap(\.groups), replies: items.flatMap(\.replies))
            } catch {
                return
            }
            intake.acknowledge(items.flatMap(\.receipts))
            state.withLock { state in
                state.isBusy = false
                for item in items {
                    guard let writer = item.writer else { continue }
                    state.published[writer] = max(state.published[writer] ?? 0, item.lastPosition)
                }
            }
        }
    }

    private func next() async -> [Item] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.queue.isEmpty && !Task.isCancelled {
                        state.waiter = continuation
                        return false
                    }
                    return true
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
        let (items, hasRoomAgain) = state.withLock { state in
            let items = state.nextPublication()
            state.queue.removeFirst(items.count)
            state.isBusy = !items.isEmpty
            let wasFull = state.isFull
            state.queuedBytes -= items.reduce(0) { $0 + $1.byteCount }
            state.queuedEvents -= items.reduce(0) { $0 + $1.eventCount }
            return (items, wasFull && !state.isFull)
        }
        if hasRoomAgain { onRoom.withLock { $0 }?() }
        return items
    }
}
