import Foundation
import LocalServers
import PostgresClient
import Testing

@testable import WorkflowStore

/// A database of a test's own on the private server that all tests of this process share.
struct TestDatabase {
    let url: String
    let connection: PostgresConnection

    /// Runs a test on an empty database.
    static func run(_ test: (TestDatabase) async throws -> Void) async throws {
        let server = try await PrivateDatabase.server.value
        let name = "test_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        _ = try await server.psql("CREATE DATABASE \(name)")
        let url = try #require(server.databaseURL).replacing(/\/[^\/]*$/, with: "/\(name)")
        let database = TestDatabase(
            url: url, connection: try await PostgresConnection.connect(PostgresConfiguration(url: url)))
        do {
            try await test(database)
        } catch {
            await database.connection.close()
            throw error
        }
        await database.connection.close()
        _ = try await server.psql("DROP DATABASE \(name) WITH (FORCE)")
    }

    /// Another connection to it.
    func another() async throws -> PostgresConnection {
        try await PostgresConnection.connect(PostgresConfiguration(url: url))
    }

    /// Runs SQL of any length and gives the rows of the last statement.
    @discardableResult
    func sql(_ text: String) async throws -> [[String?]] {
        try await connection.queryText(text).rows
    }

    /// A number.
    func number(_ text: String) async throws -> Int {
        try #require(try await sql(text).first?.first.flatMap { $0 }.flatMap { Int($0) }, "\(text)")
    }

    /// A file of this folder.
    static func fixture(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: folder.appending(path: "Fixtures/\(name)"), encoding: .utf8)
    }

    /// The tables as version 1 made them, with what it left of two executions.
    func makeVersion1() async throws {
        try await sql("SET client_min_messages = warning")
        try await sql(try Self.fixture("schema-1.sql"))
        try await sql(try Self.fixture("data-1.sql"))
        try await sql("SET search_path = public")
    }

    /// The tables as version 2 made them.
    func makeVersion2() async throws {
        try await sql("SET client_min_messages = warning")
        try await sql(try Self.fixture("schema-2.sql"))
        try await sql("SET search_path = public")
    }

    /// Events of one execution, `hours` apart, the first one so many days from now.
    func insertExecution(_ id: String, days: Int, events: Int, hours: Int = 1, writer: Int = 1) async throws {
        try await sql(
            """
            INSERT INTO executions (id, workflow_id, workflow_version, definition_hash, status, idempotency_key, input_payload,
                                    created_at, started_at)
            SELECT '\(id)', 'w', 1, 'h', 'RUNNING', '\(id)', '{}', t, t
            FROM (SELECT date_trunc('day', now(), 'UTC') + \(days) * interval '1 day' AS t) AS x;
            INSERT INTO execution_events (execution_id, sequence, event_type, event_payload, timestamp, writer_id, position)
            SELECT e.id, n, 'STEP_STARTED', '{}', e.created_at + n * \(hours) * interval '1 hour', \(writer),
                   n + (SELECT coalesce(max(position), 0) FROM execution_events WHERE writer_id = \(writer))
            FROM executions e, generate_series(1, \(events)) AS n WHERE e.id = '\(id)';
            INSERT INTO execution_state (execution_id, current_step, state_snapshot, updated_at, fencing_token)
            SELECT execution_id, 0, '{}', max(timestamp), 1 FROM execution_events WHERE execution_id = '\(id)' GROUP BY 1
            """)
    }
}
