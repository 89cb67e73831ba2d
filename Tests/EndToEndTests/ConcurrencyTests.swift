import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Workflows that limit how many of their executions run at a time.
    @Suite struct Concurrency {
        /// Waits for a signal, one at a time for each tenant.
        private static func definition(_ policy: String) -> String {
            """
            workflow: \(policy)
            concurrency: { key: "${ input.tenant }", limit: 1, on_limit: \(policy) }
            steps:
              go: { signal: go }
            """
        }

        private static let waiting = "SELECT count(*) FROM executions WHERE status = 'WAITING' AND id = "

        private static func events(of id: String) -> String {
            "SELECT string_agg(event_type, ' ' ORDER BY sequence) FROM execution_events WHERE execution_id = '\(id)'"
        }

        /// Pairs of executions of one key that ran at the same time, from the first event of each to its last.
        private static let overlaps = """
            WITH spans AS (
                SELECT v.execution_id AS id, e.input_payload ->> 'tenant' AS key,
                       min(v.timestamp) FILTER (WHERE v.event_type = 'EXECUTION_STARTED') AS started, max(v.timestamp) AS ended
                FROM execution_events v JOIN executions e ON e.id = v.execution_id GROUP BY 1, 2)
            SELECT count(*) FROM spans a JOIN spans b ON a.key = b.key AND a.id < b.id
            WHERE a.started <= b.ended AND b.started <= a.ended
            """

        @Test func `no two of a key run at a time, on two coordinators of which one is killed`() async throws {
            let count = 50
            try await Stage.run("turns") { stage in
                let settings = [
                    "PERDURE_WORKFLOWS_DIRECTORY": try stage.workflows([
                        "w.yaml": """
                        workflow: one_by_one
                        concurrency: { key: "${ input.tenant }", limit: 1 }
                        steps:
                          pause: { wait: 20ms }
                          facts:
                            needs: [pause]
                            agent: extract_entities
                            with: { text: "${ input.text }" }
                        """
                    ]), "PERDURE_COORDINATOR_LEASE": "3s",
                ]
                let victim = try await stage.serve(settings)
                let survivor = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "one_by_one.#")
                try await stage.publish(
                    (0..<count).map {
                        stage.request(
                            "one_by_one", input: ["tenant": .string("t\($0 % 3)"), "text": .string(Stage.text)],
                            messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                // It holds a slot, and others of its executions wait for one.
                try await stage.halt(
                    victim, with: "a slot of the victim's",
                    """
                    SELECT least(count(*) FILTER (WHERE s.holds_slot), count(*) FILTER (WHERE NOT s.holds_slot))
                    FROM execution_slots s JOIN execution_locks l ON l.execution_id = s.execution_id
                    WHERE l.owner LIKE '%/\(victim.pid)/%'
                    """)
                victim.send(SIGKILL)
                try await stage.waitFor(count)
                try await replies.waitForAnswers(count)
                try await eventually("all events") {
                    try await stage.number("SELECT count(*) FROM execution_events")
                        == EventTally(events.deliveries).last.values.reduce(0) { $0 + Int($1) }
                }
                #expect(EventTally(events.deliveries).outOfOrder == 0)
                #expect(try await stage.number(Self.overlaps) == 0)
                #expect(try await stage.number("SELECT count(*) FROM execution_slots") == 0)
                #expect(try await stage.number("SELECT count(*) FROM execution_controls") == 0)
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 2)
                let queued =
                    "SELECT count(*) FROM execution_events WHERE event_type = 'EXECUTION_QUEUED' AND sequence = 1"
                #expect(try await stage.number(queued) > count / 2)
                #expect(
                    try await stage.number("SELECT count(*) FROM executions WHERE started_at IS NULL") == 0)
                #expect(survivor.exitStatus == nil)
            }
        }

        @Test func `one waits for its turn, is shown, and may be cancelled before it`() async throws {
            try await Stage.run("turns_queue") { stage in
                let folder = try stage.workflows(["w.yaml": Self.definition("queue")])
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                let ids = (0..<4).map { _ in UUID().uuidString.lowercased() }
                for (number, id) in ids.enumerated() {
                    try await stage.publish([
                        stage.request("queue", input: ["tenant": "a"], id: id, replyTo: replies.queue)
                    ])
                    try await eventually("execution \(number)") {
                        try await stage.number("SELECT count(*) FROM execution_slots") == number + 1
                    }
                }
                #expect(try await stage.number(Self.waiting + "'\(ids[0])'") == 1)
                #expect(try await stage.sql(Self.events(of: ids[0])) == [["EXECUTION_STARTED STEP_STARTED"]])
                #expect(try await stage.sql(Self.events(of: ids[2])) == [["EXECUTION_QUEUED"]])
                let shown = try await stage.perdure("show", ids[2])
                #expect(
                    shown.output.contains(
                        "It waits for its turn under the concurrency key 'a'; 1 execution is before it. The slot is held by "
                            + "\(ids[0])."), "\(shown.output)")
                let turn = try JSONValue(parsing: Array(try await stage.perdure("show", ids[1], "--json").output.utf8))
                #expect(turn["status"] == "PENDING")
                #expect(
                    turn["concurrency"] == [
                        "key": "a", "holds_slot": false, "is_superseded": false, "waiting_before": 0, "holder_count": 1,
                        "holders": [.string(ids[0])],
                    ])
                // The second goes before it has started, and the third keeps what was sent to it.
                let cancelled = try await stage.perdure("cancel", ids[1], "--reason", "not now")
                #expect(cancelled.status == 0, "\(cancelled.errors)")
                let signalled = try await stage.perdure("signal", ids[2], "go", "--payload", "3")
                #expect(signalled.status == 0, "\(signalled.errors)")
                #expect(try await stage.sql(Self.events(of: ids[1])) == [["EXECUTION_QUEUED EXECUTION_CANCELLED"]])
                #expect(try await stage.number("SELECT count(*) FROM executions WHERE status = 'PENDING'") == 2)
                _ = try await stage.perdure("signal", ids[0], "go")
                try await stage.waitFor(2)
                #expect(
                    try await stage.sql(Self.events(of: ids[2])) == [
                        [
                            "EXECUTION_QUEUED SIGNAL_RECEIVED EXECUTION_STARTED STEP_STARTED STEP_COMPLETED "
                                + "EXECUTION_COMPLETED"
                        ]
                    ])
                try await eventually("the turn of the last") {
                    try await stage.number(Self.waiting + "'\(ids[3])'") == 1
                }
                _ = try await stage.perdure("signal", ids[3], "go")
                try await stage.waitFor(3)
                try await replies.wait(for: 4)
                #expect(try await stage.number(Self.overlaps) == 0)
                #expect(try await stage.number("SELECT count(*) FROM execution_slots") == 0)
            }
        }

        @Test func `past the limit a request is refused, or takes the place of the oldest`() async throws {
            try await Stage.run("turns_limit") { stage in
                let folder = try stage.workflows([
                    "r.yaml": Self.definition("reject"), "c.yaml": Self.definition("cancel_running"),
                ])
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                func send(_ workflow: String, _ id: String, tenant: JSONValue = "a") async throws {
                    try await stage.publish([
                        stage.request(
                            workflow, input: ["tenant": tenant], id: id, messageID: id, replyTo: replies.queue,
                            correlationID: id)
                    ])
                }
                func answer(to id: String) async throws -> JSONValue {
                    try await eventually("an answer to \(id)") {
                        replies.deliveries.contains { $0.properties.correlationID == id }
                    }
                    let reply = try #require(replies.deliveries.last { $0.properties.correlationID == id })
                    return try reply.json
                }
                let ids = (0..<5).map { _ in UUID().uuidString.lowercased() }
                try await send("reject", ids[0])
                try await eventually("the first") { try await stage.number(Self.waiting + "'\(ids[0])'") == 1 }
                try await send("reject", ids[1])
                let refusal = try await answer(to: ids[1])
                #expect(refusal["status"] == "REJECTED" && refusal["error"]?["code"] == "CONCURRENCY_LIMIT")
                #expect(
                    refusal["error"]?["message"]?.stringValue
                        == "1 execution of the workflow 'reject' with the key 'a' may run at a time, and no more; send the "
                        + "request again later.")
                // A copy of what runs is none too many, and a key of another kind is none at all.
                try await send("reject", ids[0])
                try await send("reject", ids[2], tenant: ["b"])
                let wrong = try await answer(to: ids[2])
                #expect(wrong["error"]?["code"] == "INVALID_INPUT", "\(wrong)")
                let letters = try await stage.waitForParked(2)
                #expect(letters.map { $0.header("x-error-code") } == ["CONCURRENCY_LIMIT", "INVALID_INPUT"])
                #expect(try await stage.number("SELECT count(*) FROM executions") == 1)
                _ = try await stage.perdure("signal", ids[0], "go")
                #expect(try await answer(to: ids[0])["status"] == "SUCCESS")
                try await send("reject", ids[1])
                try await eventually("its turn") { try await stage.number(Self.waiting + "'\(ids[1])'") == 1 }

                try await send("cancel_running", ids[3])
                try await eventually("the old one") { try await stage.number(Self.waiting + "'\(ids[3])'") == 1 }
                try await send("cancel_running", ids[4])
                let end = try await answer(to: ids[3])
                #expect(end["status"] == "CANCELLED")
                #expect(end["error"]?["message"]?.stringValue?.contains("The execution \(ids[4]) of the same") == true)
                try await eventually("the new one") { try await stage.number(Self.waiting + "'\(ids[4])'") == 1 }
                #expect(
                    try await stage.sql(Self.events(of: ids[4])) == [
                        ["EXECUTION_QUEUED EXECUTION_STARTED STEP_STARTED"]
                    ])
                for id in [ids[1], ids[4]] { _ = try await stage.perdure("signal", id, "go") }
                try await stage.waitFor(3)
                #expect(try await stage.number("SELECT count(*) FROM execution_slots") == 0)
            }
        }
    }
}
