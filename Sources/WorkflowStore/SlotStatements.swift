import PostgresClient

/// The statements about workflows that limit how many of their executions run at a time.
enum SlotStatement {
    /// In a commit behind everything but the control messages, so that a line is locked for as short as can be, and before
    /// those: see docs/architecture.md, "Why nothing waits in a circle".
    static let take = PostgresStatement(
        name: "commit_take_slots",
        sql: "SELECT execution_id, owner FROM workflow.take_slots($1, $2, $3, $4, $5, $6, $7, $8, $9)")
}
