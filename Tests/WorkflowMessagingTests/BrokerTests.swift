import AMQPClient
import Foundation
import LocalServers
import Logging
import PerdureJSON
import Synchronization
import TestSupport
import Testing
import WorkflowCore

@testable import WorkflowMessaging

/// Publishing to a real broker and reading it back as subscribers do.
@Suite(.serialized, .timeLimit(.minutes(15))) struct BrokerTests {
    private static let environment = RuntimeEnvironment(
        now: { Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000) }, uptime: { .zero },
        sleep: { try await Task.sleep(for: $0) }, randomBits: { 7 })

    /// A broker for the time of a test, with the topology declared.
    private func withBroker(
        _ body: (AMQPConfiguration, Topology, Logger) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "perdure-messaging-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let servers = try await LocalServers.start(
            LocalServersConfiguration(
                directory: directory, wantsPostgres: false, brokerPlugins: []))
        do {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let configuration = try AMQPConfiguration(url: try #require(servers.amqpURL), connectionName: "test")
            let topology = Topology(prefix: "feed")
            let connection = try await AMQPConnection.open(configuration)
            try await topology.declare(on: connection, logger: logger)
            await connection.close()
            try await body(configuration, topology, logger)
        } catch {
            await servers.stop()
            throw error
        }
        await servers.stop()
    }

    /// Reads so many events of a feed.
    private func read(_ feed: EventFeed, _ count: Int) async throws -> [EventFeed.Message] {
        let seen = Mutex<[EventFeed.Message]>([])
        try await feed.run { message in
            seen.withLock {
                $0.append(message)
                return $0.count < count
            }
        }
        return seen.withLock { $0 }
    }

    @Test func bothFormsAreReadAlike() async throws {
        try await withBroker { configuration, topology, logger in
            func publisher(_ events: EventPublication) -> BrokerPublisher {
                BrokerPublisher(
                    configuration: configuration, topology: topology, events: events, environment: Self.environment,
                    logger: logger)
            }
            func feed(_ start: EventFeed.Start, _ pattern: String) -> EventFeed {
                EventFeed(
                    configuration: configuration, topology: topology, start: start, pattern: pattern, logger: logger)
            }
            let first: [EventType] = [.executionStarted, .stepStarted, .agentInvoked]
            let second: [EventType] = [.agentResponse, .stepFailed, .executionFailed]
            let groups = [Made.group(1, first), Made.group(2, first), Made.group(1, from: 4, second)]
            let each = publisher(EventPublication())
            let batch = publisher(EventPublication(mode: .batch))
            let few = publisher(
                EventPublication(mode: .batch, include: [try RoutingPattern(forEvents: "*.execution.*")]))
            let services = [each, batch, few].map { publisher in Task { await publisher.run() } }

            async let live = read(feed(.live, "order.step.failed"), 2)
            try await waitForLiveFeed(configuration, topology, key: "order.probe.sent")
            try await each.publish(groups, replies: [])
            try await batch.publish(groups, replies: [])
            try await few.publish(groups, replies: [])
            #expect(try await live.map(\.routingKey) == ["order.step.failed", "order.step.failed"])

            let all = Made.cloudEvents(groups)
            let bodies = try all.map { try JSONValue(parsing: $0.body) }
            let stored = try await read(feed(.stream(.first), "#"), 21)
            #expect(try stored.prefix(9).map { try JSONValue(parsing: $0.body) } == bodies)
            #expect(try stored.dropFirst(9).prefix(9).map { try JSONValue(parsing: $0.body) } == bodies)
            #expect(stored.prefix(18).map(\.routingKey) == (all + all).map(\.routingKey))
            #expect(
                stored.suffix(3).map(\.routingKey) == [
                    "order.execution.started", "order.execution.started", "order.execution.failed",
                ])
            // Nine messages, then one for each group.
            #expect(Set(stored.dropFirst(9).prefix(9).compactMap(\.offset)).count == 3)
            let failed = try await read(feed(.stream(.first), "#.failed"), 5)
            #expect(failed.map(\.routingKey).filter { $0 == "order.step.failed" }.count == 2)
            let later = try await read(feed(.stream(.offset(9)), "order.step.*"), 3)
            #expect(later.allSatisfy { $0.offset ?? 0 >= 9 })
            for service in services {
                service.cancel()
                await service.value
            }
        }
    }

    /// Returns once somebody beside the stream receives what is published under a key.
    private func waitForLiveFeed(_ configuration: AMQPConfiguration, _ topology: Topology, key: String) async throws {
        let connection = try await AMQPConnection.open(configuration)
        let publisher = AMQPPublisher(configuration: configuration)
        let service = Task { await publisher.run() }
        // The stream takes everything, so without it a message comes back for as long as there is no feed.
        try await connection.unbindQueue(topology.eventsLog, from: topology.events, routingKey: "#")
        let probe = AMQPMessage(exchange: topology.events, routingKey: key, body: [])
        try await eventually("a feed that is up", every: .milliseconds(20)) {
            try await publisher.publish([probe], mandatory: true).first?.isConfirmed == true
        }
        try await connection.bindQueue(topology.eventsLog, to: topology.events, routingKey: "#")
        await connection.close()
        service.cancel()
        await service.value
    }
}
