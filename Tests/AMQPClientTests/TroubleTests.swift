import AMQPClient
import Foundation
import Glibc
import LocalServers
import Testing

extension RealBroker {
    /// What an operator or fate does to the node.
    @Suite struct TroubleTests {
        @Test func alarmsBlockAndRelease() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                let states = Recorder<AMQPConnectionState>()
                try await withPublisher(broker.configuration(), states: states) { publisher in
                    #expect(try await publisher.publish([message(queue, "before")]) == [.confirmed])
                    try await broker.control("set_vm_memory_high_watermark", "0.000001")
                    async let outcomes = publisher.publish((0..<3000).map { message(queue, "\($0)") })
                    #expect(await states.wait { $0.contains(where: \.isBlocked) })
                    try await broker.control("set_vm_memory_high_watermark", "0.4")
                    #expect(await states.wait { $0.contains(.unblocked) })
                    let answers = try await outcomes
                    #expect(answers == Array(repeating: .confirmed, count: 3000))
                    #expect(states.values.count(where: \.isLost) == 0)
                }
            }
        }

        @Test func aWriteHeldBackByAnAlarmIsNotTakenForDead() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                let states = Recorder<AMQPConnectionState>()
                try await withPublisher(broker.configuration(heartbeat: .seconds(3)), states: states) { publisher in
                    #expect(try await publisher.publish([message(queue, "before")]) == [.confirmed])
                    try await broker.control("set_vm_memory_high_watermark", "0.000001")
                    // Larger than all socket buffers: the connection's thread hangs in the write.
                    let large = AMQPMessage(routingKey: queue, body: Array(repeating: 1, count: 15_000_000))
                    async let outcomes = publisher.publish([large])
                    // Longer than two heartbeats and the slack; there is no signal for nothing happening.
                    #expect(await states.wait(within: .seconds(10)) { $0.contains(where: \.isLost) } == false)
                    try await broker.control("set_vm_memory_high_watermark", "0.4")
                    let answers = try await outcomes
                    #expect(answers == [.confirmed])
                    #expect(states.values.count(where: \.isLost) == 0)
                }
            }
        }

        @Test func frozenBrokerIsNoticed() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "frozen-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { _ = try await $0.declareQueue(queue) }
            // Long enough that a slow machine is not taken for a frozen broker before there is one.
            let configuration = try broker.configuration(heartbeat: .seconds(4))
            let states = Recorder<AMQPConnectionState>()
            try await withPublisher(configuration, states: states) { publisher in
                #expect(try await publisher.publish([message(queue, "before")]) == [.confirmed])
                let consumerStates = Recorder<AMQPConnectionState>()
                let subscription = AMQPSubscription(
                    configuration: configuration, queue: queue, onStateChange: consumerStates.record)
                let service = Task { await subscription.run() }
                #expect(await consumerStates.wait { $0.contains(.connected) })
                let node = try #require(await broker.servers.brokerPID)
                kill(node, SIGSTOP)
                defer { kill(node, SIGCONT) }
                // More than all socket buffers, so that the writing thread hangs until the watchdog frees it.
                async let outcomes = publisher.publish(
                    (0..<2).map {
                        AMQPMessage(routingKey: queue, body: Array(repeating: UInt8($0), count: 10_000_000))
                    })
                // Without heartbeats it would take TCP a quarter of an hour to give up.
                #expect(await consumerStates.wait { $0.contains(where: \.isLost) })
                #expect(await states.wait { $0.contains(where: \.isLost) })
                let failure = consumerStates.values.compactMap(\.failure).first
                #expect(failure?.code == .heartbeatTimeout)
                kill(node, SIGCONT)
                let answers = try await outcomes
                #expect(answers == [.confirmed, .confirmed])
                service.cancel()
                await service.value
            }
            _ = try await withConnection(broker.configuration()) { try await $0.deleteQueue(queue) }
        }

        @Test func restartedBrokerIsFoundAgain() async throws {
            let broker = try await TestBroker.shared.value
            let queue = "restarted-\(UUID().uuidString)"
            try await withConnection(broker.configuration()) { _ = try await $0.declareQueue(queue) }
            let states = Recorder<AMQPConnectionState>()
            try await withPublisher(broker.configuration(), states: states) { publisher in
                let subscription = AMQPSubscription(configuration: try broker.configuration(), queue: queue)
                let service = Task { await subscription.run() }
                let arrived = Recorder<String>()
                let reader = Task {
                    for await batch in subscription.deliveries {
                        for delivery in batch.deliveries { arrived.record(delivery.text) }
                        if let last = batch.deliveries.last {
                            subscription.acknowledge(last.tag, multiple: true, generation: batch.generation)
                        }
                    }
                }
                #expect(try await publisher.publish([message(queue, "before")]) == [.confirmed])
                #expect(await arrived.wait { $0.contains("before") })
                await broker.servers.stopBroker()
                #expect(await states.wait { $0.contains(where: \.isLost) })
                async let outcomes = publisher.publish((0..<1000).map { message(queue, "\($0)") })
                #expect(await states.wait { $0.contains { $0.failure?.code == .connectionFailed } })
                try await broker.servers.startBroker()
                let answers = try await outcomes
                #expect(answers == Array(repeating: .confirmed, count: 1000))
                #expect(await arrived.wait { Set($0).count == 1001 })
                service.cancel()
                await service.value
                await reader.value
            }
            _ = try await withConnection(broker.configuration()) { try await $0.deleteQueue(queue) }
        }
    }
}
