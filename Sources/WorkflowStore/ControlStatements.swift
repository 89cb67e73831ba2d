import PostgresClient

/// The statements about control messages. Those of a commit lock rows in the order of their keys, as
/// `workflow.submit_controls` does.
enum ControlStatement {
    static let submit = PostgresStatement(
        name: "submit_controls",
        sql: "SELECT place, verdict, detail FROM workflow.submit_controls($1, $2, $3, $4, $5, $6, $7)")

    /// With how the children ended that messages are about. Their outputs are where they are and not in the messages, which say how
    /// large they are.
    static let open = PostgresStatement(
        name: "open_controls",
        sql: """
            SELECT c.control_id, c.message_key, c.execution_id, c.action, c.parameters,
                   e.id AS child_id, e.status AS child_status, e.output_payload AS child_output, e.error AS child_error
            FROM (
                SELECT control_id, message_key, execution_id, action, parameters, received_at,
                       coalesce(sum((parameters ->> 'bytes')::bigint) FILTER (WHERE action = $4) OVER (
                           ORDER BY received_at, control_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes
                FROM execution_controls
                WHERE execution_id = ANY($1) AND answered_at IS NULL AND settled_at IS NULL
                ORDER BY received_at, control_id LIMIT $2) AS c
            LEFT JOIN executions e ON e.id = CASE WHEN c.action = $4 THEN (c.parameters ->> 'child')::uuid END
            WHERE c.bytes < $3::bigint
            ORDER BY c.received_at, c.control_id
            """)

    /// Before they are settled, so that a copy which is about to add its sender has done so.
    static let lock = PostgresStatement(
        name: "commit_lock_controls",
        sql: """
            SELECT FROM execution_controls WHERE control_id = ANY($1) ORDER BY message_key FOR NO KEY UPDATE
            """)

    /// Says the same when it is run again. Where nobody is to be told and nothing to be parked, that is all.
    static let settle = PostgresStatement(
        name: "commit_settle_controls",
        sql: """
            UPDATE execution_controls c
            SET settled_at = clock_timestamp(), outcome = x.outcome, settled_by = $3,
                answered_at = CASE WHEN c.callers = '[]' AND x.outcome ->> 'status' = 'APPLIED' THEN clock_timestamp() END
            FROM unnest($1::bigint[], $2::jsonb[]) AS x (id, outcome)
            WHERE c.control_id = x.id
            RETURNING c.control_id, c.callers
            """)

    /// The runtime's own messages leave nothing behind once they are settled. In the order of their keys.
    static let forgetInternal = PostgresStatement(
        name: "commit_forget_internal_controls",
        sql: """
            DELETE FROM execution_controls WHERE control_id IN (
                SELECT control_id FROM execution_controls WHERE control_id = ANY($1) ORDER BY message_key FOR UPDATE)
            """)

    static let send = PostgresStatement(
        name: "commit_send_controls",
        sql: "SELECT execution_id, owner FROM workflow.send_controls($1, $2, $3, $4, $5)")

    static let callers = PostgresStatement(
        name: "control_callers", sql: "SELECT control_id, callers FROM execution_controls WHERE control_id = ANY($1)")

    /// The runtime's own messages that came too late; nobody is told. Their keys are `InternalControl.keyPrefix`.
    static let forgetLate = PostgresStatement(
        name: "forget_late_internal_controls",
        sql: """
            DELETE FROM execution_controls WHERE control_id IN (
                SELECT c.control_id FROM execution_controls c LEFT JOIN executions e ON e.id = c.execution_id
                WHERE c.answered_at IS NULL AND c.settled_at IS NULL AND starts_with(c.message_key, $1)
                  AND (e.id IS NULL OR e.status IN ('SUCCESS', 'FAILED', 'CANCELLED'))
                ORDER BY c.message_key FOR UPDATE OF c SKIP LOCKED)
            """)

    /// Messages for executions that ended while they were on their way, or that somebody has removed.
    static let late = PostgresStatement(
        name: "late_controls",
        sql: """
            SELECT c.control_id, c.message_key, c.execution_id, c.action, c.parameters, e.status
            FROM execution_controls c LEFT JOIN executions e ON e.id = c.execution_id
            WHERE c.answered_at IS NULL AND c.settled_at IS NULL AND NOT starts_with(c.message_key, $2)
              AND (e.id IS NULL OR e.status IN ('SUCCESS', 'FAILED', 'CANCELLED'))
            ORDER BY c.received_at, c.control_id LIMIT $1
            """)

    /// Under nobody's name, so that whoever looks finds them until their senders have been told.
    static let refuseLate = PostgresStatement(
        name: "refuse_late_controls",
        sql: """
            UPDATE execution_controls c SET settled_at = clock_timestamp(), outcome = x.outcome, settled_by = ''
            FROM unnest($1::bigint[], $2::jsonb[]) AS x (id, outcome)
            WHERE c.control_id = x.id AND c.settled_at IS NULL
            """)

    static let unanswered = PostgresStatement(
        name: "unanswered_controls",
        sql: """
            SELECT c.control_id, c.message_key, c.execution_id, c.action, c.parameters, c.outcome, c.callers
            FROM execution_controls c
            WHERE c.answered_at IS NULL AND c.settled_at IS NOT NULL
              AND NOT EXISTS (SELECT FROM event_writers w WHERE w.owner = c.settled_by AND w.phase = 'LIVE')
            ORDER BY c.received_at, c.control_id LIMIT $1
            """)

    static let forgetRefused = PostgresStatement(
        name: "forget_refused_controls",
        sql: "DELETE FROM execution_controls WHERE control_id = ANY($1) AND outcome ->> 'status' <> 'APPLIED'")

    static let recordAnswered = PostgresStatement(
        name: "record_answered_controls",
        sql: """
            UPDATE execution_controls SET answered_at = clock_timestamp()
            WHERE control_id = ANY($1) AND settled_at IS NOT NULL AND answered_at IS NULL
            """)
}
