import AMQPClient
import PerdureJSON
import TestSupport
import Testing

extension Stage {
    /// What any run leaves that ended well: everything in SUCCESS once, and nothing left over.
    ///
    /// - Parameters:
    ///   - coordinators: How many still run.
    ///   - hasCopies: Whether requests may have come twice, because the broker went away before it had confirmed them. Who
    ///     sent a copy is remembered as a caller, and must be who sent the original.
    func expectCleanTables(
        executions: Int, coordinators: Int, hasCopies: Bool = false, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let facts: [(String, String, Int)] = [
            ("executions", "SELECT count(*) FROM executions", executions),
            (
                "successes",
                "SELECT count(*) FROM executions WHERE status = 'SUCCESS' AND output_payload IS NOT NULL AND error IS NULL",
                executions
            ),
            (
                "finished steps",
                "SELECT count(*) FROM execution_steps WHERE status = 'SUCCESS' AND retry_count = 0 AND output IS NOT NULL",
                2 * executions
            ),
            ("steps", "SELECT count(*) FROM execution_steps", 2 * executions),
            ("states", "SELECT count(*) FROM execution_state WHERE current_step = 2", executions),
            ("events", "SELECT count(*) FROM execution_events", 10 * executions),
            (
                "executions whose events have a gap, a wrong order or a time that does not grow",
                """
                SELECT count(*) FROM (
                    SELECT execution_id FROM (
                        SELECT *, lag(timestamp) OVER (PARTITION BY execution_id ORDER BY sequence) AS before FROM execution_events) e
                    GROUP BY execution_id
                    HAVING min(sequence) <> 1 OR max(sequence) <> 10 OR count(*) <> 10 OR bool_or(timestamp <= before)
                        OR string_agg(event_type, ' ' ORDER BY sequence) <>
                           'EXECUTION_STARTED STEP_STARTED AGENT_INVOKED AGENT_RESPONSE STEP_COMPLETED STEP_STARTED AGENT_INVOKED '
                           'AGENT_RESPONSE STEP_COMPLETED EXECUTION_COMPLETED') bad
                """, 0
            ),
            ("locks", "SELECT count(*) FROM execution_locks", 0),
            (
                "further callers",
                """
                SELECT count(*) FROM execution_callers c JOIN executions e ON e.id = c.execution_id
                WHERE NOT \(hasCopies)
                   OR (c.reply_to, c.correlation_id) IS DISTINCT FROM (e.reply_to, coalesce(e.correlation_id, ''))
                """, 0
            ),
            ("coordinators that publish", "SELECT count(DISTINCT publisher) FROM event_writers", coordinators),
        ]
        for (what, query, expected) in facts {
            #expect(try await number(query) == expected, "\(what)", sourceLocation: location)
        }
    }

    /// Waits until only so many coordinators are known: what the others had committed is published, and their work is taken over.
    func waitForWriters(_ count: Int) async throws {
        try await eventually("\(count) writers") {
            try await number("SELECT count(DISTINCT publisher) FROM event_writers") == count
        }
    }
}

/// What came in at subscribers, judged by the contract: at least once, first copies in order, copies alike.
struct EventTally {
    private(set) var duplicates = 0
    private(set) var outOfOrder = 0
    private(set) var unequalCopies = 0
    private(set) var last: [String: Int64] = [:]

    init(_ deliveries: [AMQPDelivery]) {
        var bodies: [String: [UInt8]] = [:]
        for delivery in deliveries {
            for event in delivery.events {
                let body = event.jsonBytes
                guard let id = event["data"]?["execution_id"]?.stringValue,
                    let sequence = event["data"]?["sequence"]?.intValue
                else { continue }
                if let first = bodies.updateValue(body, forKey: "\(id)/\(sequence)") {
                    duplicates += 1
                    if !EventTally.areAlike(first, body) { unequalCopies += 1 }
                    continue
                }
                if sequence != (last[id] ?? 0) + 1 { outOfOrder += 1 }
                last[id] = max(last[id] ?? 0, sequence)
            }
        }
    }

    /// A copy that comes out of the database may be spaced and ordered differently.
    private static func areAlike(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        if one == other { return true }
        guard let one = try? JSONValue(parsing: one), let other = try? JSONValue(parsing: other) else { return false }
        return one == other
    }

    /// Executions of which every event up to this one has come.
    func complete(to sequence: Int64) -> Int { last.values.count { $0 == sequence } }
}

extension AMQPDelivery {
    /// The events in the message: one, or those of a batch.
    fileprivate var events: [JSONValue] {
        guard let json = try? json else { return [] }
        return properties.contentType == "application/cloudevents-batch+json" ? json.arrayValue ?? [] : [json]
    }
}

/// Answers by correlation id.
struct AnswerTally {
    private(set) var statuses: [String: Set<String>] = [:]
    private(set) var executions: [String: Set<String>] = [:]
    private(set) var duplicates = 0

    init(_ deliveries: [AMQPDelivery]) {
        for delivery in deliveries {
            let id = delivery.properties.correlationID ?? "none"
            let json = try? delivery.json
            if statuses[id] != nil { duplicates += 1 }
            statuses[id, default: []].insert(json?["status"]?.stringValue ?? "not JSON")
            executions[id, default: []].insert(json?["execution_id"]?.stringValue ?? "none")
        }
    }

    /// Callers with the one answer SUCCESS of the one execution.
    var successes: Int {
        statuses.count { $0.value == ["SUCCESS"] && executions[$0.key]?.count == 1 }
    }

    /// What there is instead of one answer SUCCESS for each caller.
    var summary: String {
        let others = statuses.filter { $0.value != ["SUCCESS"] || executions[$0.key]?.count != 1 }
        return "\(successes) SUCCESS, \(duplicates) copies, others: \(others)"
    }
}
