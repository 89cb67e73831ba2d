import PostgresClient

/// The statements of a commit, in the order they run in: one transaction, one round trip.
///
/// Locks are taken in one order everywhere (writer, lock rows, state rows, executions), so that commits, heartbeats
/// and takeovers of different coordinators can wait for one another but never in a circle.
enum CommitStatement {
    /// The writer is still this coordinator's, and nobody inherits it while the transaction runs. A lock leaves no dead
    /// version of the row behind.
    static let lockWriter = PostgresStatement(
        name: "commit_lock_writer",
        sql: """
            WITH locked AS (
                SELECT FROM event_writers WHERE writer_id = $1 AND publisher = $2 AND phase = 'LIVE' FOR NO KEY UPDATE)
            SELECT workflow.require_rows((SELECT count(*) FROM locked), 1, 'PD002')
            """)

    /// The same, for a commit that takes the cursor along.
    static let moveCursor = PostgresStatement(
        name: "commit_move_cursor",
        sql: """
            WITH moved AS (
                UPDATE event_writers SET published_position = greatest(published_position, $3)
                WHERE writer_id = $1 AND publisher = $2 AND phase = 'LIVE' RETURNING 1)
            SELECT workflow.require_rows((SELECT count(*) FROM moved), 1, 'PD002')
            """)

    /// Ended executions give their leases up. Before the state rows: a takeover locks in this order too.
    static let deleteLocks = PostgresStatement(
        name: "commit_delete_locks", sql: "DELETE FROM execution_locks WHERE execution_id = ANY($1)")

    /// Every execution that goes on is still owned under the token it was loaded with, or nothing of the batch happens.
    static let advanceState = PostgresStatement(
        name: "commit_advance_state",
        sql: """
            WITH advanced AS (
                UPDATE execution_state s
                SET current_step = x.current_step, state_snapshot = x.snapshot, updated_at = x.updated_at
                FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::jsonb[], $5::timestamptz[])
                     AS x (id, token, current_step, snapshot, updated_at)
                WHERE s.execution_id = x.id AND s.fencing_token = x.token
                RETURNING 1)
            SELECT workflow.require_rows((SELECT count(*) FROM advanced), $6, 'PD001')
            """)

    /// In the order of the keys, so that two coordinators that meet the same new requests wait for one another in one direction.
    static let insertExecutions = PostgresStatement(
        name: "commit_insert_executions",
        sql: """
            INSERT INTO executions (id, workflow_id, workflow_version, definition_hash, status, idempotency_key, input_payload,
                                    metadata, priority, traceparent, reply_to, correlation_id, created_at, started_at,
                                    output_payload, error, completed_at)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
                                 $8::jsonb[], $9::integer[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
                                 $14::timestamptz[], $15::jsonb[], $16::jsonb[], $17::timestamptz[]) ORDER BY 6
            """)

    static let insertState = PostgresStatement(
        name: "commit_insert_state",
        sql: """
            INSERT INTO execution_state (execution_id, fencing_token, current_step, state_snapshot, updated_at)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::jsonb[], $5::timestamptz[])
            """)

    static let insertLocks = PostgresStatement(
        name: "commit_insert_locks",
        sql: """
            INSERT INTO execution_locks (execution_id, owner, fencing_token, expires_at)
            SELECT id, $2, 1, clock_timestamp() + make_interval(secs => $3) FROM unnest($1::uuid[]) AS x (id)
            """)

    static let insertChildren = PostgresStatement(
        name: "commit_insert_children",
        sql: """
            INSERT INTO execution_children (child_id, parent_id, step_order, step_name, attempt, depth)
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::integer[], $6::integer[])
            """)

    static let endExecutions = PostgresStatement(
        name: "commit_end_executions",
        sql: """
            UPDATE executions e
            SET status = x.status, output_payload = x.output, error = x.error, completed_at = x.completed_at
            FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::jsonb[], $5::timestamptz[])
                 AS x (id, status, output, error, completed_at)
            WHERE e.id = x.id
            """)

    /// Executions that begin to wait or go on, where their definition has steps that wait, and those that start some time
    /// after they were accepted.
    static let changeStatus = PostgresStatement(
        name: "commit_change_status",
        sql: """
            UPDATE executions e SET status = x.status, started_at = x.started_at
            FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS x (id, status, started_at) WHERE e.id = x.id
            """)

    static let insertSteps = PostgresStatement(
        name: "commit_insert_steps",
        sql: """
            INSERT INTO execution_steps (execution_id, step_order, step_name, status, retry_count, input, output, error,
                                         started_at, completed_at)
            SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::integer[], $6::jsonb[], $7::jsonb[],
                                 $8::jsonb[], $9::timestamptz[], $10::timestamptz[])
            """)

    static let updateSteps = PostgresStatement(
        name: "commit_update_steps",
        sql: """
            UPDATE execution_steps s
            SET status = x.status, retry_count = x.retry_count, input = coalesce(x.input, s.input),
                output = coalesce(x.output, s.output), error = x.error, started_at = x.started_at, completed_at = x.completed_at
            FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::integer[], $6::jsonb[], $7::jsonb[], $8::jsonb[],
                        $9::timestamptz[], $10::timestamptz[])
                 AS x (id, step_order, step_name, status, retry_count, input, output, error, started_at, completed_at)
            WHERE s.execution_id = x.id AND s.step_order = x.step_order
            """)

    /// The rows of instances, which are there from when they start.
    static let writeInstances = PostgresStatement(
        name: "commit_write_instances",
        sql: """
            INSERT INTO execution_steps (execution_id, step_order, step_name, status, retry_count, input, output, error,
                                         started_at, completed_at, progress)
            SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::integer[], $6::jsonb[], $7::jsonb[],
                                 $8::jsonb[], $9::timestamptz[], $10::timestamptz[], $11::jsonb[])
            ON CONFLICT (execution_id, step_order) DO UPDATE
            SET status = EXCLUDED.status, retry_count = EXCLUDED.retry_count,
                input = coalesce(EXCLUDED.input, execution_steps.input),
                output = coalesce(EXCLUDED.output, execution_steps.output), error = EXCLUDED.error, started_at = EXCLUDED.started_at,
                completed_at = EXCLUDED.completed_at, progress = EXCLUDED.progress
            """)

    static let insertEvents = PostgresStatement(
        name: "commit_insert_events",
        sql: """
            INSERT INTO execution_events (execution_id, sequence, event_type, event_payload, timestamp, writer_id, position)
            SELECT id, sequence, type, payload, at, $6, position
            FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::timestamptz[], $7::bigint[])
                 AS x (id, sequence, type, payload, at, position)
            """)

    /// Who else awaits results that this batch brings. After the executions were ended: a copy of a request that
    /// comes now finds the end, one that came before is found here.
    static let furtherCallers = PostgresStatement(
        name: "commit_further_callers",
        sql: "SELECT execution_id, reply_to, correlation_id FROM execution_callers WHERE execution_id = ANY($1)")

    /// Waits until no transaction of the writer is under way any more, so that what is looked up next is decided.
    static let awaitWriter = PostgresStatement(
        name: "commit_await_writer", sql: "SELECT FROM event_writers WHERE writer_id = $1 FOR NO KEY UPDATE")

    /// The first event of a batch is there when the batch is.
    static let hasPosition = PostgresStatement(
        name: "commit_has_position",
        sql: "SELECT FROM execution_events WHERE writer_id = $1 AND position = $2 AND timestamp = $3 LIMIT 1")

    /// Which of these executions are no longer owned under these tokens.
    static let lostLeases = PostgresStatement(
        name: "commit_lost_leases",
        sql: """
            SELECT x.id FROM unnest($1::uuid[], $2::bigint[]) AS x (id, token)
            WHERE NOT EXISTS (SELECT FROM execution_state s WHERE s.execution_id = x.id AND s.fencing_token = x.token)
            """)
}
