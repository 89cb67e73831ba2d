import PostgresClient
import WorkflowCore

/// What is asked of `workflow_definitions`.
enum DefinitionStatement {
    private static let columns = "workflow_id, version, content_hash, source, kept_at"

    static let keep = PostgresStatement(
        name: "keep_definitions",
        sql: "SELECT \(columns) FROM workflow.keep_definitions($1::text[], $2::integer[], $3::text[], $4::text[], $5)")

    static let source = PostgresStatement(
        name: "definition_source",
        sql: "SELECT source FROM workflow_definitions WHERE workflow_id = $1 AND version = $2 AND content_hash = $3")

    static let newest = PostgresStatement(
        name: "definition_of_version",
        sql: """
            SELECT \(columns) FROM workflow_definitions WHERE workflow_id = $1 AND version = $2
            ORDER BY kept_at DESC, content_hash LIMIT 1
            """)

    static let versions = PostgresStatement(
        name: "versions_of_workflow",
        sql: "SELECT DISTINCT version FROM workflow_definitions WHERE workflow_id = $1 ORDER BY version")

    static let all = PostgresStatement(
        name: "all_definitions",
        sql: "SELECT \(columns) FROM workflow_definitions ORDER BY workflow_id, version, kept_at, content_hash")

    static let ofWorkflow = PostgresStatement(
        name: "definitions_of_workflow",
        sql: """
            SELECT \(columns) FROM workflow_definitions WHERE workflow_id = $1 ORDER BY version, kept_at, content_hash
            """)

    /// The definition in a row.
    static func definition(_ row: PostgresRow) throws(PostgresError) -> KeptDefinition {
        KeptDefinition(
            reference: WorkflowReference(
                id: try row.text("workflow_id"), version: Int(try row.int64("version")),
                contentHash: try row.text("content_hash")),
            source: try row.text("source"), keptAt: Timestamp(try row.timestamp("kept_at")))
    }
}
