import Foundation
import PostgresClient
import TestSupport
import Testing

@Suite("Connection", .timeLimit(.minutes(10))) struct ConnectionTests {
    private static func table(_ connection: PostgresConnection) async throws -> String {
        let name = "t_\(UUID().uuidString.prefix(8).lowercased())"
        try await connection.execute(script: "CREATE TABLE \(name) (id int8 PRIMARY KEY, note text)")
        return name
    }

    private static func count(_ table: String, _ connection: PostgresConnection) async throws -> Int64 {
        try await connection.query(PostgresStatement(name: "count \(table)", sql: "SELECT count(*) FROM \(table)"))
            .only().int64(0)
    }

    @Test func sixStatementsAreOneTransaction() async throws {
        try await withConnection { connection in
            let table = try await Self.table(connection)
            let insert = PostgresStatement(
                name: "insert_row", sql: "INSERT INTO \(table) VALUES ($1, $2) RETURNING xmin::text::int8 AS tx")
            func calls(_ ids: [Int64]) -> [PostgresCall] { ids.map { PostgresCall(insert, [.int64($0), .text("n")]) } }

            let results = try await connection.transaction(calls([1, 2, 3, 4, 5, 6]))
            #expect(results.map(\.affectedRows) == [1, 1, 1, 1, 1, 1])
            #expect(try Set(results.map { try $0.only().int64("tx") }).count == 1)

            let error = try await postgresError {
                _ = try await connection.transaction(calls([7, 8, 9, 3, 10, 11]))
            }
            #expect(error.code == .serverError)
            #expect(error.sqlState == .uniqueViolation)
            #expect(error.statementName == "insert_row")
            #expect(error.constraintName == "\(table)_pkey")
            #expect(error.detail?.contains("(3)") == true)
            #expect(!error.isRetriable)
            #expect(!error.isOutcomeUnknown)
            #expect(connection.isOpen)
            #expect(try await Self.count(table, connection) == 6)
        }
    }

    @Test func failureAtCommitIsReported() async throws {
        try await withConnection { connection in
            let table = try await Self.table(connection)
            try await connection.execute(
                script: "CREATE TABLE \(table)_c (id int8 REFERENCES \(table) DEFERRABLE INITIALLY DEFERRED)")
            let insert = PostgresStatement(name: "orphan", sql: "INSERT INTO \(table)_c VALUES ($1)")
            let error = try await postgresError { try await connection.query(insert, [.int64(404)]) }
            #expect(error.sqlState == .foreignKeyViolation)
            #expect(try await Self.count("\(table)_c", connection) == 0)
        }
    }

    @Test func statementThatCannotBePrepared() async throws {
        try await withConnection { connection in
            let good = PostgresStatement(name: "good", sql: "SELECT 1")
            let bad = PostgresStatement(name: "select_nothing", sql: "SELECT * FROM no_such_table")
            for _ in 1...3 {
                let error = try await postgresError {
                    _ = try await connection.transaction([PostgresCall(good), PostgresCall(bad), PostgresCall(good)])
                }
                #expect(error.sqlState == .undefinedTable)
                #expect(error.statementName == "select_nothing")
                #expect(error.message.contains("schema"))
            }
            #expect(try await connection.query(good).only().int32(0) == 1)
            #expect(
                try await postgresError { try await connection.query(PostgresStatement(name: "typo", sql: "SELEC 1")) }
                    .sqlState == .syntaxError)
        }
    }

    @Test func preparationBehindAFailureIsDoneAgain() async throws {
        try await withConnection { connection in
            let fail = PostgresStatement(name: "divide", sql: "SELECT 1 / $1::int4")
            let later = PostgresStatement(name: "later", sql: "SELECT 42")
            for _ in 1...2 {
                let error = try await postgresError {
                    _ = try await connection.transaction([PostgresCall(fail, [.int32(0)]), PostgresCall(later)])
                }
                #expect(error.sqlState?.rawValue == "22012")
            }
            let results = try await connection.transaction([PostgresCall(fail, [.int32(1)]), PostgresCall(later)])
            #expect(try results[1].only().int32(0) == 42)
        }
    }

    @Test func statementsSurviveDeallocationAndChangedTables() async throws {
        try await withConnection { connection in
            let table = try await Self.table(connection)
            let select = PostgresStatement(name: "all", sql: "SELECT * FROM \(table)")
            #expect(try await connection.query(select).columns == ["id", "note"])
            try await connection.execute(script: "DEALLOCATE ALL")
            let lost = try await postgresError { try await connection.query(select) }
            #expect(lost.sqlState == .invalidStatementName)
            #expect(lost.isRetriable)
            #expect(try await connection.query(select).columns == ["id", "note"])
            try await connection.execute(script: "ALTER TABLE \(table) ADD extra int4")
            #expect(try await postgresError { try await connection.query(select) }.sqlState == .featureNotSupported)
            #expect(try await connection.query(select).columns == ["id", "note", "extra"])
        }
    }

    @Test func moreStatementsThanAreKept() async throws {
        try await withConnection { connection in
            for number in 0..<(PostgresLimits.maxPreparedStatements + 20) {
                let statement = PostgresStatement(name: "s\(number)", sql: "SELECT $1::int4 + \(number)")
                #expect(try await connection.query(statement, [.int32(1)]).only().int32(0) == Int32(number + 1))
            }
            let rows = try await connection.queryText("SELECT count(*) FROM pg_prepared_statements")
            #expect(rows.rows == [["\(PostgresLimits.maxPreparedStatements)"]])
        }
    }

    @Test func scriptsReturnTextAndMixWithTransactions() async throws {
        try await withConnection { connection in
            let one = PostgresStatement(name: "one", sql: "SELECT 1")
            async let first = connection.query(one)
            async let text = connection.execute(
                script: "SELECT 1 AS a, NULL AS b; CREATE TEMP TABLE x (i int); SELECT 'ü'")
            async let last = connection.query(one)
            #expect(try await first.count == 1)
            let results = try await text
            #expect(results.count == 3)
            #expect(results[0].columns == ["a", "b"])
            #expect(results[0].rows == [["1", nil]])
            #expect(results[1].commandTag == "CREATE TABLE")
            #expect(results[2].rows == [["ü"]])
            #expect(try await last.count == 1)

            let error = try await postgresError {
                try await connection.execute(script: "CREATE TABLE never_made (i int); SELECT 1/0")
            }
            #expect(error.sqlState?.rawValue == "22012")
            #expect(try await connection.queryText("SELECT to_regclass('never_made')").rows == [[nil]])
            #expect(try await connection.queryText("").rows.isEmpty)
        }
    }

    @Test func copyGivesUpTheConnectionButDoesNotHang() async throws {
        try await withConnection { connection in
            let error = try await postgresError { try await connection.execute(script: "COPY pg_class TO STDOUT") }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func settingsAreApplied() async throws {
        try await withConnection(settings: [("enable_seqscan", "off"), ("application_name", "o'brien")]) {
            (connection) async throws in
            #expect(try await connection.queryText("SHOW enable_seqscan").rows == [["off"]])
            #expect(try await connection.queryText("SHOW application_name").rows == [["o'brien"]])
        }
        let error = try await postgresError {
            try await withConnection(settings: [("no_such_setting", "1")]) { _ in }
        }
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("no_such_setting"))
    }

    @Test func largeMessagesBothWaysDoNotBlock() async throws {
        try await withConnection { connection in
            let echo = PostgresStatement(name: "echo", sql: "SELECT $1::bytea")
            let block = [UInt8](repeating: 7, count: 4_000_000)
            let results = try await connection.transaction((0..<8).map { _ in PostgresCall(echo, [.bytea(block)]) })
            for result in results { #expect(try result.only().bytea(0).count == block.count) }
        }
    }

    @Test func limitsAreCheckedBeforeSending() async throws {
        try await withConnection { (connection) async throws in
            let many = PostgresStatement(name: "many", sql: "SELECT 1")
            let parameters = [PostgresValue](repeating: .null, count: PostgresLimits.maxParameters + 1)
            #expect(try await postgresError { try await connection.query(many, parameters) }.code == .invalidStatement)
            let calls = [PostgresCall](repeating: PostgresCall(many), count: PostgresLimits.maxCallsPerTransaction + 1)
            #expect(try await postgresError { _ = try await connection.transaction(calls) }.code == .invalidStatement)
            let zero = PostgresStatement(name: "zero", sql: "SELECT 1\0; DROP TABLE x")
            #expect(try await postgresError { try await connection.query(zero) }.code == .invalidStatement)
            #expect(try await connection.transaction([]).isEmpty)
            #expect(try await connection.transaction(Array(calls.dropLast())).count == calls.count - 1)
        }
    }

    @Test func twoHundredConcurrentCallers() async throws {
        try await withConnection { connection in
            let table = try await Self.table(connection)
            let insert = PostgresStatement(name: "concurrent_insert", sql: "INSERT INTO \(table) VALUES ($1, 'c')")
            let select = PostgresStatement(name: "concurrent_select", sql: "SELECT $1::int8 * 2")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<200 {
                    group.addTask {
                        for round in 0..<5 {
                            let id = Int64(caller * 5 + round)
                            let results = try await connection.transaction([
                                PostgresCall(insert, [.int64(id)]), PostgresCall(select, [.int64(id)]),
                            ])
                            #expect(try results[1].only().int64(0) == id * 2)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.count(table, connection) == 1_000)
        }
    }

    @Test func errorsHitOnlyTheirOwnCaller() async throws {
        try await withConnection { connection in
            let divide = PostgresStatement(name: "divide", sql: "SELECT 10 / $1::int4")
            let failures = await withTaskGroup(of: Bool.self) { group in
                for caller in 0..<100 {
                    group.addTask {
                        let result = try? await connection.query(divide, [.int32(Int32(caller % 2))])
                        return (result == nil) == (caller % 2 == 0)
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 0 : 1 }
            }
            #expect(failures == 0)
        }
    }

    @Test func cancellationEndsTheWaitAndNothingElse() async throws {
        try await withConnection { connection in
            let table = try await Self.table(connection)
            let lock = PostgresStatement(name: "wait_for_lock", sql: "SELECT pg_advisory_lock(4711)")
            let insert = PostgresStatement(name: "insert", sql: "INSERT INTO \(table) VALUES ($1, 'x')")
            try await withConnection { observer in
                try await observer.query(lock)
                // Preparing holds back what follows, so the insert is still queued when it is cancelled.
                let running = Task { try await connection.query(lock) }
                try await eventually("it waits for the lock") {
                    try await observer.queryText(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
                    ).rows == [["1"]]
                }
                let queued = Task { try await connection.query(insert, [.int64(1)]) }
                queued.cancel()
                let notSent = try await postgresError { _ = try await queued.value }
                #expect(notSent.code == .cancelled)
                #expect(!notSent.isOutcomeUnknown)
                running.cancel()
                let sent = try await postgresError { _ = try await running.value }
                #expect(sent.code == .cancelled)
                #expect(sent.isOutcomeUnknown)
            }
            #expect(try await Self.count(table, connection) == 0)
            let early = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.query(insert, [.int64(2)])
            }
            #expect(try await postgresError { _ = try await early.value }.code == .cancelled)
            #expect(try await Self.count(table, connection) == 0)
        }
    }

    @Test func cancellationStorm() async throws {
        try await withConnection { (connection) async throws in
            let select = PostgresStatement(name: "storm", sql: "SELECT pg_sleep(0.0005)")
            let tasks = (0..<500).map { _ in Task { try await connection.query(select) } }
            for (index, task) in tasks.enumerated() where index.isMultiple(of: 2) { task.cancel() }
            for (index, task) in tasks.enumerated() where !index.isMultiple(of: 2) {
                #expect(try await task.value.count == 1)
            }
            for (index, task) in tasks.enumerated() where index.isMultiple(of: 2) {
                if case .failure(let error) = await task.result {
                    #expect((error as? PostgresError)?.code == .cancelled)
                }
            }
        }
    }

    @Test func closingFailsAllWaiters() async throws {
        let url = try await TestPostgres.shared()
        let connection = try await PostgresConnection.connect(.patient(url))
        let sleep = PostgresStatement(name: "sleep", sql: "SELECT pg_sleep(60)")
        let tasks = (0..<20).map { _ in Task { try await connection.query(sleep) } }
        try await withConnection { observer in
            try await eventually("the sleep runs") {
                try await observer.queryText(
                    "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'"
                ).rows != [["0"]]
            }
        }
        await connection.close()
        var unknown = 0
        for task in tasks {
            let error = try await postgresError { _ = try await task.value }
            #expect(error.code == .closed)
            unknown += error.isOutcomeUnknown ? 1 : 0
        }
        #expect(unknown == 1)
        #expect(!connection.isOpen)
        #expect(try await postgresError { try await connection.query(sleep) }.code == .closed)
        await connection.close()
    }

    @Test func terminatedConnectionFailsWithUnknownOutcome() async throws {
        let lost = StateLog()
        let connection = try await PostgresConnection.connect(
            .patient(TestPostgres.shared()), onLost: { lost.note(.lost($0)) })
        let pid = try #require(try await connection.queryText("SELECT pg_backend_pid()").rows[0][0])
        let sleep = PostgresStatement(name: "long_sleep", sql: "SELECT pg_sleep(60)")
        let task = Task { try await connection.query(sleep) }
        try await withConnection { observer in
            try await eventually("the sleep runs") {
                try await observer.queryText(
                    "SELECT state FROM pg_stat_activity WHERE pid = \(pid) AND query LIKE '%60%'"
                )
                .rows == [["active"]]
            }
            try await observer.execute(script: "SELECT pg_terminate_backend(\(pid))")
        }
        let error = try await postgresError { _ = try await task.value }
        #expect(error.code == .connectionLost)
        #expect(error.isOutcomeUnknown)
        #expect(error.isRetriable)
        #expect(error.sqlState == .adminShutdown)
        #expect(error.statementName == "long_sleep")
        #expect(!connection.isOpen)
        #expect(lost.all.count == 1)
        let later = try await postgresError { try await connection.query(sleep) }
        #expect(later.code == .connectionLost)
        #expect(!later.isOutcomeUnknown)
        await connection.close()
    }
}
