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

    /// Events handed to the publisher at once, about. The cursor moves with whole publications, so a crash doubles a few
    /// times as many at most; together they are twice what the broker is given at a time.
    private static let eventsPerPublication = 500
    /// Publications that wait for their confirms at a time: so many that the broker is never without work, and that a
    /// result need not wait for the confirms of what was committed before it.
    private static let publicationsUnderWay = 4

    /// Events that may wait for the broker before new requests do, beside what it has already been given. A tenth of a
    /// second's worth at full speed: enough that the broker never waits for a commit, and little for an heir to publish,
    /// since what a dead coordinator had committed goes out before its executions go on. Where several coordinators share
    /// a broker, more only makes their commits many and small.
    private static let eventsWaiting = 1_000
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
        /// In the order in which they were begun.
        var underWay: [Publication] = []
        var lastNumber: UInt64 = 0
        var isStopped = false
        /// How many others the outbox lets go first.
        var precedences = 0

        var canPublish: Bool {
            isStopped || (precedences == 0 && !queue.isEmpty && underWay.count < publicationsUnderWay)
        }

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard canPublish else { return nil }
            defer { waiter = nil }
            return waiter
        }

        /// Moves the cursors over the publications that are confirmed together with all before them.
        mutating func confirm(_ number: UInt64) {
            guard let index = underWay.firstIndex(where: { $0.number == number }) else { return }
            underWay[index].isConfirmed = true
            while underWay.first?.isConfirmed == true {
                for item in underWay.removeFirst().items {
                    guard let writer = item.writer else { continue }
                    published[writer] = max(published[writer] ?? 0, item.lastPosition)
                }
            }
        }
    }

    /// What is with the publisher.
    private struct Publication {
        let number: UInt64
        let items: [Item]
        var isConfirmed = false
    }

    private let publisher: any EventPublisher
    private let intake: any Deliveries
    private let onRoom = Mutex<(@Sendable () -> Void)?>(nil)
    private let state = Mutex(State())

    init(publisher: any EventPublisher, intake: any Deliveries) {
        self.publisher = publisher
        self.intake = intake
    }

    /// Adds what a commit allows to leave.
    func enqueue(_ item: Item) {
        let waiter = state.withLock { state in
            state.queue.append(item)
            state.queuedEvents += item.eventCount
            state.queuedBytes += item.byteCount
            return state.takeWaiter()
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
    var isEmpty: Bool { state.withLock { $0.queue.isEmpty && $0.underWay.isEmpty } }

    /// Begins no publication while something else is published that is more urgent.
    func giveWay<Value>(
        to urgent: nonisolated(nonsending) () async throws -> Value
    ) async rethrows -> Value {
        state.withLock { $0.precedences += 1 }
        defer {
            let waiter = state.withLock { state in
                state.precedences -= 1
                return state.takeWaiter()
            }
            waiter?.resume()
        }
        return try await urgent()
    }

    /// Publishes until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while let publication = await next() {
                let (line, place) = AsyncStream.makeStream(of: Never.self)
                group.addTask {
                    await self.publish(publication) { place.finish() }
                    place.finish()
                }
                // The next one is begun behind it, and not before.
                for await _ in line {}
            }
            group.cancelAll()
        }
    }

    private func publish(_ publication: Publication, inLine: @escaping @Sendable () -> Void) async {
        let items = publication.items
        do {
            try await publisher.publish(items.flatMap(\.groups), replies: items.flatMap(\.replies), inLine: inLine)
        } catch {
            stop()
            return
        }
        intake.acknowledge(items.flatMap(\.receipts))
        let waiter = state.withLock { state in
            state.confirm(publication.number)
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    private func stop() {
        let waiter = state.withLock { state in
            state.isStopped = true
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// What to publish next, once there is something and a place for it; nil when stopped.
    private func next() async -> Publication? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.canPublish { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            stop()
        }
        let (publication, hasRoomAgain) = state.withLock { state -> (Publication?, Bool) in
            guard !state.isStopped else { return (nil, false) }
            let items = state.nextPublication()
            state.queue.removeFirst(items.count)
            state.lastNumber += 1
            let publication = Publication(number: state.lastNumber, items: items)
            state.underWay.append(publication)
            let wasFull = state.isFull
            state.queuedBytes -= items.reduce(0) { $0 + $1.byteCount }
            state.queuedEvents -= items.reduce(0) { $0 + $1.eventCount }
            return (publication, wasFull && !state.isFull)
        }
        if hasRoomAgain { onRoom.withLock { $0 }?() }
        return publication
    }
}
