import PostgresClient
import WorkflowCore
import WorkflowStore

/// A connection for a command: it works at once or the command ends.
enum Database {
    private static func connect(_ settings: Settings, readOnly: Bool = false) async throws -> PostgresConnection {
        let configuration = try PostgresConfiguration(url: settings[.databaseURL], applicationName: "perdure")
        return try await PostgresConnection.connect(
            readOnly
                ? try configuration.with(sessionSettings: [("default_transaction_read_only", "on")]) : configuration)
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

    /// The definitions that the database has kept, by workflow, version and time.
    static func keptDefinitions(_ settings: Settings, of workflowID: String? = nil) async throws -> [KeptDefinition] {
        try await query(settings, readOnly: true) { connection throws(PostgresError) in
            try await DefinitionQueries(connection).all(of: workflowID)
        }
    }

    /// Runs what a command wants of the database; missing tables get the sentence that helps.
    static func query<Value>(
        _ settings: Settings, readOnly: Bool = false,
        _ body: (PostgresConnection) async throws(PostgresError) -> Value
    ) async throws -> Value {
        let connection = try await connect(settings, readOnly: readOnly)
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
