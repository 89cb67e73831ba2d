import FoundationEssentials
import PerdureJSON
import PostgresClient
import WorkflowCore

/// What operators ask of the tables.
public struct ExecutionQueries: Sendable {
    let database: any PostgresExecutor

    /// Queries over a connection.
    public init(_ database: any PostgresExecutor) {
        self.database = database
    }

    /// An execution without its payloads.
    public struct Summary: Sendable {
        /// Its id.
        public let id: ExecutionID
        /// What it runs.
        public let workflowID: String
        /// Which version.
        public let version: Int
        /// Where it stands.
        public let status: ExecutionStatus
        /// When it was accepted.
        public let createdAt: Timestamp
        /// When it started.
        public let startedAt: Timestamp?
        /// When it ended.
        public let completedAt: Timestamp?
        /// Why it failed.
        public let error: WorkflowError?
    }

    /// A step as the tables have it.
    public struct Step: Sendable {
        /// Its order, from 1.
        public let order: Int
        /// Its name.
        public let name: String
        /// Where it stands.
        public let status: String
        /// How often it was tried again.
        public let retryCount: Int
        /// When it started.
        public let startedAt: Timestamp?
        /// When it was over.
        public let completedAt: Timestamp?
        /// What it was given.
        public let input: JSONValue?
        /// What it gave.
        public let output: JSONValue?
        /// Why it failed.
        public let error: WorkflowError?
    }

    /// An execution with everything.
    public struct Details: Sendable {
        /// The execution.
        public let summary: Summary
        /// What it was given.
        public let input: JSONValue
        /// What it gave.
        public let output: JSONValue?
        /// Its steps in order.
        public let steps: [Step]
        /// How many events it has.
        public let eventCount: Int64
        /// Who owns it, and until when, while it has not ended.
        public let owner: String?
        /// The step that started it; nil when a request did.
        public let parent: Relative?
        /// The executions that its steps have started, by step and attempt.
        public let children: [Relative]
    }

    /// An execution that a step of the other one started, or the one that started it.
    public struct Relative: Sendable {
        /// Its id.
        public let id: ExecutionID
        /// What it runs.
        public let workflowID: String
        /// Where it stands.
        public let status: String
        /// The step, or the instance of one, that started the one of them that is the child.
        public let stepName: String
        /// Which attempt of that step.
        public let attempt: Int
    }

    /// The events of `$1` in as few partitions as hold them. The bounds are found while the statement runs, which is when
    /// the other partitions are left out.
    private static let eventsOfExecution = """
        v.execution_id = $1 AND v.timestamp >= (SELECT created_at FROM executions WHERE id = $1)
        AND v.timestamp <= coalesce((SELECT updated_at FROM execution_state WHERE execution_id = $1), 'infinity')
        """

    private static let listStatement = PostgresStatement(
        name: "list_executions",
        sql: """
            SELECT id, workflow_id, workflow_version, status, error, created_at, started_at, completed_at FROM executions
            WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR workflow_id = $2)
            ORDER BY created_at DESC, id DESC LIMIT $3
            """)

    static let showStatement = PostgresStatement(
        name: "show_execution",
        sql: """
            SELECT id, workflow_id, workflow_version, status, error, created_at, started_at, completed_at, input_payload,
                   output_payload,
                   (SELECT count(*) FROM execution_events v WHERE \(eventsOfExecution)) AS event_count,
                   (SELECT l.owner || ' until ' || l.expires_at FROM execution_locks l WHERE l.execution_id = e.id) AS owner
            FROM executions e WHERE id = $1
            """)

    private static let stepsStatement = PostgresStatement(
        name: "show_steps",
        sql: """
            SELECT step_order, step_name, status, retry_count, started_at, completed_at, input, output, error
            FROM execution_steps WHERE execution_id = $1 ORDER BY step_order
            """)

    private static let parentStatement = PostgresStatement(
        name: "show_parent",
        sql: """
            SELECT e.id, e.workflow_id, e.status, h.step_name, h.attempt
            FROM execution_children h JOIN executions e ON e.id = h.parent_id WHERE h.child_id = $1
            """)

    private static let childrenStatement = PostgresStatement(
        name: "show_children",
        sql: """
            SELECT e.id, e.workflow_id, e.status, h.step_name, h.attempt
            FROM execution_children h JOIN executions e ON e.id = h.child_id WHERE h.parent_id = $1
            ORDER BY h.step_order, h.attempt
            """)

    static let eventsStatement = PostgresStatement(
        name: "show_events",
        sql: """
            SELECT v.sequence, v.event_type, v.event_payload, v.timestamp, e.workflow_id, e.traceparent
            FROM execution_events v JOIN executions e ON e.id = v.execution_id
            WHERE \(eventsOfExecution) ORDER BY v.sequence
            """)

    /// The newest executions first.
    public func list(
        limit: Int, status: ExecutionStatus? = nil, workflowID: String? = nil
    ) async throws(PostgresError) -> [Summary] {
        let result = try await database.query(
            Self.listStatement,
            [.text(orNull: status?.rawValue), .text(orNull: workflowID), .int64(Int64(limit))])
        var summaries: [Summary] = []
        for row in result { summaries.append(try Self.summary(row)) }
        return summaries
    }

    /// One execution, or nil when there is none of this id.
    public func show(_ id: ExecutionID) async throws(PostgresError) -> Details? {
        let results = try await database.transaction([
            PostgresCall(Self.showStatement, [.uuid(id.uuid)]), PostgresCall(Self.stepsStatement, [.uuid(id.uuid)]),
            PostgresCall(Self.parentStatement, [.uuid(id.uuid)]),
            PostgresCall(Self.childrenStatement, [.uuid(id.uuid)]),
        ])
        guard let row = results[0].first else { return nil }
        var steps: [Step] = []
        for step in results[1] { steps.append(try Self.step(step)) }
        var children: [Relative] = []
        for child in results[3] { children.append(try Self.relative(child)) }
        return Details(
            summary: try Self.summary(row), input: try row.value("input_payload"),
            output: try row.optionalValue("output_payload"), steps: steps, eventCount: try row.int64("event_count"),
            owner: try row.optionalText("owner"),
            parent: try results[2].first.map { row throws(PostgresError) in try Self.relative(row) },
            children: children
        )
    }

    private static func relative(_ row: PostgresRow) throws(PostgresError) -> Relative {
        Relative(
            id: ExecutionID(try row.uuid("id")), workflowID: try row.text("workflow_id"),
            status: try row.text("status"), stepName: try row.text("step_name"),
            attempt: Int(try row.int64("attempt")))
    }

    /// The events of one execution in order, as they are published.
    public func events(of id: ExecutionID) async throws(PostgresError) -> [CloudEvent] {
        let result = try await database.query(Self.eventsStatement, [.uuid(id.uuid)])
        var events: [CloudEvent] = []
        for row in result {
            events.append(
                CloudEvent(
                    executionID: id, workflowID: try row.text("workflow_id"),
                    traceparent: try row.optionalText("traceparent"), event: try Self.event(row)
                ))
        }
        return events
    }

    /// The event in a row of `eventsStatement`.
    static func event(_ row: PostgresRow) throws(PostgresError) -> JournalEvent {
        JournalEvent(
            sequence: try row.int64("sequence"), type: EventType(rawValue: try row.text("event_type")),
            timestamp: Timestamp(try row.timestamp("timestamp")), payload: try row.json("event_payload"))
    }

    private static func summary(_ row: PostgresRow) throws(PostgresError) -> Summary {
        Summary(
            id: ExecutionID(try row.uuid("id")), workflowID: try row.text("workflow_id"),
            version: Int(try row.int64("workflow_version")),
            status: ExecutionStatus(rawValue: try row.text("status")) ?? .pending,
            createdAt: Timestamp(try row.timestamp("created_at")),
            startedAt: try row.optionalTimestamp("started_at").map { Timestamp($0) },
            completedAt: try row.optionalTimestamp("completed_at").map { Timestamp($0) },
            error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) }
        )
    }

    private static func step(_ row: PostgresRow) throws(PostgresError) -> Step {
        Step(
            order: Int(try row.int64("step_order")), name: try row.text("step_name"), status: try row.text("status"),
            retryCount: Int(try row.int64("retry_count")),
            startedAt: try row.optionalTimestamp("started_at").map { Timestamp($0) },
            completedAt: try row.optionalTimestamp("completed_at").map { Timestamp($0) },
            input: try row.optionalValue("input"), output: try row.optionalValue("output"),
            error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) }
        )
    }
}
