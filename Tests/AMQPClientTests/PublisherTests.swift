import AMQPClient
import Foundation
import TestSupport
import Testing

extension RealBroker {
    @Suite struct PublisherTests {
        @Test func confirmsOneAndManyInOrder() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = "ordered-\(UUID().uuidString)"
                _ = try await connection.declareQueue(queue)
                try await withPublisher(broker.configuration()) { publisher in
                    #expect(try await publisher.publish([message(queue, "first")]) == [.confirmed])
                    // Several calls in flight at once; the order within each call is certain.
                    let outcomes = try await withThrowingTaskGroup(of: [AMQPPublishOutcome].self) { group in
                        for part in 0..<5 {
                            group.addTask {
                                try await publisher.publish((0..<1000).map { message(queue, "\(part)/\($0)") })
                            }
                        }
                        return try await group.reduce(into: []) { $0 += $1 }
                    }
                    #expect(outcomes == Array(repeating: .confirmed, count: 5000))
                    #expect(try await publisher.publish([message(queue, "last")]) == [.confirmed])
                }
                let texts = try await connection.drain(queue).map(\.text)
                #expect(texts.count == 5002)
                #expect(texts.first == "first")
                #expect(texts.last == "last")
                for part in 0..<5 {
                    #expect(texts.filter { $0.hasPrefix("\(part)/") } == (0..<1000).map { "\(part)/\($0)" })
                }
                try await connection.deleteQueue(queue)
            }
        }

        @Test func unroutableMandatoryMessagesComeBack() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                try await withPublisher(broker.configuration()) { publisher in
                    let messages = (0..<30).map { message($0 % 3 == 1 ? "nowhere" : queue, "\($0)") }
                    let outcomes = try await publisher.publish(messages, mandatory: true)
                    for (index, outcome) in outcomes.enumerated() {
                        let expected: AMQPPublishOutcome =
                            index % 3 == 1 ? .returned(replyCode: 312, replyText: "NO_ROUTE") : .confirmed
                        #expect(outcome == expected, "message \(index)")
                    }
                    #expect(try await publisher.publish([message("nowhere", "dropped")]) == [.confirmed])
                }
            }
        }

        @Test func refusedMessagesDoNotPoisonTheOthers() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = "poison-\(UUID().uuidString)"
                _ = try await connection.declareQueue(queue)
                try await withPublisher(broker.configuration()) { publisher in
                    var messages = (0..<600).map { message(queue, "\($0)") }
                    messages[100].exchange = "no-such-exchange"
                    messages[101].exchange = "no-such-exchange"
                    messages[400].properties.userID = "somebody-else"
                    messages[599].body = Array(repeating: 7, count: 17_000_000)
                    let outcomes = try await publisher.publish(messages)
                    let failures = outcomes.enumerated().compactMap { index, outcome -> [Int]? in
                        guard case .failed(let error) = outcome else { return nil }
                        return [index, error.replyCode ?? 0]
                    }
                    #expect(failures == [[100, 404], [101, 404], [400, 406], [599, 406]])
                    #expect(outcomes.count(where: \.isConfirmed) == 596)
                    #expect(try await publisher.publish([message(queue, "after")]) == [.confirmed])
                }
                let texts = Set(try await connection.drain(queue).map(\.text))
                #expect(texts.count == 597)
                #expect(!texts.contains("100"))
                try await connection.deleteQueue(queue)
            }
        }

        @Test func rejectionsByTheQueueAreSaid() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(
                    exclusive: true, arguments: ["x-max-length": 2, "x-overflow": "reject-publish"]
                ).name
                try await withPublisher(broker.configuration()) { publisher in
                    let outcomes = try await publisher.publish((0..<4).map { message(queue, "\($0)") })
                    #expect(outcomes == [.confirmed, .confirmed, .rejected, .rejected])
                }
            }
        }

        @Test func cancellationEndsAWait() async throws {
            let broker = try await TestBroker.shared.value
            // Nobody runs it, so nothing is ever published.
            let publisher = AMQPPublisher(configuration: try broker.configuration())
            let waiting = Task { try await publisher.publish([message("q", "never")]) }
            waiting.cancel()
            let result = await waiting.result
            let error = #expect(throws: AMQPError.self) { try result.get() }
            #expect(error?.code == .cancelled)
        }

        @Test func stoppingDrainsAndThenRefuses() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                let states = Recorder<AMQPConnectionState>()
                let publisher = AMQPPublisher(
                    configuration: try broker.configuration(), drainTimeout: Patience.limit,
                    onStateChange: states.record)
                let service = Task { await publisher.run() }
                #expect(await states.wait { $0.contains(.connected) })
                // Called from here, so that all of it is queued before the service is cancelled.
                async let outcomes = publisher.publish((0..<2000).map { message(queue, "\($0)") })
                _ = try await eventually {
                    try await connection.declareQueue(queue, exclusive: true, passive: true).messageCount > 0
                        ? true : nil
                }
                service.cancel()
                let answers = try await outcomes
                #expect(answers == Array(repeating: .confirmed, count: 2000))
                await service.value
                #expect(states.values.last == .stopped)
                let error = await #expect(throws: AMQPError.self) { try await publisher.publish([message(queue, "x")]) }
                #expect(error?.code == .closed)
            }
        }

        @Test func nothingIsLostWhenConnectionsAreKilled() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "killed-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { connection in
                _ = try await connection.declareQueue(queue, arguments: ["x-queue-type": "quorum"])
            }
            let states = Recorder<AMQPConnectionState>()
            let count = try await withPublisher(broker.configuration(), states: states) { publisher in
                #expect(await states.wait { $0.contains(.connected) })
                let killing = Task {
                    for kills in 1...3 {
                        try await broker.control("close_all_connections", "test")
                        #expect(await states.wait { $0.count(where: \.isLost) >= kills })
                        #expect(await states.wait { $0.count { $0 == .connected } > kills })
                    }
                }
                let isKilling = Recorder<Bool>()
                Task {
                    _ = await killing.result
                    isKilling.record(false)
                }
                // Goes on as long as there is killing, and for 5,000 messages at least.
                var next = 0
                while next < 5000 || isKilling.values.isEmpty {
                    let outcomes = try await publisher.publish((next..<next + 250).map { message(queue, "\($0)") })
                    #expect(outcomes.count(where: \.isConfirmed) == outcomes.count)
                    next += 250
                }
                try await killing.value
                return next
            }
            try await withConnection(broker.configuration()) { connection in
                let texts = Set(try await collect(queue, count: count, configuration: broker.configuration()))
                #expect(texts.isSuperset(of: (0..<count).map(String.init)))
                try await connection.deleteQueue(queue)
            }
        }
    }
}

/// Reads a queue until that many different texts have arrived.
func collect(_ queue: String, count: Int, configuration: AMQPConfiguration) async throws -> [String] {
    let subscription = AMQPSubscription(configuration: configuration, queue: queue, prefetch: 2000)
    let service = Task { await subscription.run() }
    defer { service.cancel() }
    var texts: Set<String> = []
    for await batch in subscription.deliveries {
        for delivery in batch.deliveries { texts.insert(delivery.text) }
        if let last = batch.deliveries.last {
            subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
        }
        if texts.count >= count { break }
    }
    return Array(texts)
}
