import PostgresClient

/// The statements of the floor: the rows that the runtime leaves, written as the runtime writes them, many at a time.
enum FloorStatement {
    static let openWriter = PostgresStatement(
        name: "floor_open_writer",
        sql: """
            INSERT INTO event_writers (owner, publisher, expires_at)
            VALUES ($1, $1, clock_timestamp() + interval '1 hour') RETURNING writer_id
            """)

    static let closeWriter = PostgresStatement(
        name: "floor_close_writer", sql: "DELETE FROM event_writers WHERE writer_id = $1")

    /// Each commit locks its writer's row, as the runtime's do.
    static let lockWriter = PostgresStatement(
        name: "floor_lock_writer",
        sql: "SELECT FROM event_writers WHERE writer_id = $1 FOR NO KEY UPDATE")

    static let moveCursor = PostgresStatement(
        name: "floor_move_cursor",
        sql: """
            UPDATE event_writers SET published_position = greatest(published_position, $2) WHERE writer_id = $1
            """)

    static let insertExecutions = PostgresStatement(
        name: "floor_insert_executions",
        sql: """
            INSERT INTO executions (id, workflow_id, workflow_version, definition_hash, status, idempotency_key,
                                    input_payload, reply_to, correlation_id, created_at, started_at)
            SELECT id, $2, 1, $3, 'RUNNING', key, input, reply_to, correlation_id, at, at
            FROM unnest($1::uuid[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::timestamptz[])
                 AS x (id, key, input, reply_to, correlation_id, at)
            """)

    static let insertState = PostgresStatement(
        name: "floor_insert_state",
        sql: """
            INSERT INTO execution_state (execution_id, fencing_token, current_step, state_snapshot, updated_at)
            SELECT id, 1, 0, $2, at FROM unnest($1::uuid[], $3::timestamptz[]) AS x (id, at)
            """)

    static let insertLocks = PostgresStatement(
        name: "floor_insert_locks",
        sql: """
            INSERT INTO execution_locks (execution_id, owner, fencing_token, expires_at)
            SELECT id, $2, 1, clock_timestamp() + interval '1 hour' FROM unnest($1::uuid[]) AS x (id)
            """)

    /// Both steps of each execution: the first at work with its input, the second waiting.
    static let insertSteps = PostgresStatement(
        name: "floor_insert_steps",
        sql: """
            INSERT INTO execution_steps (execution_id, step_order, step_name, status, input, started_at)
            SELECT id, step, 'step_' || step, CASE step WHEN 1 THEN 'RUNNING' ELSE 'PENDING' END,
                   CASE step WHEN 1 THEN input END, CASE step WHEN 1 THEN at END
            FROM unnest($1::uuid[], $2::jsonb[], $3::timestamptz[]) AS x (id, input, at), (VALUES (1), (2)) AS s (step)
            """)

    static let advanceState = PostgresStatement(
        name: "floor_advance_state",
        sql: """
            UPDATE execution_state s SET current_step = $2, state_snapshot = $3, updated_at = x.at
            FROM unnest($1::uuid[], $4::timestamptz[]) AS x (id, at)
            WHERE s.execution_id = x.id AND s.fencing_token = 1
            """)

    static let startStep = PostgresStatement(
        name: "floor_start_step",
        sql: """
            UPDATE execution_steps s SET status = 'RUNNING', input = x.input, started_at = x.at
            FROM unnest($1::uuid[], $3::jsonb[], $4::timestamptz[]) AS x (id, input, at)
            WHERE s.execution_id = x.id AND s.step_order = $2
            """)

    static let endStep = PostgresStatement(
        name: "floor_end_step",
        sql: """
            UPDATE execution_steps s SET status = 'SUCCESS', output = $3, completed_at = x.at
            FROM unnest($1::uuid[], $4::timestamptz[]) AS x (id, at)
            WHERE s.execution_id = x.id AND s.step_order = $2
            """)

    static let endExecutions = PostgresStatement(
        name: "floor_end_executions",
        sql: """
            UPDATE executions e SET status = 'SUCCESS', output_payload = $2, completed_at = x.at
            FROM unnest($1::uuid[], $3::timestamptz[]) AS x (id, at)
            WHERE e.id = x.id
            """)

    static let deleteLocks = PostgresStatement(
        name: "floor_delete_locks", sql: "DELETE FROM execution_locks WHERE execution_id = ANY($1)")

    static let insertEvents = PostgresStatement(
        name: "floor_insert_events",
        sql: """
            INSERT INTO execution_events (execution_id, sequence, event_type, event_payload, timestamp, writer_id, position)
            SELECT id, sequence, type, payload, at, $6, position
            FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::timestamptz[], $7::bigint[])
                 AS x (id, sequence, type, payload, at, position)
            """)
}
