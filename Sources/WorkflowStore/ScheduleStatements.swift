import PostgresClient

/// The journal's statements about schedules.
enum ScheduleStatement {
    /// A schedule that is new, or is another one than before, begins with what the coordinator says, which is now; the others
    /// go on from where they were. In the order of the keys, so that two coordinators wait for one another in one direction.
    static let open = PostgresStatement(
        name: "open_schedules",
        sql: """
            INSERT INTO workflow_schedules AS known (workflow_id, cron, time_zone, last_tick_at, next_tick_at, updated_at)
            SELECT new.*, clock_timestamp()
            FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS new
            ORDER BY 1
            ON CONFLICT (workflow_id) DO UPDATE SET
                cron = EXCLUDED.cron, time_zone = EXCLUDED.time_zone,
                last_tick_at = CASE WHEN known.cron = EXCLUDED.cron AND known.time_zone = EXCLUDED.time_zone
                                    THEN known.last_tick_at ELSE EXCLUDED.last_tick_at END,
                next_tick_at = EXCLUDED.next_tick_at, updated_at = EXCLUDED.updated_at
            RETURNING workflow_id, last_tick_at
            """)

    static let close = PostgresStatement(
        name: "close_schedules", sql: "DELETE FROM workflow_schedules WHERE workflow_id = ANY($1)")

    static let record = PostgresStatement(
        name: "record_tick",
        sql: """
            UPDATE workflow_schedules
            SET last_tick_at = greatest(last_tick_at, $4), next_tick_at = $5, updated_at = clock_timestamp()
            WHERE workflow_id = $1 AND cron = $2 AND time_zone = $3
            """)
}
