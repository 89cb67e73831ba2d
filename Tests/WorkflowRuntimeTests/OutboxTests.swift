import Synchronization
import Testing

@testable import WorkflowCore
@testable import WorkflowRuntime

/// What is on its way to the broker: how much of it, in which order, and when it counts as published.
@Suite struct OutboxTests {
    private static let writer = WriterID(rawValue: 1)

    /// A commit of so many events, the last of them at a position.
    private static func item(_ count: Int, upTo position: Int64) -> Outbox.Item {
        var item = Outbox.Item(writer: writer, lastPosition: position)
        item.groups = [
            EventGroup(
                executionID: ExecutionID(number: Int(position)), workflowID: "w", traceparent: nil,
                events: (0..<count).map {
                    JournalEvent(
                        sequence: Int64($0 + 1), type: .stepStarted, timestamp: Timestamp(microsecondsSinceEpoch: 0),
                        payload: [])
                })
        ]
        return item
    }

    @Test(.timeLimit(.minutes(1)))
    func aPositionIsPublishedOnlyWithAllBeforeIt() async throws {
        let publisher = HeldPublisher()
        let outbox = Outbox(publisher: publisher, intake: ClosedIntake())
        let run = Task { await outbox.run() }
        // Each is a publication of its own, since it is as large as one may be.
        for number in 1...3 { outbox.enqueue(Self.item(1_000, upTo: Int64(number) * 1_000)) }
        var begun = publisher.begun.makeAsyncIterator()
        for number in 1...3 { #expect(await begun.next() == number) }
        publisher.confirm(2)
        publisher.confirm(3)
        // Cursors move before the next publication gets the place.
        for number in 4...6 { outbox.enqueue(Self.item(1_000, upTo: Int64(number) * 1_000)) }
        #expect(await begun.next() == 4)
        #expect(outbox.publishedPosition(of: Self.writer) == 0 && !outbox.isEmpty)
        publisher.confirm(1)
        // The fourth place becomes free only with the first three together.
        for number in 5...6 { #expect(await begun.next() == number) }
        #expect(outbox.publishedPosition(of: Self.writer) == 3_000)
        for number in 4...6 { publisher.confirm(number) }
        while !outbox.isEmpty { await Task.yield() }
        #expect(outbox.publishedPosition(of: Self.writer) == 6_000)
        run.cancel()
        await run.value
    }

    @Test(.timeLimit(.minutes(1)))
    func onlySoManyWaitAtATime() async throws {
        let publisher = HeldPublisher()
        let outbox = Outbox(publisher: publisher, intake: ClosedIntake())
        let run = Task { await outbox.run() }
        for number in 1...20 { outbox.enqueue(Self.item(1_000, upTo: Int64(number) * 1_000)) }
        var begun = publisher.begun.makeAsyncIterator()
        for number in 1...20 {
            #expect(await begun.next() == number)
            #expect(publisher.waitingCount <= 4)
            if number >= 4 { publisher.confirm(number - 3) }
        }
        for number in 18...20 { publisher.confirm(number) }
        while !outbox.isEmpty { await Task.yield() }
        run.cancel()
        await run.value
    }

    /// While something more urgent is published, what waits goes on waiting, and nothing of it is forgotten.
    @Test(.timeLimit(.minutes(1)))
    func givesWay() async throws {
        let publisher = HeldPublisher()
        let outbox = Outbox(publisher: publisher, intake: ClosedIntake())
        let run = Task { await outbox.run() }
        var begun = publisher.begun.makeAsyncIterator()
        outbox.enqueue(Self.item(1, upTo: 1))
        #expect(await begun.next() == 1)
        let answer = await outbox.giveWay {
            outbox.enqueue(Self.item(1, upTo: 2))
            publisher.confirm(1)
            while outbox.publishedPosition(of: Self.writer) < 1 { await Task.yield() }
            for _ in 0..<1_000 { await Task.yield() }
            return publisher.waitingCount
        }
        #expect(answer == 0 && !outbox.isEmpty)
        #expect(await begun.next() == 2)
        publisher.confirm(2)
        while !outbox.isEmpty { await Task.yield() }
        run.cancel()
        await run.value
    }
}

/// A broker that confirms when it is told to; publications are numbered from 1 in the order in which they come.
private final class HeldPublisher: EventPublisher {
    private struct State {
        var count = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var confirmed: Set<Int> = []
    }

    let begun: AsyncStream<Int>
    private let continuation: AsyncStream<Int>.Continuation
    private let state = Mutex(State())

    init() {
        (begun, continuation) = AsyncStream.makeStream()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func publish(
        _ groups: [EventGroup], replies: [ResultReply], inLine: @escaping @Sendable () -> Void
    ) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        inLine()
        continuation.yield(number)
        await withCheckedContinuation { waiter in
            let isConfirmed = state.withLock { state in
                if state.confirmed.contains(number) { return true }
                state.waiting[number] = waiter
                return false
            }
            if isConfirmed { waiter.resume() }
        }
    }

    func answer(_ controls: [SettledControl]) async throws {}
    func reply(_ outcome: ControlOutcome, to caller: ReplyAddress) async throws {}

    func confirm(_ number: Int) {
        let waiter = state.withLock { state in
            state.confirmed.insert(number)
            return state.waiting.removeValue(forKey: number)
        }
        waiter?.resume()
    }
}

/// An intake that nothing comes from.
private struct ClosedIntake: RequestIntake {
    let requests = AsyncStream<[IncomingRequest]> { $0.finish() }
    func begin() {}
    func isOpen(_ receipt: DeliveryReceipt) -> Bool { false }
    func acknowledge(_ receipts: [DeliveryReceipt]) {}
    func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async {}
}
