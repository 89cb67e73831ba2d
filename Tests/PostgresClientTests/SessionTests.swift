import Foundation
import PostgresClient
import TestSupport
import Testing

@Suite("Session", .timeLimit(.minutes(10))) struct SessionTests {
    private static let backoff = PostgresBackoff(initial: .milliseconds(20), maximum: .milliseconds(200))
    private static let pid = PostgresStatement(name: "pid", sql: "SELECT pg_backend_pid()")

    private static func session(_ url: String, _ log: StateLog) throws -> PostgresSession {
        PostgresSession(try .patient(url), backoff: backoff) { log.note($0) }
    }

    @Test func reconnectsAfterTerminatedBackend() async throws {
        let log = StateLog()
        let session = try Self.session(try await TestPostgres.shared(), log)
        let first = try await session.query(Self.pid).only().int32(0)
        #expect(session.isConnected)
        try await withConnection { try await $0.execute(script: "SELECT pg_terminate_backend(\(first))") }
        let lost = try #require(await log.next { $0.isLost })
        if case .lost(let error) = lost {
            #expect(error.sqlState == .adminShutdown)
            #expect(error.message.contains("127.0.0.1:"))
        }
        #expect(!session.isConnected)
        let second = try await session.query(Self.pid).only().int32(0)
        #expect(second != first)
        await session.close()
        #expect(log.all.filter(\.isConnected).count == 2)
        #expect(log.all.filter(\.isLost).count == 1)
        #expect(log.all.last == .closed)
        #expect(try await postgresError { try await session.query(Self.pid) }.code == .closed)
    }

    @Test func unknownOutcomeIsThrownAndNotRepeated() async throws {
        let log = StateLog()
        let session = try Self.session(try await TestPostgres.shared(), log)
        let table = "s_\(UUID().uuidString.prefix(8).lowercased())"
        try await session.execute(script: "CREATE TABLE \(table) (i int)")
        let pid = try await session.query(Self.pid).only().int32(0)
        let insert = PostgresStatement(name: "insert", sql: "INSERT INTO \(table) VALUES (1)")
        let sleep = PostgresStatement(name: "sleep_in_session", sql: "SELECT pg_sleep(61)")
        let task = Task { try await session.transaction([PostgresCall(insert), PostgresCall(sleep)]) }
        try await withConnection { observer in
            try await eventually("the sleep runs") {
                try await observer.queryText(
                    "SELECT state FROM pg_stat_activity WHERE pid = \(pid) AND query LIKE '%pg_sleep(61)%'"
                ).rows == [["active"]]
            }
            try await observer.execute(script: "SELECT pg_terminate_backend(\(pid))")
        }
        let error = try await postgresError { _ = try await task.value }
        #expect(error.code == .connectionLost)
        #expect(error.isOutcomeUnknown)
        #expect(try await session.queryText("SELECT count(*) FROM \(table)").rows == [["0"]])
        await session.close()
    }

    @Test func reconnectsAfterServerRestart() async throws {
        let server = try await TestPostgres.start()
        let log = StateLog()
        let session = try Self.session(server.url, log)
        try await session.connect()
        try await server.stopServer()
        _ = await log.next { $0.isLost }
        let waiting = (0..<10).map { _ in Task { try await session.query(Self.pid) } }
        let failure = try #require(await log.next { $0.isFailure })
        if case .connectFailed(let error, let attempt, let pause) = failure {
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("127.0.0.1:\(server.port)"))
            #expect(attempt >= 1)
            #expect(pause > .zero && pause <= Self.backoff.maximum)
        }
        try await server.startServer()
        for task in waiting { #expect(try await task.value.count == 1) }
        #expect(log.all.filter(\.isConnected).count == 2)
        await session.close()
    }

    @Test func cancelledWaiterStopsTheAttempts() async throws {
        let log = StateLog()
        let url = "postgresql://tester@127.0.0.1:\(try FreePort.find())/postgres"
        let session = try Self.session(url, log)
        let first = Task { try await session.query(Self.pid) }
        let second = Task { try await session.query(Self.pid) }
        _ = await log.next { $0.isFailure }
        first.cancel()
        #expect(try await postgresError { _ = try await first.value }.code == .cancelled)
        _ = await log.next { $0.isFailure }
        second.cancel()
        #expect(try await postgresError { _ = try await second.value }.code == .cancelled)
        // Without anybody waiting no attempt is made, so the next failure is the next waiter's.
        let third = Task { try await session.query(Self.pid) }
        _ = await log.next { $0.isFailure }
        await session.close()
        #expect(try await postgresError { _ = try await third.value }.code == .closed)
    }

    @Test func missingDatabaseIsReportedAndRetried() async throws {
        let log = StateLog()
        let name = "db_\(UUID().uuidString.prefix(8).lowercased())"
        let url = try await TestPostgres.shared().replacingOccurrences(of: "/postgres", with: "/\(name)")
        let session = try Self.session(url, log)
        let task = Task { try await session.query(Self.pid) }
        let failure = try #require(await log.next { $0.isFailure })
        if case .connectFailed(let error, _, _) = failure {
            #expect(error.sqlState == .invalidCatalogName)
            #expect(!error.isRetriable)
        }
        try await withConnection { _ = try await $0.execute(script: "CREATE DATABASE \(name)") }
        #expect(try await task.value.count == 1)
        await session.close()
    }

    @Test func poolServesInOrderAndBoundsWaiters() async throws {
        let pool = try await PostgresPool(
            .patient(TestPostgres.shared()), size: 1, maxWaiters: 5)
        let (order, continuation) = AsyncStream<Int>.makeStream()
        var tasks: [Task<Void, any Error>] = []
        try await pool.withSession { session in
            for number in 0..<5 {
                tasks.append(
                    Task {
                        try await pool.withSession { _ in
                            continuation.yield(number)
                            await Task.yield()
                        }
                    })
                try await eventually("task \(number) waits") { pool.waiterCount == number + 1 }
            }
            let refused = try await postgresError { try await pool.query(Self.pid) }
            #expect(refused.code == .queueFull)
            tasks[2].cancel()
            try await eventually("it left") { pool.waiterCount == 4 }
            #expect(try await session.query(Self.pid).count == 1)
        }
        for (number, task) in tasks.enumerated() {
            let failure = await task.result
            if number == 2 {
                #expect(throws: PostgresError.self) { try failure.get() }
            } else {
                try failure.get()
            }
        }
        continuation.finish()
        #expect(await order.reduce(into: []) { $0.append($1) } == [0, 1, 3, 4])
        await pool.close()
        #expect(try await postgresError { try await pool.query(Self.pid) }.code == .closed)
    }

    @Test func poolUsesAllSessionsAndNotMore() async throws {
        let pool = try await PostgresPool(
            .patient(TestPostgres.shared()), size: 4)
        let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let sleep = PostgresStatement(name: "nap", sql: "SELECT pg_backend_pid() FROM pg_sleep(0.002)")
                    return try await pool.query(sleep).only().int32(0)
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(pids.count == 4)
        await pool.close()
    }

    @Test func poolDropsSessionsLeftInATransaction() async throws {
        let pool = try await PostgresPool(
            .patient(TestPostgres.shared()), size: 1)
        let first = try await pool.withSession { session in
            let pid = try await session.query(Self.pid).only().int32(0)
            try await session.execute(script: "BEGIN; CREATE TABLE left_open (i int)")
            return pid
        }
        #expect(try await pool.query(Self.pid).only().int32(0) != first)
        #expect(try await pool.queryText("SELECT to_regclass('left_open')").rows == [[nil]])
        await pool.close()
        let error = try await postgresError {
            _ = try await PostgresPool(.patient(TestPostgres.shared()), size: 0)
        }
        #expect(error.code == .invalidConfiguration)
    }
}
