import PostgresClient
import TestSupport
import Testing

/// Notifications of other sessions.
@Suite(.timeLimit(.minutes(2))) struct ListenerTests {
    private static let pid = PostgresStatement(name: "pid", sql: "SELECT pg_backend_pid()")

    @Test func whatOthersSayIsHeardAndAgainOnANewConnection() async throws {
        let url = try await TestPostgres.shared()
        let (heard, continuation) = AsyncStream.makeStream(of: PostgresNotification.self)
        let channel = "a \"quoted\" Channel"
        let session = PostgresSession(
            try .patient(url), listener: PostgresListener(channels: [channel, "other"]) { continuation.yield($0) })
        try await session.connect()
        var notifications = heard.makeAsyncIterator()
        try await withConnection { observer in
            func say(_ payload: String, on channel: String) async throws {
                _ = try await observer.query(
                    PostgresStatement(name: "notify", sql: "SELECT pg_notify($1, $2)"),
                    [.text(channel), .text(payload)])
            }
            try await say("not for us", on: "elsewhere")
            try await say("one", on: channel)
            #expect(await notifications.next() == PostgresNotification(channel: channel, payload: "one"))
            // Also while the connection has work of its own.
            _ = try await session.query(Self.pid)
            try await say("two", on: "other")
            #expect(await notifications.next() == PostgresNotification(channel: "other", payload: "two"))

            let process = try await session.query(Self.pid).only().int32(0)
            try await observer.execute(script: "SELECT pg_terminate_backend(\(process))")
            try await eventually("the loss is noticed") { !session.isConnected }
            _ = try await session.query(Self.pid)
            try await say("three", on: channel)
            #expect(await notifications.next() == PostgresNotification(channel: channel, payload: "three"))
        }
        await session.close()
    }
}
