import Logging
import PostgresClient
import Testing
import WorkflowCore

@testable import WorkflowStore

/// The inbox of control messages, as operators may leave it.
@Suite(.timeLimit(.minutes(5))) struct InboxTests {
    private let caller = ReplyAddress(replyTo: "sender", correlationID: nil)

    private func cancel(_ id: ExecutionID, _ key: String) -> ControlRequest {
        ControlRequest(
            executionID: id, action: .cancel(reason: nil), messageKey: key, replyAddress: caller)
    }

    private func withJournal(_ test: (TestDatabase, PostgresJournal) async throws -> Void) async throws {
        try await TestDatabase.run { database in
            try await SchemaMigration.migrate(database.connection)
            let journal = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), logger: Logger(label: "test"))
            do {
                try await test(database, journal)
            } catch {
                await journal.close()
                throw error
            }
            await journal.close()
        }
    }

    /// As when an operator removes an execution.
    @Test func whatWaitsForAnExecutionThatIsGoneIsRefused() async throws {
        try await withJournal { database, journal in
            let text = "01a204bf-e24a-707f-a418-499c60682feb"
            let id = try #require(ExecutionID(text))
            try await database.insertExecution(text, days: 0, events: 1)
            #expect(try await journal.submit([cancel(id, "a")], publisher: "p") == [.kept(owner: nil)])
            #expect(try await journal.unansweredControls(limit: 9).isEmpty, "somebody may take the execution over")
            try await database.sql("DELETE FROM executions")
            let tick = { try await journal.tick(publisher: "p", lease: .seconds(6), due: []).hasUnansweredControls }
            #expect(try await tick())
            let refused = try await journal.unansweredControls(limit: 9)
            #expect(refused.map(\.outcome) == [ControlOutcome(.unknownExecution(id))])
            #expect(refused.map(\.callers) == [[caller]])
            try await journal.recordAnswered(refused.map(\.control.id))
            #expect(try await tick() == false)
            #expect(try await database.number("SELECT count(*) FROM execution_controls") == 0)
        }
    }

    /// Two coordinators that meet the same messages in another order each wait for one another, and not in a circle.
    @Test func theSameMessagesMayComeInAnyOrder() async throws {
        try await withJournal { database, journal in
            let text = "01a204bf-e24a-707f-a418-499c60682feb"
            let id = try #require(ExecutionID(text))
            try await database.insertExecution(text, days: 0, events: 1)
            let other = try PostgresJournal(
                PostgresConfiguration(url: database.url), lease: .seconds(6), logger: Logger(label: "test"))
            for round in 0..<20 {
                let messages = (0..<30).map { cancel(id, "\(round)-\($0)") }
                async let here = journal.submit(messages, publisher: "p")
                async let there = other.submit(Array(messages.reversed()), publisher: "q")
                let receipts = try await here + there
                #expect(receipts.allSatisfy { $0 == .kept(owner: nil) })
            }
            // Sessions leave their figures behind when they end.
            for journal in [journal, other] { await journal.close() }
            #expect(try await database.number("SELECT count(*) FROM execution_controls") == 600)
            let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            #expect(try await database.number(deadlocks) == 0)
        }
    }
}
