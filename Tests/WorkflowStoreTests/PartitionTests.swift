import Logging
import PostgresClient
import Testing
import WorkflowCore

@testable import WorkflowStore

/// Partitions that are made ahead, and questions that look into few of them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PartitionTests {
    private static let first = "00000000-0000-7000-8000-000000000001"
    private static let second = "00000000-0000-7000-8000-000000000002"
    private let make = "SELECT made, moved, left_over FROM workflow.make_event_partitions()"
    private let places = """
        SELECT (extract(epoch FROM p.starts_at - date_trunc('day', now(), 'UTC')) / 86400)::int, count(*)
        FROM execution_events v JOIN workflow.event_partitions p ON p.partition = v.tableoid GROUP BY 1 ORDER BY 1
        """

    private func run(_ test: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.run { database in
            try await SchemaMigration.migrate(database.connection)
            try await database.sql("SET search_path = public")
            try await test(database)
        }
    }

    @Test func theyAreMadeForTheDaysAhead() async throws {
        try await run { database in
            #expect(try await database.sql(make) == [["0", "0", "0"]])
            let more = "SELECT made, moved, left_over FROM workflow.make_event_partitions(10)"
            #expect(try await database.sql(more) == [["3", "0", "0"]])
            try await database.insertExecution(Self.first, days: 8, events: 3, hours: 24)
            #expect(try await database.sql(places) == [["9", "1"], ["10", "1"]])
            #expect(try await database.number("SELECT count(*) FROM execution_events_default") == 1)
            #expect(try await database.sql(make) == [["0", "0", "1"]], "what is too far ahead stays, and is counted")
            // The same indexes everywhere, and no constraint that says again what the bounds say.
            #expect(
                try await database.sql(
                    """
                    SELECT DISTINCT count(*) OVER (PARTITION BY i.indrelid), i.indisvalid FROM pg_index i
                    JOIN pg_inherits h ON h.inhrelid = i.indrelid WHERE h.inhparent = 'execution_events'::regclass
                    """) == [["2", "t"]])
            #expect(try await database.number("SELECT count(*) FROM pg_constraint WHERE conname = 'day'") == 0)
        }
    }

    /// As after weeks in which no coordinator ran, or with a clock that was behind.
    @Test func eventsMoveOutOfTheDefaultPartition() async throws {
        try await run { database in
            try await database.sql(
                """
                DO $$ DECLARE p regclass; BEGIN
                    FOR p IN SELECT partition FROM workflow.event_partitions LOOP EXECUTE 'DROP TABLE ' || p; END LOOP;
                END $$
                """)
            try await database.insertExecution(Self.first, days: 0, events: 5)
            try await database.insertExecution(Self.second, days: -40, events: 6, hours: 12)
            #expect(try await database.number("SELECT count(*) FROM execution_events_default") == 11)
            let content = "SELECT * FROM execution_events ORDER BY execution_id, sequence"
            let before = try await database.sql(content)
            // One event of the first of those days and two of the second; then there are too many for this call.
            let few = "SELECT made, moved, left_over FROM workflow.make_event_partitions(7, 4)"
            #expect(try await database.sql(few) == [["10", "3", "8"]])
            #expect(try await database.sql(content) == before)
            #expect(try await database.sql(make).first?.suffix(1) == ["0"])
            #expect(try await database.sql(content) == before)
            #expect(try await database.sql(places).map { $0[0] } == ["-40", "-39", "-38", "-37", "0"])
            #expect(try await database.sql(make) == [["0", "0", "0"]])
        }
    }

    @Test func severalAtOnceDoNotFail() async throws {
        try await run { database in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let connection = try await database.another()
                        let row = try await connection.queryText("SELECT made FROM workflow.make_event_partitions(30)")
                            .rows
                        await connection.close()
                        return row.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
                    }
                }
                let made = try await group.reduce(into: []) { $0.append($1) }
                #expect(made.reduce(0, +) == 23)
            }
        }
    }

    @Test func aLongQueryIsNotInTheWayAndNotStopped() async throws {
        try await run { database in
            let reader = try await database.another()
            try await reader.execute(script: "BEGIN; SELECT count(*) FROM execution_events")
            let more = "SELECT made FROM workflow.make_event_partitions(8)"
            #expect(try await database.sql(more) == [["0"]])
            try await database.insertExecution(Self.first, days: 0, events: 2)
            #expect(try await reader.queryText("SELECT count(*) FROM execution_events").rows == [["2"]])
            try await reader.execute(script: "COMMIT")
            #expect(try await database.sql(more) == [["1"]])
            await reader.close()
        }
    }

    @Test func aTableInTheWayStopsNothingElse() async throws {
        try await run { database in
            try await database.sql(
                """
                DO $$ BEGIN
                    EXECUTE 'CREATE TABLE execution_events_' || to_char(now() AT TIME ZONE 'UTC' + interval '8 days', 'YYYYMMDD')
                        || ' ()';
                END $$
                """)
            #expect(try await database.sql("SELECT made FROM workflow.make_event_partitions(9)") == [["1"]])
        }
    }

    @Test func oldDaysAreDroppedUnlessTheyAreNeeded() async throws {
        try await run { database in
            let drop = "SELECT dropped, reason FROM workflow.drop_event_partitions('3 days')"
            #expect(try await database.sql(drop) == [])
            await #expect(throws: PostgresError.self) {
                try await database.sql("SELECT workflow.drop_event_partitions('1 hour')")
            }
            for (id, days) in [(Self.first, -10), (Self.second, -8)] {
                try await database.insertExecution(id, days: days, events: 5)
            }
            try await database.insertExecution("00000000-0000-7000-8000-000000000003", days: -1, events: 5, writer: 2)
            try await database.sql(make)
            try await database.sql(
                """
                INSERT INTO event_writers (owner, publisher, expires_at, published_position) VALUES ('a', 'a', now(), 7);
                INSERT INTO execution_locks (execution_id, owner, fencing_token, expires_at)
                VALUES ('\(Self.first)', 'a', 1, now())
                """)
            #expect(
                try await database.sql(drop) == [
                    ["f", "it has events of executions that have not ended"],
                    ["f", "it has events that are not published yet"],
                ])
            let reader = try await database.another()
            try await database.sql("DELETE FROM execution_locks")
            try await reader.execute(script: "BEGIN; SELECT count(*) FROM execution_events")
            #expect(
                try await database.sql(drop) == [
                    ["f", "somebody reads events for longer than a second"],
                    ["f", "it has events that are not published yet"],
                ])
            try await reader.execute(script: "COMMIT")
            await reader.close()
            #expect(try await database.sql(drop).map { $0[0] } == ["t", "f"])
            // As a coordinator does it.
            try await database.sql("UPDATE event_writers SET published_position = 10")
            let journal = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), keepDays: 3, logger: Logger(label: "test")
            )
            await journal.maintain()
            await journal.close()
            #expect(try await database.sql(places) == [["-1", "5"]])
            #expect(try await database.number("SELECT count(*) FROM execution_events_default") == 0)
        }
    }

    // MARK: - Questions

    /// The partitions that an explained statement really looked into.
    private func partitionsRead(
        _ database: TestDatabase, _ statement: PostgresStatement, types: String, arguments: String
    ) async throws -> Set<String> {
        let rows = try await database.sql(
            """
            SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
            PREPARE question (\(types)) AS \(statement.sql);
            EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) EXECUTE question(\(arguments))
            """)
        try await database.sql("DEALLOCATE question; RESET enable_seqscan; RESET plan_cache_mode")
        var read: Set<String> = []
        for line in rows.compactMap({ $0[0] }) where !line.contains("never executed") {
            if let match = line.firstMatch(of: #/ on (execution_events_\w+)/#) { read.insert(String(match.1)) }
        }
        return read
    }

    @Test func anExecutionIsFoundInItsDaysOnly() async throws {
        try await run { database in
            try await database.insertExecution(Self.first, days: 2, events: 3)
            try await database.insertExecution(Self.second, days: 3, events: 30)
            for statement in [ExecutionQueries.eventsStatement, ExecutionQueries.showStatement] {
                let one = try await partitionsRead(
                    database, statement, types: "uuid", arguments: "'\(Self.first)'")
                #expect(one.count == 1, "\(statement.name): \(one)")
                let two = try await partitionsRead(
                    database, statement, types: "uuid", arguments: "'\(Self.second)'")
                #expect(two.count == 2, "\(statement.name): \(two)")
                #expect(!one.union(two).contains("execution_events_default"))
            }
            let queries = ExecutionQueries(database.connection)
            let id = try #require(ExecutionID(Self.second))
            #expect(try await queries.events(of: id).map(\.event.sequence) == Array(1...30))
            #expect(try await queries.show(id)?.eventCount == 30)
            // Without the row that says until when, all days are looked at.
            try await database.sql("DELETE FROM execution_state")
            #expect(try await queries.events(of: id).count == 30)
        }
    }

    @Test func aWriterIsReadFromItsDays() async throws {
        try await run { database in
            try await database.sql("SELECT workflow.make_event_partitions(20)")
            try await database.sql(
                """
                INSERT INTO event_writers (owner, publisher, expires_at, started_at)
                VALUES ('a', 'a', now(), now() + interval '19 days')
                """)
            try await database.insertExecution(Self.first, days: 19, events: 10)
            let read = try await partitionsRead(
                database, JournalStatement.eventsOfWriter, types: "bigint, bigint, bigint, text[]",
                arguments: "1, 0, 10, '{}'")
            #expect(read.count <= 4 && !read.isEmpty, "\(read)")
            let time = try #require(try await database.sql("SELECT max(timestamp) FROM execution_events").first?[0])
            let found = try await partitionsRead(
                database, CommitStatement.hasPosition, types: "bigint, bigint, timestamptz",
                arguments: "1, 10, '\(time)'")
            #expect(found.count == 1)
        }
    }

    /// The end of a dead writer's stream must not be missed because its clock was wrong.
    @Test(arguments: [0, -3, 3]) func aWriterWithAWrongClockIsReadToTheEnd(days: Int) async throws {
        try await run { database in
            try await database.sql("INSERT INTO event_writers (owner, publisher, expires_at) VALUES ('a', 'a', now())")
            try await database.insertExecution(Self.first, days: days, events: 7)
            // It was set right in the middle.
            try await database.insertExecution(Self.second, days: 0, events: 7)
            let journal = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), logger: Logger(label: "test"))
            for limit in [1, 3, 7, 14, 100] {
                var positions: [Int64] = []
                while true {
                    let events = try await journal.events(
                        of: WriterID(rawValue: 1), after: positions.last ?? 0, limit: limit)
                    guard !events.isEmpty else { break }
                    #expect(events.count <= limit)
                    positions += events.map(\.position)
                }
                #expect(positions == Array(1...14), "in pages of \(limit)")
            }
            await journal.close()
        }
    }

    @Test func maintenanceSaysWhatItMeets() async throws {
        try await run { database in
            let journal = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), logger: Logger(label: "test"))
            try await database.sql(
                "DO $$ DECLARE p regclass := (SELECT partition FROM workflow.event_partitions LIMIT 1); BEGIN EXECUTE 'DROP TABLE ' || p; END $$"
            )
            await journal.maintain()
            #expect(try await database.number("SELECT count(*) FROM workflow.event_partitions") == 9)
            try await database.sql("DROP FUNCTION workflow.make_event_partitions")
            // Told, and left for the next time.
            await journal.maintain()
            await journal.close()
        }
    }
}
