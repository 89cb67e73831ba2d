import Logging
import PostgresClient
import Testing
import WorkflowCore

@testable import WorkflowStore

/// New tables, and old ones that become new.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SchemaMigrationTests {
    private let versions = "SELECT string_agg(version::text, ' ' ORDER BY version) FROM public.schema_migrations"

    @Test func anEmptyDatabaseGetsTheTables() async throws {
        try await TestDatabase.run { database in
            #expect(try await SchemaMigration.version(on: database.connection) == 0)
            #expect(try await SchemaMigration.migrate(database.connection) == 0)
            #expect(try await SchemaMigration.migrate(database.connection) == 4)
            #expect(try await database.sql(versions) == [["4"]])
            let days = try await database.sql(
                """
                SELECT (extract(epoch FROM starts_at - date_trunc('day', now(), 'UTC')) / 86400)::int,
                       extract(epoch FROM ends_at - starts_at)::int,
                       partition::text = 'execution_events_' || to_char(starts_at AT TIME ZONE 'UTC', 'YYYYMMDD')
                FROM workflow.event_partitions
                """)
            #expect(days == (-1...7).map { ["\($0)", "86400", "t"] })
        }
    }

    @Test func severalAtOnceWaitForOneAnother() async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion1()
            let before = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let connection = try await database.another()
                        let before = try await SchemaMigration.migrate(connection)
                        await connection.close()
                        return before
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(before.sorted() == [1, 4, 4, 4])
            #expect(try await database.sql(versions) == [["1 2 3 4"]])
        }
    }

    /// What a coordinator of version 1 left of two executions, with a clock that was ahead for a while.
    @Test func version1BecomesTheCurrentOne() async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion1()
            try await database.sql(
                """
                UPDATE execution_events SET timestamp = now() + interval '3 days' + sequence * interval '1 second'
                WHERE execution_id = (SELECT max(execution_id::text)::uuid FROM execution_events) AND sequence > 8
                """)
            let content = """
                SELECT execution_id, sequence, event_type, event_payload, timestamp, writer_id, position FROM execution_events
                ORDER BY execution_id, sequence
                """
            let before = try await database.sql(content)
            #expect(before.count == 20)
            #expect(try await SchemaMigration.migrate(database.connection) == 1)
            #expect(try await database.sql(content) == before)
            #expect(try await database.sql(versions) == [["1 2 3 4"]])
            let places = try await database.sql(
                """
                SELECT p.starts_at, count(*) FROM execution_events v JOIN workflow.event_partitions p ON p.partition = v.tableoid
                GROUP BY 1 ORDER BY 1
                """)
            #expect(places.map { $0[1] } == ["18", "2"], "and not in the default partition")
            #expect(places.first?.first == "-infinity")
            #expect(
                try await database.sql("SELECT owner = publisher, phase, published_position FROM event_writers")
                    == [["t", "LIVE", "13"]])
            // The tables are those that a new database has.
            let upgraded = try await database.sql(Self.shape)
            try await TestDatabase.run { fresh in
                try await SchemaMigration.migrate(fresh.connection)
                #expect(try await fresh.sql(Self.shape) == upgraded)
            }
        }
    }

    /// What is in the tables of version 2 stays, and the functions of the new version come.
    @Test func version2BecomesThisVersion() async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion2()
            let id = "01a204bf-e24a-707f-a418-499c60682feb"
            try await database.insertExecution(id, days: 0, events: 3)
            let content = "SELECT * FROM execution_events ORDER BY execution_id, sequence"
            let before = try await database.sql(content)
            #expect(before.count == 3)
            #expect(try await SchemaMigration.migrate(database.connection) == 2)
            #expect(try await database.sql(content) == before)
            #expect(try await database.sql(versions) == [["2 3 4"]])
            let upgraded = try await database.sql(Self.shape)
            try await TestDatabase.run { fresh in
                try await SchemaMigration.migrate(fresh.connection)
                #expect(try await fresh.sql(Self.shape) == upgraded)
            }
        }
    }

    /// The tables, columns, indexes and functions, apart from the partitions' names and the order of columns.
    private static let shape = """
        SELECT c.relname, a.attname, a.atttypid::regtype, a.attnotnull FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relnamespace IN ('public'::regnamespace, 'workflow'::regnamespace)
          AND c.relname !~ '^execution_events_(before_)?2'
        UNION
        SELECT t.relname, regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ', ''), 'name', i.indisprimary
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        WHERE t.relnamespace = 'public'::regnamespace AND t.relname !~ '^execution_events_(before_)?2'
        UNION
        SELECT proname, pg_get_function_arguments(oid), 'name', true FROM pg_proc
        WHERE pronamespace = 'workflow'::regnamespace
        ORDER BY 1, 2
        """

    @Test func aCoordinatorThatBeganAnewHasToBeWaitedFor() async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion1()
            try await database.sql(
                "INSERT INTO event_writers (owner, publisher, expires_at) SELECT owner, 'x', now() FROM event_writers")
            await #expect(throws: SchemaMigration.Failure.self) {
                try await SchemaMigration.migrate(database.connection)
            }
            #expect(try await SchemaMigration.version(on: database.connection) == 1)
            #expect(try await database.number("SELECT count(batch_number) FROM event_writers") == 2)
        }
    }

    /// As somebody does with `psql -f db/schema.sql`.
    @Test func theFileLeavesOtherVersionsAlone() async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion1()
            let objects = "SELECT count(*), max(oid) FROM pg_class"
            let before = try await database.sql(objects)
            do {
                try await database.sql(SchemaMigration.schema)
                Issue.record("it ran")
            } catch let error as PostgresError {
                #expect(error.message.contains("version 1") && error.hint?.contains("perdure migrate") == true)
            }
            try await database.sql("ROLLBACK")
            #expect(try await database.sql(objects) == before)
        }
    }

    @Test func tablesOfANewerProgramAreLeftAlone() async throws {
        try await TestDatabase.run { database in
            try await SchemaMigration.migrate(database.connection)
            try await database.sql("INSERT INTO schema_migrations (version) VALUES (5)")
            await #expect(throws: SchemaMigration.Failure.newer(found: 5)) {
                try await SchemaMigration.migrate(database.connection)
            }
            #expect(SchemaMigration.Failure.newer(found: 5).message.contains("version 5"))
            // The lock is free again.
            let other = try await database.another()
            await #expect(throws: SchemaMigration.Failure.newer(found: 5)) {
                try await SchemaMigration.migrate(other)
            }
            await other.close()
        }
    }

    @Test(arguments: [1, 5]) func aCoordinatorEndsOnOtherVersions(version: Int) async throws {
        try await TestDatabase.run { database in
            try await database.makeVersion1()
            if version == 5 {
                try await SchemaMigration.migrate(database.connection)
                try await database.sql("INSERT INTO schema_migrations (version) VALUES (5)")
            }
            let journal = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), logger: Logger(label: "test"))
            do throws(JournalError) {
                try await journal.keep([])
                Issue.record("it went on")
            } catch {
                #expect(error.code == .schemaMissing)
                #expect(error.message.contains("version \(version)"))
                #expect(error.message.contains(version == 1 ? "perdure migrate" : "newer program"))
            }
            await journal.close()
        }
    }
}
