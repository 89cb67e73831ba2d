import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Executions that steps start, over real servers.
    @Suite struct Children {
        private static let family = [
            "inner.yaml": """
            workflow: inner
            input: { type: object, required: [text], properties: { text: {}, signal: { type: boolean } } }
            steps:
              one: { agent: summarize, with: { text: "${ input.text }", max_sentences: 1 } }
              gate: { needs: [one], when: "${ has(input.signal) }", signal: { name: go } }
            output: { summary: "${ steps.one.output.summary }" }
            """,
            "middle.yaml": """
            workflow: middle
            steps: { inner: { workflow: inner, with: "${ input }" } }
            output: "${ steps.inner.output }"
            """,
            "outer.yaml": """
            workflow: outer
            steps:
              each:
                foreach: { in: "${ input.texts }", as: text, max_concurrency: 4, tolerate: 1 }
                workflow: middle
                with: { text: "${ text }" }
              single: { needs: [each], workflow: middle, with: { text: "Last of all.", signal: true } }
            output: { each: "${ steps.each.output.map(e, e == null ? 'none' : e.summary) }", single: "${ steps.single.output.summary }" }
            """,
        ]

        private static let open =
            "SELECT count(*) FROM executions WHERE status NOT IN ('SUCCESS', 'FAILED', 'CANCELLED')"

        /// The execution of a workflow that waits for its signal.
        private static func waiting(_ stage: Stage) async throws -> String {
            try await eventually("a child that waits") {
                try await stage.number(
                    "SELECT count(*) FROM executions WHERE workflow_id = 'inner' AND status = 'WAITING'")
                    == 1
            }
            let rows = try await stage.sql(
                "SELECT id FROM executions WHERE workflow_id = 'inner' AND status = 'WAITING'")
            return try #require(rows[0][0])
        }

        @Test func `parents and children survive their coordinators`() async throws {
            try await Stage.run("children") { stage in
                let folder = try stage.workflows(Self.family)
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let first = try await stage.serve(settings)
                let results = try await stage.inbox("results")
                let id = UUID().uuidString.lowercased()
                // What is no text is no input of the child's agent: that item fails, and one may.
                let texts: JSONValue = ["First text.", "Second text.", 7, "Fourth text.", "Fifth text.", "Sixth text."]
                try await stage.publish([
                    stage.request("outer", input: ["texts": texts], id: id, replyTo: results.queue)
                ])
                let child = try await Self.waiting(stage)
                first.send(SIGKILL)
                _ = try await stage.serve(settings)
                let signalled = try await stage.perdure("signal", child, "go")
                #expect(signalled.status == 0, "\(signalled.errors)")
                let answer = try await results.wait(for: 1)[0].json
                #expect(answer["status"] == "SUCCESS", "\(answer)")
                #expect(
                    answer["output"] == [
                        "each": ["First text.", "Second text.", "none", "Fourth text.", "Fifth text.", "Sixth text."],
                        "single": "Last of all.",
                    ])
                #expect(try await stage.number("SELECT count(*) FROM executions") == 15)
                #expect(
                    try await stage.sql("SELECT depth, count(*) FROM execution_children GROUP BY depth ORDER BY depth")
                        == [["1", "7"], ["2", "7"]])
                #expect(try await stage.number("SELECT count(*) FROM execution_controls") == 1, "the signal is left")
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
                #expect(
                    try await stage.sql(
                        """
                        SELECT event_type, count(*) FROM execution_events WHERE event_type LIKE 'CHILD%'
                        GROUP BY event_type ORDER BY event_type
                        """) == [["CHILD_COMPLETED", "12"], ["CHILD_FAILED", "2"], ["CHILD_STARTED", "14"]])

                let shown = try await stage.perdure("show", id)
                #expect(shown.output.contains("each[2]  1        middle  FAILED"), "\(shown.output)")
                let rows = try await stage.sql("SELECT parent_id FROM execution_children WHERE child_id = '\(child)'")
                let parent = try #require(rows[0][0])
                let below = try await stage.perdure("show", child, "--json")
                let json = try JSONValue(parsing: Array(below.output.utf8))
                #expect(json["parent"]?["execution_id"]?.stringValue == parent && json["children"] == [])
                let text = try await stage.perdure("show", child)
                #expect(text.output.contains("started by middle  \(parent)  step inner"), "\(text.output)")
            }
        }

        @Test func `a cancel reaches the children of children`() async throws {
            try await Stage.run("children_cancelled") { stage in
                let folder = try stage.workflows(Self.family)
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let id = UUID().uuidString.lowercased()
                try await stage.publish([stage.request("outer", input: ["texts": []], id: id)])
                _ = try await Self.waiting(stage)
                let cancelled = try await stage.perdure("cancel", id, "--reason", "nobody needs it")
                #expect(cancelled.status == 0, "\(cancelled.errors)")
                try await eventually("the end of all") { try await stage.number(Self.open) == 0 }
                #expect(
                    try await stage.sql("SELECT workflow_id, status FROM executions ORDER BY workflow_id") == [
                        ["inner", "CANCELLED"], ["middle", "CANCELLED"], ["outer", "CANCELLED"],
                    ])
                #expect(
                    try await stage.sql("SELECT error ->> 'message' FROM executions WHERE workflow_id = 'middle'")[0][
                        0]?
                        .contains("The step 'single' of the execution \(id)") == true)
                try await eventually("nothing waits") {
                    try await stage.number("SELECT count(*) FROM execution_controls WHERE answered_at IS NULL") == 0
                }
            }
        }

        @Test func `an end reaches a parent whose owner was killed`() async throws {
            try await Stage.run("children_killed") { stage in
                let folder = try stage.workflows(Self.family)
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let results = try await stage.inbox("results")
                let count = 20
                let victim = try await stage.serve(settings)
                try await stage.publish(
                    (0..<count).map { _ in
                        stage.request("outer", input: ["texts": ["One text."]], replyTo: results.queue)
                    })
                let waiting = "SELECT count(*) FROM executions WHERE workflow_id = 'inner' AND status = 'WAITING'"
                try await eventually("children that wait") { try await stage.number(waiting) == count }
                // They are spread over two owners then, families torn apart.
                let survivor = try await stage.serve(settings)
                victim.send(SIGTERM)
                try await eventually("everything is the other's") {
                    try await stage.number(
                        "SELECT count(*) FROM execution_locks WHERE owner LIKE '%/\(survivor.pid)/%'") == 3 * count
                }
                let third = try await stage.serve(settings)
                for row in try await stage.sql(
                    "SELECT id FROM executions WHERE workflow_id = 'inner' AND status = 'WAITING'")
                {
                    try await stage.publish([stage.signal(try #require(row[0]), "go")])
                }
                try await eventually("some have ended") {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'SUCCESS'") > 2 * count + 5
                }
                survivor.send(SIGKILL)
                let answers = try await results.wait(for: count)
                #expect(try answers.allSatisfy { try $0.json["status"] == "SUCCESS" })
                #expect(third.exitStatus == nil)
                #expect(try await stage.number(Self.open) == 0)
                #expect(
                    try await stage.number("SELECT count(*) FROM execution_events WHERE event_type = 'CHILD_STARTED'")
                        == 4 * count, "nothing is started twice")
            }
        }
    }
}

extension Stage {
    /// A signal without payload.
    fileprivate func signal(_ id: String, _ name: String) -> AMQPMessage {
        let body: JSONValue = ["action": "signal", "execution_id": .string(id), "name": .string(name)]
        return AMQPMessage(
            exchange: "\(prefix).control", routingKey: "any",
            properties: AMQPProperties(contentType: "application/json"), body: body.jsonBytes)
    }
}
