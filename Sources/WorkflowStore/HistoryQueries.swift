import PostgresClient
import WorkflowCore

/// What is asked of executions that have ended, to compare them with what they would be.
public struct HistoryQueries: Sendable {
    private let database: any PostgresExecutor

    /// Queries over a connection.
    public init(_ database: any PostgresExecutor) {
        self.database = database
    }

    private static let ended = PostgresStatement(
        name: "ended_executions",
        sql: """
            SELECT id FROM executions WHERE workflow_id = $1 AND status IN ('SUCCESS', 'FAILED', 'CANCELLED')
            ORDER BY created_at DESC, id DESC LIMIT $2
            """)

    private static let execution = PostgresStatement(
        name: "ended_execution",
        sql: """
            SELECT workflow_id, workflow_version, definition_hash, status, input_payload, metadata, priority, created_at,
                   completed_at, output_payload, error
            FROM executions WHERE id = $1
            """)

    private static let steps = PostgresStatement(
        name: "ended_steps",
        sql: """
            SELECT step_name, status, input, output, error, started_at, completed_at
            FROM execution_steps WHERE execution_id = $1 ORDER BY step_order
            """)

    /// The executions of a workflow that have ended, the newest first.
    public func ended(_ workflowID: String, limit: Int) async throws(PostgresError) -> [ExecutionID] {
        var ids: [ExecutionID] = []
        for row in try await database.query(Self.ended, [.text(workflowID), .int64(Int64(limit))]) {
            ids.append(ExecutionID(try row.uuid("id")))
        }
        return ids
    }

    /// Everything about one of them; nil when there is none of this id.
    public func record(_ id: ExecutionID) async throws(PostgresError) -> ExecutionRecord? {
        let key: [PostgresValue] = [.uuid(id.uuid)]
        let results = try await database.transaction([
            PostgresCall(Self.execution, key), PostgresCall(Self.steps, key),
            PostgresCall(ExecutionQueries.eventsStatement, key),
        ])
        guard let row = results[0].first else { return nil }
        var steps: [ExecutionRecord.Step] = []
        for step in results[1] { steps.append(try Self.step(step)) }
        var events: [JournalEvent] = []
        for event in results[2] { events.append(try ExecutionQueries.event(event)) }
        return ExecutionRecord(
            id: id,
            workflow: WorkflowReference(
                id: try row.text("workflow_id"), version: Int(try row.int64("workflow_version")),
                contentHash: try row.text("definition_hash")),
            status: ExecutionStatus(rawValue: try row.text("status")) ?? .pending,
            input: try row.value("input_payload"), metadata: try row.value("metadata"),
            priority: try row.optionalInt64("priority").map(Int.init),
            createdAt: Timestamp(try row.timestamp("created_at")),
            completedAt: try row.optionalTimestamp("completed_at").map { Timestamp($0) },
            output: try row.optionalValue("output_payload"),
            error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) }, steps: steps, events: events)
    }

    private static func step(_ row: PostgresRow) throws(PostgresError) -> ExecutionRecord.Step {
        ExecutionRecord.Step(
            name: try row.text("step_name"), status: StepStatus(rawValue: try row.text("status")) ?? .pending,
            input: try row.optionalValue("input"), output: try row.optionalValue("output"),
            error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) },
            startedAt: try row.optionalTimestamp("started_at").map { Timestamp($0) },
            completedAt: try row.optionalTimestamp("completed_at").map { Timestamp($0) })
    }
}
