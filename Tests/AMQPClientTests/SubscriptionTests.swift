import AMQPClient
import Foundation
import Synchronization
import Testing

extension RealBroker {
    @Suite struct SubscriptionTests {
        @Test func prefetchAndMultipleAcknowledgement() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = "prefetch-\(UUID().uuidString)"
                _ = try await connection.declareQueue(queue)
                for number in 0..<100 { try connection.publish(message(queue, "\(number)")) }
                let subscription = AMQPSubscription(
                    configuration: try broker.configuration(), queue: queue, prefetch: 10)
                let service = Task { await subscription.run() }
                var texts: [String] = []
                var unacknowledged = 0
                for await batch in subscription.deliveries {
                    texts += batch.deliveries.map(\.text)
                    unacknowledged += batch.deliveries.count
                    #expect(unacknowledged <= 10)
                    if unacknowledged == 10, let last = batch.deliveries.last {
                        // Before the broker can know of it, nothing more may arrive.
                        unacknowledged = 0
                        subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                    }
                    if texts.count == 100 { break }
                }
                #expect(texts == (0..<100).map(String.init))
                service.cancel()
                await service.value
                let rest = try await connection.declareQueue(queue, passive: true)
                #expect(rest.messageCount == 0)
                #expect(rest.consumerCount == 0)
                try await connection.deleteQueue(queue)
            }
        }

        /// 60 MB for a reader that takes 4 MB at most and holds them for longer than two heartbeats.
        @Test(.timeLimit(.minutes(4)))
        func largeMessagesStayWithTheBroker() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "large-\(UUID().uuidString)"
            let (count, size, limit) = (60, 1_000_000, 4_000_000)
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
                try await withPublisher(broker.configuration(), window: 4) { publisher in
                    for number in 0..<count {
                        var large = message(queue, "\(number)")
                        large.body = Array(repeating: 32, count: size)
                        _ = try await publisher.publish([large])
                    }
                }
                let configuration = try broker.configuration(heartbeat: .seconds(2))
                let states = Recorder<AMQPConnectionState>()
                // It expects small ones, so the first window is far too wide.
                let subscription = AMQPSubscription(
                    configuration: configuration, queue: queue, prefetch: 500, byteLimit: limit, expectedBytes: 100,
                    onStateChange: states.record)
                let service = Task { await subscription.run() }
                var open: [UInt64] = []
                var seen: Set<String> = []
                var hasHeld = false
                for await batch in subscription.deliveries {
                    #expect(batch.generation == 1)
                    open += batch.deliveries.map(\.tag)
                    seen.formUnion(batch.deliveries.compactMap(\.properties.messageID))
                    #expect(open.count * size <= limit + size, "\(open.count) messages are open")
                    if !hasHeld && open.count * size > limit {
                        hasHeld = true
                        try await Task.sleep(for: .seconds(6))
                    }
                    if hasHeld, open.count >= 2 || seen.count >= count - 1 {
                        for tag in open { subscription.acknowledge(tag, generation: batch.generation) }
                        open = []
                    }
                    if seen.count == count { break }
                }
                #expect(hasHeld && states.values.allSatisfy { !$0.isLost })
                service.cancel()
                await service.value
                try await connection.deleteQueue(queue)
            }
        }

        @Test func redeliveryAfterAKilledConnection() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "redelivered-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(queue)
                for number in 0..<5 { try connection.publish(message(queue, "\(number)")) }
            }
            let subscription = AMQPSubscription(configuration: try broker.configuration(), queue: queue)
            let service = Task { await subscription.run() }
            var seen: [UInt64: [AMQPDelivery]] = [:]
            var first: UInt64?
            for await batch in subscription.deliveries {
                seen[batch.generation, default: []] += batch.deliveries
                guard seen[batch.generation]?.count == 5 else { continue }
                if let first {
                    #expect(batch.generation > first)
                    // Stale: were it sent on the new channel, it would acknowledge everything there.
                    subscription.acknowledge(5, multiple: true, generation: first)
                    subscription.reject(1, requeue: false, generation: first)
                    break
                }
                first = batch.generation
                try await broker.control("close_all_connections", "test")
            }
            let again = seen.filter { $0.key != first }.values.flatMap { $0 }
            #expect(again.map(\.text) == ["0", "1", "2", "3", "4"])
            #expect(again.map(\.redelivered) == Array(repeating: true, count: 5))
            service.cancel()
            await service.value
            try await withConnection(broker.configuration()) { connection in
                #expect(try await connection.drain(queue).count == 5)
                try await connection.deleteQueue(queue)
            }
        }

        @Test func deletedQueueIsNoticedAndSetUpAgain() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "deleted-\(UUID().uuidString)"
            let states = Recorder<AMQPConnectionState>()
            let subscription = AMQPSubscription(
                configuration: try broker.configuration(), queue: queue,
                setup: { try await $0.declareQueue(queue).name }, onStateChange: states.record)
            let service = Task { await subscription.run() }
            #expect(await states.wait { $0.contains(.connected) })
            try await withConnection(broker.configuration()) { connection in
                try await connection.deleteQueue(queue)
                #expect(await states.wait { $0.contains(where: \.isLost) })
                #expect(states.values.compactMap(\.failure).first?.code == .notFound)
                #expect(await states.wait { $0.count { $0 == .connected } == 2 })
                try connection.publish(message(queue, "after"))
                for await batch in subscription.deliveries {
                    #expect(batch.deliveries.map(\.text) == ["after"])
                    break
                }
                service.cancel()
                await service.value
                try await connection.deleteQueue(queue)
            }
        }

        @Test func missingQueueIsReportedAndAwaited() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "later-\(UUID().uuidString)"
            let states = Recorder<AMQPConnectionState>()
            let subscription = AMQPSubscription(
                configuration: try broker.configuration(), queue: queue, onStateChange: states.record)
            let service = Task { await subscription.run() }
            #expect(await states.wait { !$0.compactMap(\.failure).isEmpty })
            #expect(states.values.compactMap(\.failure).first?.replyCode == 404)
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(queue)
                #expect(await states.wait { $0.contains(.connected) })
                service.cancel()
                await service.value
                try await connection.deleteQueue(queue)
            }
            #expect(states.values.last == .stopped)
        }

        @Test func failingSetupIsReported() async throws {
            struct Refusal: Error {}
            let broker = try await TestBroker.shared.value
            let states = Recorder<AMQPConnectionState>()
            let subscription = AMQPSubscription(
                configuration: try broker.configuration(), queue: "unused", setup: { _ in throw Refusal() },
                onStateChange: states.record)
            let service = Task { await subscription.run() }
            #expect(await states.wait { $0.compactMap(\.failure).contains { $0.code == .setupFailed } })
            service.cancel()
            await service.value
        }

        @Test func wrongTagEndsTheGenerationOnly() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "tags-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(queue)
                try connection.publish(message(queue, "kept"))
            }
            let states = Recorder<AMQPConnectionState>()
            let subscription = AMQPSubscription(
                configuration: try broker.configuration(), queue: queue, onStateChange: states.record)
            let service = Task { await subscription.run() }
            var generations: [UInt64] = []
            for await batch in subscription.deliveries {
                generations.append(batch.generation)
                if generations.count == 2 {
                    #expect(batch.deliveries.map(\.redelivered) == [true])
                    break
                }
                subscription.acknowledge(4711, generation: batch.generation)
            }
            #expect(generations.count == 2 && generations[0] < generations[1])
            #expect(states.values.compactMap(\.failure).first?.code == .preconditionFailed)
            service.cancel()
            await service.value
            _ = try await withConnection(broker.configuration()) { try await $0.deleteQueue(queue) }
        }

        @Test func streamsAreReadFromWhereOneLikes() async throws {
            let broker = try await TestBroker.shared.value
            let stream = "stream-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(stream, arguments: ["x-queue-type": "stream"])
                try await withPublisher(broker.configuration()) { publisher in
                    let outcomes = try await publisher.publish((0..<500).map { message(stream, "\($0)") })
                    #expect(outcomes.count(where: \.isConfirmed) == outcomes.count)
                }
                let position = Mutex<AMQPStreamOffset>(.first)
                for start in [Int64(0), 300] {
                    position.withLock { $0 = start == 0 ? .first : .offset(start) }
                    let subscription = AMQPSubscription(
                        configuration: try broker.configuration(), queue: stream, prefetch: 100,
                        arguments: { position.withLock { $0.consumerArguments } })
                    let service = Task { await subscription.run() }
                    var expected = start
                    reading: for await batch in subscription.deliveries {
                        for delivery in batch.deliveries {
                            let offset = try #require(delivery.streamOffset)
                            guard offset >= start else { continue }
                            #expect(offset == expected)
                            #expect(delivery.text == "\(expected)")
                            expected += 1
                        }
                        if let last = batch.deliveries.last {
                            subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                        }
                        if expected == 500 { break reading }
                    }
                    #expect(expected == 500)
                    service.cancel()
                    await service.value
                }
                try await connection.deleteQueue(stream)
            }
        }
    }
}
