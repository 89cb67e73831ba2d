import PostgresClient

/// Looks in the tables, after a run, whether everything that was asked for has been done, once, and in full.
struct CorrectnessCheck: Sendable {
    /// What the tables hold of a run.
    struct Found: Sendable, Equatable {
        var executions = 0
        var successes = 0
        var events = 0
        var locks = 0
        var steps = 0
        /// Executions whose sequences are not 1, 2, … up to their count.
        var gaps = 0
        /// Executions whose last event is not the one that ends them, or whose state row is missing.
        var unfinished = 0
        /// Transactions that wrote events, from a moment on.
        var commits = 0
    }

    /// Reads the tables for one workflow.
    ///
    /// - Parameter measuredFrom: From when on commits are counted, as the server writes a time.
    static func read(
        _ database: PostgresConnection, workflowID: String, measuredFrom: String
    ) async throws -> Found {
        // Millions of executions are counted in memory and in one pass over each table. Left to itself, the planner takes the
        // executions of the run for few, and looks each of them up in every partition.
        try await database.execute(
            script: "SET work_mem = '512MB'; SET hash_mem_multiplier = 2; SET enable_nestloop = off; SET jit = off")
        let result = try await database.queryText(
            """
            WITH mine AS (SELECT id, status FROM executions WHERE workflow_id = '\(workflowID)'),
            sequences AS (
                SELECT sum(events) AS events, count(*) FILTER (WHERE first <> 1 OR last <> events) AS gaps,
                       count(*) FILTER (WHERE ended AND t.execution_id IS NOT NULL) AS finished
                FROM (SELECT execution_id, count(*) AS events, min(sequence) AS first, max(sequence) AS last,
                             bool_or(event_type = 'EXECUTION_COMPLETED') AS ended
                      FROM execution_events WHERE execution_id IN (SELECT id FROM mine) GROUP BY execution_id) AS s
                     LEFT JOIN execution_state t USING (execution_id))
            SELECT m.executions, m.successes, coalesce(q.events, 0),
                   (SELECT count(*) FROM execution_locks WHERE execution_id IN (SELECT id FROM mine)),
                   (SELECT count(*) FROM execution_steps
                    WHERE execution_id IN (SELECT id FROM mine) AND status = 'SUCCESS'),
                   q.gaps,
                   (SELECT count(*) FROM (
                       SELECT FROM execution_events
                       WHERE execution_id IN (SELECT id FROM mine) AND timestamp >= '\(measuredFrom)' GROUP BY xmin) AS c),
                   m.executions - q.finished
            FROM (SELECT count(*) AS executions, count(*) FILTER (WHERE status = 'SUCCESS') AS successes FROM mine) AS m,
                 sequences AS q
            """)
        let numbers = (result.rows.first ?? []).map { $0.flatMap { Int($0) } ?? -1 }
        guard numbers.count == 8 else { return Found() }
        return Found(
            executions: numbers[0], successes: numbers[1], events: numbers[2], locks: numbers[3], steps: numbers[4],
            gaps: numbers[5], unfinished: numbers[7], commits: numbers[6])
    }

    /// What is wrong, in sentences; empty when nothing is.
    ///
    /// - Parameters:
    ///   - requested: Requests sent.
    ///   - workflow: What each of them asked for.
    ///   - found: What the tables hold.
    ///   - book: What was answered.
    ///   - events: What the subscriber saw.
    ///   - allowsDuplicates: Whether something was killed, after which copies may come.
    static func problems(
        requested: Int, workflow: BenchmarkWorkflow, found: Found, book: RequestBook, events: EventTally,
        allowsDuplicates: Bool
    ) -> [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ sentence: @autoclosure () -> String) {
            if !holds { problems.append(sentence()) }
        }
        expect(
            found.executions == requested, "\(requested) executions were requested and \(found.executions) are there.")
        expect(found.successes == requested, "Only \(found.successes) of \(requested) executions are in SUCCESS.")
        expect(book.answered == requested, "Only \(book.answered) of \(requested) requests were answered.")
        expect(book.failures == 0, "\(book.failures) answers are no success; the first: \(book.firstFailure ?? "")")
        expect(book.strays == 0, "\(book.strays) answers belong to no request.")
        expect(found.gaps == 0, "\(found.gaps) executions have a gap in their sequences.")
        expect(found.unfinished == 0, "\(found.unfinished) executions lack their last event or their state.")
        expect(found.locks == 0, "\(found.locks) locks of executions that have ended are left.")
        let steps = requested * workflow.stepCount
        expect(found.steps == steps, "\(found.steps) steps are in SUCCESS instead of \(steps).")
        let committed = requested * workflow.eventsPerExecution
        expect(found.events == committed, "\(found.events) events are in the tables instead of \(committed).")
        expect(
            events.distinct == found.events,
            "\(found.events) events were committed and \(events.distinct) of them received.")
        expect(events.unreadable == 0, "\(events.unreadable) published events have no readable id.")
        expect(events.outOfOrder == 0, "\(events.outOfOrder) events came before an earlier one of their execution.")
        if !allowsDuplicates {
            expect(events.duplicates == 0, "\(events.duplicates) events came more than once.")
            expect(book.duplicates == 0, "\(book.duplicates) answers came more than once.")
        }
        return problems
    }
}
