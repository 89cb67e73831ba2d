import AMQPClient
import Testing

@testable import WorkflowMessaging

@Suite struct ConfirmWatchTests {
    private static func message(_ sequence: UInt64, connection: UInt64 = 1) -> AMQPUnconfirmed {
        AMQPUnconfirmed(
            connection: connection, channel: 1, sequence: sequence, exchange: "workflow.events", routingKey: "a.b")
    }

    @Test func aMessageThatStaysIsToldOfOnceAndSoIsItsAnswer() {
        var watch = ConfirmWatch()
        let news = (0..<6).map { _ in watch.look(Self.message(7)) }
        #expect(news == [nil, nil, nil, .silent(Self.message(7), since: .seconds(30)), nil, nil])
        #expect(watch.look(Self.message(8)) == .confirming)
        #expect(watch.look(nil) == nil)
    }

    @Test func whatMovesIsNotToldOf() {
        var watch = ConfirmWatch()
        for sequence in UInt64(1)...20 { #expect(watch.look(Self.message(sequence)) == nil) }
        for connection in UInt64(1)...20 { #expect(watch.look(Self.message(1, connection: connection)) == nil) }
        for _ in 0..<20 { #expect(watch.look(nil) == nil) }
    }
}
