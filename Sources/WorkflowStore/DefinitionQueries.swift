import PostgresClient
import WorkflowCore

/// What operators ask of the definitions that are kept.
public struct DefinitionQueries: Sendable {
    private let database: any PostgresExecutor

    /// Queries over a connection.
    public init(_ database: any PostgresExecutor) {
        self.database = database
    }

    /// All of them, or those of one workflow, by workflow, version and time.
    public func all(of workflowID: String? = nil) async throws(PostgresError) -> [KeptDefinition] {
        let result =
            if let workflowID {
                try await database.query(DefinitionStatement.ofWorkflow, [.text(workflowID)])
            } else {
                try await database.query(DefinitionStatement.all, [])
            }
        var kept: [KeptDefinition] = []
        for row in result { kept.append(try DefinitionStatement.definition(row)) }
        return kept
    }
}
