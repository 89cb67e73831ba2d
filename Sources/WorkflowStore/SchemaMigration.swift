import PostgresClient

/// Brings a database to the tables of this version.
public enum SchemaMigration {
    /// The version of the tables that this program works with.
    public static let currentVersion: Int64 = 4

    /// Why a database was left as it was.
    public enum Failure: Error, Sendable, Equatable {
        /// The database did not do what it was asked.
        case database(PostgresError)
        /// The tables belong to a newer program.
        case newer(found: Int64)

        /// One sentence that says what to do.
        public var message: String {
            switch self {
            case .database(let error): error.message
            case .newer(let found):
                "The tables are of version \(found), which is newer than this program's \(currentVersion); "
                    + "use the newer program."
            }
        }
    }

    /// One step from the version before.
    private struct Upgrade {
        let version: Int64
        let script: [UInt8]
    }

    private static let upgrades = [
        Upgrade(version: 2, script: PackageResources.migration_002_sql),
        Upgrade(version: 3, script: PackageResources.migration_003_sql),
        Upgrade(version: 4, script: PackageResources.migration_004_sql),
    ]

    /// The key of the advisory lock under which migrations run, so that several starting at once wait for one another. The
    /// files take it too, for whoever runs them by hand.
    private static let lockKey = 7_165_018_223

    /// The SQL of `db/schema.sql`, as it was when this program was built.
    public static var schema: String { String(decoding: PackageResources.schema_sql, as: UTF8.self) }

    /// The version of the tables in a database; 0 when there are none.
    public static func version(on database: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        let found = try await database.queryText(
            "SELECT to_regclass('public.schema_migrations') IS NOT NULL AS present")
        guard found.rows.first?.first == "t" else { return 0 }
        let version = try await database.queryText("SELECT coalesce(max(version), 0) FROM public.schema_migrations")
        return version.rows.first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }

    /// Applies the upgrades that are missing, each in a transaction of its own, then creates what is missing beside them.
    /// Safe to run again, and at the same time elsewhere.
    ///
    /// - Parameter database: A connection; not a pool, since a lock is held on it.
    /// - Returns: The version before.
    @discardableResult
    public static func migrate(_ database: PostgresConnection) async throws(Failure) -> Int64 {
        _ = try await run { () throws(PostgresError) in
            try await database.execute(
                script: "SET client_min_messages = warning; SELECT pg_advisory_lock(\(lockKey))")
        }
        do throws(Failure) {
            let before = try await migrateUnderLock(database)
            await unlock(database)
            return before
        } catch {
            await unlock(database)
            throw error
        }
    }

    private static func migrateUnderLock(_ database: PostgresConnection) async throws(Failure) -> Int64 {
        let before = try await run { () throws(PostgresError) in try await version(on: database) }
        guard before <= currentVersion else { throw .newer(found: before) }
        let missing = before == 0 ? [] : upgrades.filter { $0.version > before }
        for script in missing.map({ String(decoding: $0.script, as: UTF8.self) }) + [schema] {
            _ = try await run { () throws(PostgresError) in try await database.execute(script: script) }
        }
        return before
    }

    private static func run<Value>(
        _ body: () async throws(PostgresError) -> Value
    ) async throws(Failure) -> Value {
        do throws(PostgresError) {
            return try await body()
        } catch {
            throw .database(error)
        }
    }

    /// The files have transactions of their own, and one that failed is still open.
    private static func unlock(_ database: PostgresConnection) async {
        _ = try? await database.execute(script: "ROLLBACK")
        _ = try? await database.execute(script: "SELECT pg_advisory_unlock(\(lockKey)); RESET client_min_messages")
    }
}
