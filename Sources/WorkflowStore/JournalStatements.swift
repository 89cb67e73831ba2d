import PostgresClient

/// The journal's statements beside those of a commit.
enum JournalStatement {
    /// A name is used once, so a row of that name is the lane's own: the connection broke before it was told of it.
    static let openWriter = PostgresStatement(
        name: "open_writer",
        sql: """
            INSERT INTO event_writers (owner, publisher, expires_at, session_pid)
            VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), pg_backend_pid())
            ON CONFLICT (owner) DO UPDATE SET expires_at = EXCLUDED.expires_at, session_pid = EXCLUDED.session_pid
            RETURNING writer_id
            """)

    static let findAccepted = PostgresStatement(
        name: "find_accepted",
        sql: """
            SELECT id, idempotency_key, workflow_id, input_payload, status, output_payload, error, reply_to, correlation_id
            FROM executions WHERE idempotency_key = ANY($1)
            UNION
            SELECT id, idempotency_key, workflow_id, input_payload, status, output_payload, error, reply_to, correlation_id
            FROM executions WHERE id = ANY($2)
            """)

    /// The row is locked, so that an execution that ends at this moment either waits and finds the caller, or has
    /// ended before.
    static let attachCaller = PostgresStatement(
        name: "attach_caller",
        sql: """
            WITH open AS (
                SELECT id FROM executions
                WHERE id = $1 AND status NOT IN ('SUCCESS', 'FAILED', 'CANCELLED') FOR NO KEY UPDATE)
            INSERT INTO execution_callers (execution_id, reply_to, correlation_id)
            SELECT id, $2, $3 FROM open ON CONFLICT DO NOTHING
            """)

    static let result = PostgresStatement(
        name: "execution_result", sql: "SELECT id, status, output_payload, error FROM executions WHERE id = $1")

    static let tick = PostgresStatement(
        name: "tick",
        sql: """
            SELECT live_writers, has_abandoned_work, has_lost_sessions, controlled, controlled_owners,
                   has_unanswered_controls
            FROM workflow.tick($1, make_interval(secs => $2), $3, $4)
            """)

    static let recordPublished = PostgresStatement(
        name: "record_published",
        sql: """
            UPDATE event_writers SET published_position = greatest(published_position, $2)
            WHERE writer_id = $1 AND publisher = $3
            """)

    /// A writer whose last commit is still under way is locked by it, and passed over until that is decided: what is
    /// read afterwards is complete.
    static let claimWriters = PostgresStatement(
        name: "claim_writers",
        sql: """
            UPDATE event_writers
            SET publisher = $1, phase = 'INHERITED', expires_at = clock_timestamp() + make_interval(secs => $2),
                session_pid = pg_backend_pid()
            WHERE writer_id IN (
                SELECT writer_id FROM event_writers
                WHERE (phase <> 'DRAINED' AND publisher <> $1
                       AND workflow.is_gone(expires_at, session_pid, make_interval(secs => $2)))
                   OR (phase = 'INHERITED' AND publisher = $1)
                FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING writer_id, published_position
            """)

    /// What is still claimable is held by a transaction of its owner. A coordinator that was stopped in the middle of
    /// sending one would hold it for as long as it is stopped, so its sessions end; if it wakes up, it connects again.
    static let endStuckSessions = PostgresStatement(
        name: "end_stuck_sessions",
        sql: """
            SELECT pg_terminate_backend(a.pid)
            FROM event_writers w JOIN pg_stat_activity a ON a.application_name = left('perdure ' || w.publisher, 63)
            WHERE w.phase <> 'DRAINED' AND w.publisher <> $1 AND w.expires_at < clock_timestamp()
              AND workflow.leases_may_end(make_interval(secs => $2)) AND a.usename = current_user
            """)

    /// In the partitions from a day before the writer was opened: the clocks of the coordinator and of the database may differ,
    /// but hardly by more.
    static let eventsOfWriter = PostgresStatement(
        name: "events_of_writer",
        sql: eventsOfWriter(
            "AND v.timestamp >= (SELECT started_at FROM event_writers WHERE writer_id = $1) - interval '1 day'"))

    /// In all partitions, for the case that they do.
    static let eventsOfWriterAtAnyTime = PostgresStatement(
        name: "events_of_writer_at_any_time", sql: eventsOfWriter(""))

    private static func eventsOfWriter(_ bound: String) -> String {
        """
        SELECT v.position, v.execution_id, v.sequence, v.event_type, v.event_payload, v.timestamp,
               e.workflow_id, e.traceparent, e.status, e.reply_to, e.correlation_id,
               CASE WHEN v.event_type = ANY($4) THEN e.output_payload END AS output_payload,
               CASE WHEN v.event_type = ANY($4) THEN e.error END AS error
        FROM execution_events v JOIN executions e ON e.id = v.execution_id
        WHERE v.writer_id = $1 AND v.position > $2 \(bound) ORDER BY v.position LIMIT $3
        """
    }

    static let schemaVersion = PostgresStatement(
        name: "schema_version", sql: "SELECT max(version)::bigint AS version FROM public.schema_migrations")

    static let makePartitions = PostgresStatement(
        name: "make_event_partitions", sql: "SELECT made, moved, left_over FROM workflow.make_event_partitions()")

    static let dropPartitions = PostgresStatement(
        name: "drop_event_partitions",
        sql: "SELECT partition, dropped, reason FROM workflow.drop_event_partitions(make_interval(days => $1))")

    static let drainWriter = PostgresStatement(
        name: "drain_writer",
        sql: "UPDATE event_writers SET phase = 'DRAINED' WHERE writer_id = $1 AND publisher = $2")

    /// A writer without a row counts as drained: whoever removed it, there is nothing left to publish from.
    static let abandonOwner = PostgresStatement(
        name: "abandon_owner",
        sql: """
            INSERT INTO event_writers (owner, publisher, phase, expires_at)
            VALUES ($1, $2, 'DRAINED', clock_timestamp()) ON CONFLICT (owner) DO NOTHING
            """)

    /// The rows of drained writers whose executions all have new owners, or have ended.
    static let removeDrained = PostgresStatement(
        name: "remove_drained_writers",
        sql: """
            DELETE FROM event_writers w
            WHERE phase = 'DRAINED' AND NOT EXISTS (SELECT FROM execution_locks l WHERE l.owner = w.owner)
            """)

    /// Locks first, then the state rows under a new token, in one statement: from here on a commit of the old owner
    /// finds nothing. The executions of an owner whose events are not all published yet stay where they are. One's own
    /// events are in one's outbox already, so what a live lane of this coordinator has given up may be taken at once.
    static let claimLocks = PostgresStatement(
        name: "claim_locks",
        sql: """
            WITH candidates AS (
                SELECT execution_id, expires_at FROM execution_locks l
                WHERE NOT EXISTS (SELECT FROM event_writers w WHERE w.owner = l.owner AND w.phase <> 'DRAINED')
                   OR (expires_at <= 'epoch' AND EXISTS (
                       SELECT FROM event_writers w
                       WHERE w.owner = l.owner AND w.phase = 'LIVE' AND w.publisher = $2))
                ORDER BY execution_id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE execution_locks l
                SET owner = $1, fencing_token = l.fencing_token + 1,
                    expires_at = clock_timestamp() + make_interval(secs => $3)
                FROM candidates c WHERE l.execution_id = c.execution_id
                RETURNING l.execution_id, l.fencing_token, c.expires_at <> '-infinity' AS interrupted),
            fenced AS (
                UPDATE execution_state s SET fencing_token = c.fencing_token
                FROM claimed c WHERE s.execution_id = c.execution_id)
            SELECT execution_id, fencing_token, interrupted FROM claimed
            """)

    /// Reads the whole table, so it is asked seldom.
    static let ownedBy = PostgresStatement(
        name: "owned_by", sql: "SELECT execution_id FROM execution_locks WHERE owner = $1 AND expires_at > 'epoch'")

    static let loadExecutions = PostgresStatement(
        name: "load_executions",
        sql: """
            SELECT e.id, e.workflow_id, e.workflow_version, e.definition_hash, e.status, e.input_payload, e.metadata,
                   e.traceparent, e.priority, e.reply_to, e.correlation_id, e.created_at, e.started_at, s.current_step,
                   s.state_snapshot, EXISTS (
                       SELECT FROM execution_controls c
                       WHERE c.execution_id = e.id AND c.answered_at IS NULL AND c.settled_at IS NULL) AS has_controls,
                   h.parent_id, h.step_order AS parent_step_order, h.step_name AS parent_step_name,
                   h.attempt AS parent_attempt, h.depth AS child_depth
            FROM executions e JOIN execution_state s ON s.execution_id = e.id
            LEFT JOIN execution_children h ON h.child_id = e.id
            WHERE e.id = ANY($1)
            """)

    static let loadSteps = PostgresStatement(
        name: "load_steps",
        sql: """
            SELECT execution_id, step_order, step_name, status, input, output, error, started_at, completed_at, progress
            FROM execution_steps WHERE execution_id = ANY($1) ORDER BY execution_id, step_order
            """)

    /// Both times are marks that no heartbeat renews: `-infinity` when handed over in order, `epoch` when given up.
    static let release = PostgresStatement(
        name: "release_leases",
        sql: """
            UPDATE execution_locks
            SET expires_at = CASE WHEN $3 THEN timestamptz '-infinity' ELSE timestamptz 'epoch' END
            WHERE owner = $2 AND execution_id = ANY($1)
            """)

    /// Under no name: this coordinator has committed nothing for them, so nothing of it has to be published first. A
    /// drained writer of that name tells everybody that there is something to take.
    static let putBack = PostgresStatement(
        name: "put_back",
        sql: """
            UPDATE execution_locks SET owner = '', expires_at = '-infinity' WHERE owner = $2 AND execution_id = ANY($1)
            """)
}
