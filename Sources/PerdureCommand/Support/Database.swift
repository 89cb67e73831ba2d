import PostgresClient
import WorkflowCore
import WorkflowStore

/// A connection for a command: it works at once or the command ends.
enum Database {
    private static func connect(_ settings: Settings) async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(url: settings[.databaseURL], applicationName: "perdure"))
    }

    /// Brings the tables to this version.
    ///
    /// - Returns: Their version before; 0 when there were none.
    static func migrate(_ settings: Settings) async throws -> Int64 {
        let connection = try await connect(settings)
        do throws(SchemaMigration.Failure) {
            let before = try await SchemaMigration.migrate(connection)
            await connection.close()
            return before
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Runs what a command wants of the database; missing tables get the sentence that helps.
    static func query<Value>(
        _ settings: Settings, _ body: (PostgresConnection) async throws(PostgresError) -> Value
    ) async throws -> Value {
        let connection = try await connect(settings)
        do throws(PostgresError) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            if error.sqlState == .undefinedTable || error.sqlState == .undefinedColumn {
                throw CommandFailure("The tables are missing or of another version; run `perdure migrate`.")
            }
            throw error
        }
    }
}

/// Reads the argument that names an execution.
enum ShowArgument {
    static func id(_ text: String) throws -> ExecutionID {
        guard let id = ExecutionID(text) else {
            throw CommandFailure("'\(text)' is not an execution id (a UUID); see `perdure list`.")
        }
        return id
    }
}
