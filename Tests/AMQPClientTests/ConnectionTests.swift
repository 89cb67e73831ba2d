import AMQPClient
import Foundation
import TestSupport
import Testing

extension RealBroker {
    @Suite struct ConnectionTests {
        @Test func propertiesAndTablesComeBackAsTheyWere() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                let properties = AMQPProperties(
                    contentType: "application/json", contentEncoding: "utf-8",
                    headers: [
                        "text": "Grüße, 世界 🐇", "empty": "", "int64": .int64(.min), "int32": .int32(-7), "bool": true,
                        "double": 0.1, "time": .timestamp(1_700_000_000), "bytes": .bytes([0, 255, 1]), "null": .null,
                        "table": ["ключ": ["inner": [1, "two", [3.5], .null]], "none": .table([:])],
                        "array": [], "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                    ],
                    isPersistent: false, priority: 3, correlationID: "c-1", replyTo: "réponse", expiration: "60000",
                    messageID: "m-1", timestamp: 1_234_567_890, type: "kind", userID: "guest", appID: "tests")
                let sent = AMQPMessage(routingKey: queue, properties: properties, body: Array("bödy".utf8))
                try connection.publish(sent)
                let received = try #require(try await connection.get(queue))
                #expect(received.properties == properties)
                #expect(received.body == sent.body)
                #expect(received.routingKey == queue)
                #expect(received.exchange.isEmpty)
                #expect(!received.redelivered)
                connection.reject(received.tag, requeue: true)
                let again = try #require(try await connection.get(queue))
                #expect(again.redelivered)
                connection.acknowledge(again.tag)
                try connection.publish(AMQPMessage(routingKey: queue, body: []))
                #expect(try await connection.get(queue, autoAcknowledge: true)?.body == [])
                #expect(try await connection.get(queue) == nil)
            }
        }

        @Test func refusalsLeaveTheConnectionUsable() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let missing = await #expect(throws: AMQPError.self) {
                    _ = try await connection.declareQueue("no-such-queue", passive: true)
                }
                #expect(missing?.code == .notFound)
                #expect(missing?.replyCode == 404)
                #expect(missing?.message.contains("127.0.0.1:\(broker.port)") == true)
                let queue = "refusals-\(UUID().uuidString)"
                let quorum: AMQPTable = ["x-queue-type": "quorum"]
                _ = try await connection.declareQueue(queue, arguments: quorum)
                let different = await #expect(throws: AMQPError.self) { try await connection.declareQueue(queue) }
                #expect(different?.code == .preconditionFailed)
                #expect(different?.replyCode == 406)
                #expect(try await connection.declareQueue(queue, passive: true).name == queue)
                let forbidden = await #expect(throws: AMQPError.self) {
                    try await connection.declareExchange("amq.mine", kind: .topic)
                }
                #expect(forbidden?.code == .accessRefused)
                #expect(forbidden?.replyCode == 403)

                let exchange = "refusals-\(UUID().uuidString)"
                try await connection.declareExchange(exchange, kind: .topic)
                try await connection.declareExchange(exchange, kind: .topic, passive: true)
                try await connection.bindQueue(queue, to: exchange, routingKey: "a.*")
                try connection.publish(AMQPMessage(exchange: exchange, routingKey: "a.b", body: [1]))
                try await connection.unbindQueue(queue, from: exchange, routingKey: "a.*")
                let delivery = try await eventually { try await connection.get(queue, autoAcknowledge: true) }
                #expect(delivery.body == [1])
                #expect(delivery.exchange == exchange)
                try await connection.purgeQueue(queue)
                try await connection.deleteQueue(queue)
                try await connection.deleteExchange(exchange)
            }
        }

        @Test func largeBodiesArriveWhole() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.configuration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                // Around the frame limit, and far beyond it.
                for size in [131_063, 131_064, 131_065, 262_128, 10_000_000] {
                    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                    try connection.publish(AMQPMessage(routingKey: queue, body: body))
                    let delivery = try await eventually { try await connection.get(queue, autoAcknowledge: true) }
                    #expect(delivery.body == body, "size \(size)")
                }
            }
        }

        @Test func wrongPasswordIsSaid() async throws {
            let broker = try await TestBroker.shared.value
            let error = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(broker.configuration(password: "wrong"))
            }
            #expect(error?.code == .authenticationFailed)
            #expect(error?.isRetriable == false)
            #expect(error?.description.contains("wrong") == false)
        }

        @Test func unknownVirtualHostIsSaid() async throws {
            let broker = try await TestBroker.shared.value
            let error = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(
                    AMQPConfiguration(
                        url: "amqp://127.0.0.1:\(broker.port)/nowhere", connectTimeout: Patience.limit))
            }
            #expect(error?.code == .notAllowed)
            #expect(error?.replyCode == 530)
        }

        @Test func refusedConnectionNamesTheAddress() async throws {
            let port = try FreePort.find()
            let error = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(AMQPConfiguration(host: "127.0.0.1", port: port))
            }
            #expect(error?.code == .connectionFailed)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            #expect(error?.isRetriable == true)
        }

        @Test func encryptedConnections() async throws {
            let broker = try await TestBroker.shared.value
            try await withConnection(broker.tlsConfiguration()) { connection in
                let queue = try await connection.declareQueue(exclusive: true).name
                let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
                try connection.publish(AMQPMessage(routingKey: queue, body: body))
                let delivery = try await eventually { try await connection.get(queue, autoAcknowledge: true) }
                #expect(delivery.body == body)
            }
            let untrusted = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(broker.tlsConfiguration(authority: "other.pem"))
            }
            #expect(untrusted?.code == .connectionFailed)
            let unreadable = await #expect(throws: AMQPError.self) {
                try await AMQPConnection.open(broker.tlsConfiguration(authority: "missing.pem"))
            }
            #expect(unreadable?.code == .invalidConfiguration)
        }

        @Test func nothingLeaks() async throws {
            let broker = try await TestBroker.shared.value
            let configuration = try broker.configuration()
            try await withConnection(configuration) { _ in }
            let before = try Footprint()
            for number in 0..<100 {
                let connection = try await AMQPConnection.open(configuration)
                if number.isMultiple(of: 10) {
                    connection.abort()
                    _ = await connection.waitUntilClosed()
                } else {
                    await connection.close()
                }
            }
            // The thread reports the end just before it is gone, and the watchdog forgets a little later.
            _ = try await eventually {
                let now = try Footprint()
                return now.descriptors <= before.descriptors + 1 && now.threads <= before.threads + 1 ? true : nil
            }
        }

        @Test func cancellingAnOpenEndsTheWait() async throws {
            // An address that never answers: a listening socket nobody accepts from still completes TCP, then silence.
            let silent = try SilentServer()
            let configuration = try AMQPConfiguration(
                host: "127.0.0.1", port: silent.port, connectTimeout: Patience.limit)
            let opening = Task { try await AMQPConnection.open(configuration) }
            try await silent.waitUntilReached()
            let began = ContinuousClock.now
            opening.cancel()
            let result = await opening.result
            #expect(ContinuousClock.now - began < Patience.limit / 2)
            let error = #expect(throws: AMQPError.self) { try result.get() }
            #expect(error?.code == .cancelled)
        }
    }
}
