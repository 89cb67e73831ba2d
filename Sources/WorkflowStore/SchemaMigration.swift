import PostgresClient

/// Brings a database to the tables of this version.
public enum SchemaMigration {
    /// The version of the tables that this program works with.
    public static let currentVersion: Int64 = 1

    /// The key of the advisory lock under which migrations run, so that several starting at once wait for one another.
    private static let lockKey = 7_165_018_223

    /// The SQL of `db/schema.sql`, as it was when this program was built.
    public static var schema: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }

    /// The version of the tables in a database; 0 when there are none.
    public static func version(on database: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        let found = try await database.queryText("SELECT to_regclass('schema_migrations') IS NOT NULL AS present")
        guard found.rows.first?.first == "t" else { return 0 }
        let version = try await database.queryText("SELECT coalesce(max(version), 0) FROM schema_migrations")
        return version.rows.first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }

    /// Creates what is missing. Safe to run again, and at the same time elsewhere.
    ///
    /// - Returns: The version before.
    @discardableResult
    public static func migrate(_ database: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        let before = try await version(on: database)
        try await database.execute(
            script:
                "BEGIN; SELECT pg_advisory_xact_lock(\(lockKey)); SET LOCAL client_min_messages = warning;\n\(schema)\nCOMMIT;"
        )
        return before
    }
}
