import PostgresClient

/// Puts finished executions into the tables with plain SQL, as years of work would have left them.
enum FinishedExecutions {
    static let workflowID = BenchmarkWorkflow.idPrefix + "finished"
    /// Executions that one statement inserts: enough to be quick, few enough that statements of several connections
    /// take turns.
    private static let slice = 50_000
    /// Connections that insert at the same time, one for each core of a small machine.
    private static let connections = 2

    /// Inserts `count` executions of two steps with their states, steps and ten events each, then has the tables
    /// vacuumed and analysed, as the server would do by itself in time.
    static func insert(_ count: Int, _ stage: BenchmarkStage) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<connections {
                group.addTask {
                    let database = try await stage.connect()
                    let end = try await database.queryText("SELECT clock_timestamp()").rows.first?.first.flatMap { $0 }
                    for first in stride(from: lane * slice, to: count, by: connections * slice) {
                        try await database.execute(
                            script: script(first + 1, min(count, first + slice), of: count, until: end ?? "now"))
                    }
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
        let database = try await stage.connect()
        for table in ["executions", "execution_steps", "execution_state", "execution_events"] {
            try await database.execute(script: "VACUUM (ANALYZE) \(table)")
        }
        // Gigabytes that still have to be written would be written during the run. Every run on a private server begins
        // after a checkpoint.
        if stage.ownsDatabase { try await database.execute(script: "CHECKPOINT") }
        await database.close()
    }

    /// Spread over the last day, whose partitions are there. The ids are of version 7, so that they lie in the indexes as
    /// real ones do.
    private static func script(_ first: Int, _ last: Int, of count: Int, until end: String) -> String {
        """
        CREATE TEMPORARY TABLE finished ON COMMIT DROP AS
        SELECT n, at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
                       || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS id
        FROM generate_series(\(first), \(last)) AS n,
             LATERAL (SELECT timestamptz '\(end)' - interval '1 day' * (\(count + 1) - n) / \(count + 1) AS at) AS t;

        INSERT INTO executions (id, workflow_id, workflow_version, definition_hash, status, idempotency_key, input_payload,
                                output_payload, created_at, started_at, completed_at)
        SELECT id, '\(workflowID)', 1, repeat('0', 64), 'SUCCESS', 'perdure_bench_finished/' || n,
               jsonb_build_object('text', repeat('x', 100)), '{"step_1": {"done": true}, "step_2": {"done": true}}',
               at, at, at + interval '5 milliseconds'
        FROM finished ORDER BY n;

        INSERT INTO execution_state (execution_id, fencing_token, current_step, state_snapshot, updated_at)
        SELECT id, 1, 2,
               '{"status": "SUCCESS", "sequence": 10, "steps": {"step_1": {"status": "SUCCESS", "attempt": 1},
                 "step_2": {"status": "SUCCESS", "attempt": 1}}}', at
        FROM finished ORDER BY n;

        INSERT INTO execution_steps (execution_id, step_order, step_name, status, input, output, started_at, completed_at)
        SELECT id, step, 'step_' || step, 'SUCCESS', jsonb_build_object('text', repeat('x', 100)), '{"done": true}', at, at
        FROM finished, generate_series(1, 2) AS step ORDER BY n, step;

        INSERT INTO execution_events (execution_id, sequence, event_type, event_payload, timestamp, writer_id, position)
        SELECT id, sequence,
               (ARRAY['EXECUTION_STARTED', 'STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED', 'STEP_STARTED',
                      'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED', 'EXECUTION_COMPLETED'])[sequence],
               jsonb_build_object('execution_id', id, 'sequence', sequence, 'agent', 'perdure_bench_nothing'),
               at + sequence * interval '1 microsecond', 0, n::bigint * 10 + sequence
        FROM finished, generate_series(1, 10) AS sequence ORDER BY n, sequence
        """
    }
}
