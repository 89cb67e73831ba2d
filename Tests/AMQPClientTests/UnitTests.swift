import Testing

@testable import AMQPClient

@Suite struct ConfigurationTests {
    @Test func parsesEveryPart() throws {
        let configuration = try AMQPConfiguration(
            url: "amqps://us%40er:p%3Aw%2F@broker.example:1234/my%2fvhost?heartbeat=7&connection_timeout=1500"
                + "&cacertfile=/ca.pem&certfile=/c.pem&keyfile=/k.pem&verify=verify_none&unknown=1",
            connectionName: "name")
        #expect(configuration.user == "us@er")
        #expect(configuration.password == "p:w/")
        #expect(configuration.host == "broker.example")
        #expect(configuration.port == 1234)
        #expect(configuration.virtualHost == "my/vhost")
        #expect(configuration.heartbeat == .seconds(7))
        #expect(configuration.connectTimeout == .milliseconds(1500))
        #expect(
            configuration.tls
                == AMQPTLSOptions(
                    caCertificateFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem", verifyPeer: false,
                    verifyHostname: false))
        #expect(!configuration.redactedDescription.contains("p:w"))
        #expect(configuration.redactedDescription == "amqps://us%40er:***@broker.example:1234/my%2fvhost")
    }

    @Test(arguments: ["amqp://h", "amqp://h/", "amqp://h/%2f", "AMQP://guest:guest@h:5672/%2F"])
    func defaults(url: String) throws {
        #expect(try AMQPConfiguration(url: url) == AMQPConfiguration(host: "h"))
    }

    @Test func addressOfVersion6() throws {
        let configuration = try AMQPConfiguration(url: "amqp://[::1]:99/x")
        #expect(configuration.host == "::1")
        #expect(configuration.address == "[::1]:99")
    }

    @Test(arguments: [
        "", "http://h", "amqp://", "amqp://h:0", "amqp://h:99999", "amqp://h:x", "amqp://h/a/b", "amqp://%zz@h",
        "amqp://h/%f", "amqp://h?heartbeat=0", "amqp://h?heartbeat=x", "amqp://h?heartbeat=9999",
        "amqps://h?verify=maybe", "amqps://h?certfile=/only", "amqp://[::1", "amqp://u:%00@h",
    ])
    func refuses(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
    }
}

@Suite struct PublishWindowTests {
    private func messages(_ range: Range<Int>) -> [AMQPMessage] { range.map { message("q", "\($0)") } }

    private func texts(_ messages: [OutgoingMessage]) -> [String] {
        messages.map { String(decoding: $0.message.body, as: UTF8.self) }
    }

    private func ack(_ sequence: UInt64, multiple: Bool = false) -> AMQPConfirm {
        AMQPConfirm(sequence: sequence, multiple: multiple, accepted: true)
    }

    @Test func keepsOrderAndWindow() {
        var window = PublishWindow(window: 3, maxInFlightBytes: 1_000_000)
        #expect(window.enqueue(batch: 1, messages: messages(0..<5), mandatory: false).isEmpty)
        #expect(window.takeWritable().messages.isEmpty)
        window.connected(frameBytes: 4096)
        #expect(texts(window.takeWritable().messages) == ["0", "1", "2"])
        #expect(window.takeWritable().messages.isEmpty)
        #expect(window.confirm(ack(2)).isEmpty)
        #expect(texts(window.takeWritable().messages) == ["3"])
        #expect(window.confirm(ack(4, multiple: true)).isEmpty)
        #expect(texts(window.takeWritable().messages) == ["4"])
        #expect(
            window.confirm(ack(5)) == [.init(batch: 1, outcomes: Array(repeating: .confirmed, count: 5))])
        #expect(window.isIdle)
    }

    @Test func bytesAreLimitedButNeverForOneAlone() {
        var window = PublishWindow(window: 10, maxInFlightBytes: 1000)
        window.connected(frameBytes: 4096)
        let large = AMQPMessage(routingKey: "q", body: Array(repeating: 1, count: 5000))
        _ = window.enqueue(batch: 1, messages: [large, large], mandatory: false)
        #expect(window.takeWritable().messages.count == 1)
        #expect(window.takeWritable().messages.isEmpty)
        _ = window.confirm(ack(1))
        #expect(window.takeWritable().messages.count == 1)
    }

    @Test func unconfirmedGoFirstAfterALoss() {
        var window = PublishWindow(window: 4, maxInFlightBytes: 1_000_000)
        window.connected(frameBytes: 4096)
        _ = window.enqueue(batch: 1, messages: messages(0..<6), mandatory: false)
        _ = window.takeWritable()
        _ = window.confirm(ack(2))
        let lost = AMQPError(code: .connectionLost, message: "")
        #expect(window.disconnected(lost).isEmpty)
        window.connected(frameBytes: 4096)
        #expect(texts(window.takeWritable().messages) == ["0", "2", "3", "4"])
        #expect(window.confirm(ack(4, multiple: true)).isEmpty)
        #expect(texts(window.takeWritable().messages) == ["5"])
        #expect(window.confirm(ack(5)).map(\.batch) == [1])
    }

    @Test func findsTheCulprit() {
        var window = PublishWindow(window: 100, maxInFlightBytes: 1_000_000)
        window.connected(frameBytes: 4096)
        _ = window.enqueue(batch: 1, messages: messages(0..<100), mandatory: false)
        let refusal = AMQPError(code: .notFound, replyCode: 404, message: "")
        var written = 0
        var outcomes: [AMQPPublishOutcome] = []
        for _ in 0..<500 where outcomes.isEmpty {
            let burst = texts(window.takeWritable().messages)
            written += burst.count
            guard !burst.contains("42") else {
                outcomes += window.channelClosed(refusal).flatMap(\.outcomes)
                window.channelReopened()
                continue
            }
            // Sequence numbers begin again with each channel, so confirm one by one from the first.
            outcomes += window.confirmAll().flatMap(\.outcomes)
        }
        #expect(outcomes.count == 100)
        for (index, outcome) in outcomes.enumerated() {
            #expect(outcome == (index == 42 ? .failed(refusal) : .confirmed))
        }
        #expect(written < 300, "a culprit may not cost a repetition of everything many times over")
    }

    @Test func cancelledCallsAreNotRepeated() {
        var window = PublishWindow(window: 2, maxInFlightBytes: 1_000_000)
        window.connected(frameBytes: 4096)
        _ = window.enqueue(batch: 1, messages: messages(0..<3), mandatory: false)
        _ = window.enqueue(batch: 2, messages: messages(10..<11), mandatory: false)
        #expect(texts(window.takeWritable().messages) == ["0", "1"])
        window.cancel(batch: 1)
        _ = window.disconnected(AMQPError(code: .connectionLost, message: ""))
        window.connected(frameBytes: 4096)
        #expect(texts(window.takeWritable().messages) == ["10"])
        #expect(window.confirm(ack(1)) == [.init(batch: 2, outcomes: [.confirmed])])
    }

    @Test func returnsAndRefusals() {
        var window = PublishWindow(window: 10, maxInFlightBytes: 1_000_000)
        window.connected(frameBytes: 4096)
        _ = window.enqueue(batch: 1, messages: messages(0..<3), mandatory: true)
        _ = window.takeWritable()
        window.returned(message("q", "1"), replyCode: 312, replyText: "NO_ROUTE")
        _ = window.confirm(ack(2, multiple: true))
        let resolved = window.confirm(AMQPConfirm(sequence: 3, multiple: false, accepted: false))
        #expect(
            resolved.first?.outcomes
                == [.confirmed, .returned(replyCode: 312, replyText: "NO_ROUTE"), .rejected])
    }

    @Test func whatCannotBeWrittenFailsAlone() {
        var window = PublishWindow(window: 10, maxInFlightBytes: 1_000_000)
        window.connected(frameBytes: 4096)
        let longKey = AMQPMessage(routingKey: String(repeating: "k", count: 256), body: [])
        let longHeader = AMQPMessage(
            routingKey: "q", properties: AMQPProperties(headers: ["h": .bytes(Array(repeating: 0, count: 5000))]),
            body: [])
        _ = window.enqueue(batch: 1, messages: [longKey, message("q", "a"), longHeader], mandatory: false)
        #expect(texts(window.takeWritable().messages) == ["a"])
        let outcomes = window.confirm(ack(1)).first?.outcomes ?? []
        #expect(outcomes.map(\.isConfirmed) == [false, true, false])
    }
}

extension PublishWindow {
    /// Confirms everything in flight.
    fileprivate mutating func confirmAll() -> [Resolved] {
        confirm(AMQPConfirm(sequence: lastSequence, multiple: true, accepted: true))
    }
}

@Suite struct ConnectionLoopTests {
    /// A broker that dies between two commands: the acknowledgement cannot be written, and the call behind it is never sent.
    @Test(.timeLimit(.minutes(1))) func callsBehindACommandThatFailsHearOfTheEnd() async throws {
        let mailbox = try #require(ConnectionMailbox())
        let loop = ConnectionLoop(configuration: try AMQPConfiguration(url: "amqp://nowhere"), mailbox: mailbox) { _ in
        }
        _ = mailbox.post(.acknowledge(tag: 1, multiple: true))
        let result = await withCheckedContinuation { (waiter: PendingCall.Waiter) in
            _ = mailbox.post(.call(.setPrefetch(1), waiter))
            do throws(AMQPError) {
                try loop.obeyCommands()
            } catch {
                loop.end(error)
            }
        }
        #expect(throws: AMQPError.self) { try result.get() }
    }
}

@Suite struct FIFOTests {
    @Test func keepsOrderThroughCompaction() {
        var queue = FIFO<Int>()
        var taken: [Int] = []
        for number in 0..<10_000 {
            queue.append(number)
            if number % 3 == 0, let next = queue.popFirst() { taken.append(next) }
        }
        while let next = queue.popFirst() { taken.append(next) }
        #expect(taken == Array(0..<10_000))
        #expect(queue.isEmpty)
    }
}
