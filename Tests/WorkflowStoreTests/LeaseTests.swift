import Logging
import PostgresClient
import Testing
import WorkflowCore

@testable import WorkflowStore

/// When a coordinator is taken for dead.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LeaseTests {
    private static let lease = Duration.seconds(60)

    /// A journal with a writer whose lease has so many seconds left, and another one to judge it.
    private func run(
        secondsLeft: Int, _ test: (TestDatabase, PostgresJournal, WriterID, PostgresJournal) async throws -> Void
    ) async throws {
        try await TestDatabase.run { database in
            try await SchemaMigration.migrate(database.connection)
            // The server of the tests has just started, and a server that has expires nothing.
            try await database.sql(
                """
                CREATE OR REPLACE FUNCTION workflow.leases_may_end(lease interval) RETURNS boolean
                LANGUAGE sql AS $$ SELECT true $$
                """)
            let journals = try (0..<2).map { _ in
                try PostgresJournal(
                    PostgresConfiguration(url: database.url), lease: Self.lease, logger: Logger(label: "test"))
            }
            let writer = try await journals[0].openWriter(owner: "a-0", publisher: "a", lane: 0, lease: Self.lease)
            #expect(try await journals[0].tick(publisher: "a", lease: Self.lease, due: []).liveWriters == [writer])
            try await database.sql(
                "UPDATE public.event_writers SET expires_at = clock_timestamp() + interval '\(secondsLeft) seconds'")
            try await test(database, journals[0], writer, journals[1])
            for journal in journals { await journal.close() }
        }
    }

    private func isFound(by judge: PostgresJournal) async throws -> Bool {
        let report = try await judge.tick(publisher: "b", lease: Self.lease, due: [])
        let claimed = try await judge.claimWriters(publisher: "b", lease: Self.lease)
        #expect(report.hasAbandonedWork != claimed.isEmpty)
        return !claimed.isEmpty
    }

    @Test func aProcessThatDiedIsFoundAfterHalfALease() async throws {
        try await run(secondsLeft: 25) { database, dead, _, judge in
            let found = try await isFound(by: judge)
            #expect(!found, "its session is there")
            await dead.close()
            // The server notices in its own time.
            while try await database.number(
                "SELECT count(*) FROM pg_stat_activity a JOIN public.event_writers w ON w.session_pid = a.pid") > 0
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            let foundNow = try await isFound(by: judge)
            #expect(foundNow)
        }
    }

    @Test func oneWhoseConnectionBrokeHasTheTimeToComeBack() async throws {
        try await run(secondsLeft: 40) { _, dead, _, judge in
            await dead.close()
            let found = try await isFound(by: judge)
            #expect(!found)
        }
    }

    @Test func oneThatIsStoppedHasItsWholeLease() async throws {
        try await run(secondsLeft: 1) { _, _, _, judge in
            let found = try await isFound(by: judge)
            #expect(!found)
        }
        try await run(secondsLeft: -1) { _, _, _, judge in
            let found = try await isFound(by: judge)
            #expect(found)
        }
    }
}
