import AMQPClient
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Steps that fail and are tried again, with the built-in agents and their real errors.
    @Suite struct Retries {
        private static func definition(_ retry: String, _ timeout: String = "{ total: 1h }") -> [String: String] {
            [
                "w.yaml": """
                workflow: stubborn
                steps:
                  summarize:
                    agent: summarize
                    with: { text: "${ input.text }" }
                    retry: \(retry)
                    timeout: \(timeout)
                """
            ]
        }

        @Test func `a failing step is tried again, recorded each time, and fails in the end`() async throws {
            try await Stage.run("retries") { stage in
                let folder = try stage.workflows(
                    Self.definition("{ max_attempts: 3, delay: 30ms, jitter: none, only: [INVALID_ARGUMENTS] }"))
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                try await stage.publish([
                    stage.request("stubborn", input: ["text": 5], messageID: "m", replyTo: replies.queue)
                ])
                try await eventually("an answer") { replies.deliveries.count == 1 }
                let answer = try JSONValue(parsing: replies.deliveries[0].body)
                #expect(answer["status"] == "FAILED" && answer["error"]?["code"] == "INVALID_ARGUMENTS")
                let rows = try await stage.sql(
                    "SELECT string_agg(event_type, ' ' ORDER BY sequence) FROM execution_events")
                #expect(
                    rows.first?.first
                        == "EXECUTION_STARTED STEP_STARTED AGENT_INVOKED AGENT_RESPONSE STEP_RETRY_SCHEDULED "
                        + "AGENT_INVOKED AGENT_RESPONSE STEP_RETRY_SCHEDULED AGENT_INVOKED AGENT_RESPONSE STEP_FAILED "
                        + "EXECUTION_FAILED")
                #expect(try await stage.number("SELECT retry_count FROM execution_steps") == 2)
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
            }
        }

        @Test func `a wait survives its coordinator`() async throws {
            try await Stage.run("waits") { stage in
                let folder = try stage.workflows(
                    Self.definition("{ max_attempts: 2, delay: 4s, jitter: none, only: [INVALID_ARGUMENTS] }"))
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let victim = try await stage.serve(settings)
                try await stage.publish([stage.request("stubborn", input: ["text": 5], messageID: "m")])
                try await stage.halt(
                    victim, with: "a step that waits", "SELECT count(*) FROM execution_steps WHERE status = 'WAITING'")
                victim.send(SIGKILL)
                _ = try await stage.serve(settings)
                try await eventually("the end") {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'FAILED'") == 1
                }
                #expect(try await stage.number("SELECT retry_count FROM execution_steps") == 1)
                // The wait was not cut short, and the attempt before it was not made again.
                #expect(
                    try await stage.number(
                        """
                        SELECT count(*) FROM execution_events a JOIN execution_events b USING (execution_id)
                        WHERE a.event_type = 'STEP_RETRY_SCHEDULED' AND b.sequence = a.sequence + 1
                          AND b.event_type = 'AGENT_INVOKED' AND b.timestamp >= a.timestamp + interval '3.9 seconds'
                        """) == 1)
            }
        }

        @Test func `an attempt that takes too long is given up`() async throws {
            try await Stage.run("slow") { stage in
                let folder = try stage.workflows(Self.definition("{ max_attempts: 1 }", "{ run: 1ms }"))
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                let text = String(repeating: Stage.text + " ", count: 2000)
                try await stage.publish([
                    stage.request("stubborn", input: ["text": .string(text)], messageID: "m", replyTo: replies.queue)
                ])
                try await eventually("an answer") { replies.deliveries.count == 1 }
                let answer = try JSONValue(parsing: replies.deliveries[0].body)
                #expect(answer["error"]?["code"] == "TIMEOUT", "\(answer)")
            }
        }
    }
}
