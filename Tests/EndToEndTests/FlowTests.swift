import AMQPClient
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Time for a whole execution, and places for every workflow.
    @Suite struct Flow {
        private static func workflow(_ name: String, _ rest: String = "") -> String {
            """
            workflow: \(name)
            \(rest)
            steps:
              summarize:
                agent: summarize
                with: { text: "${ input.text }" }
                retry: { max_attempts: 1000, delay: 1h, max_delay: 1h, jitter: none, only: [INVALID_ARGUMENTS] }
            """
        }

        @Test func `an execution that takes too long ends`() async throws {
            try await Stage.run("deadline") { stage in
                let folder = try stage.workflows(["w.yaml": Self.workflow("late", "timeout: 1ms")])
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                let text = String(repeating: Stage.text + " ", count: 2000)
                try await stage.publish([
                    stage.request("late", input: ["text": .string(text)], messageID: "m", replyTo: replies.queue)
                ])
                try await eventually("an answer") { replies.deliveries.count == 1 }
                let answer = try JSONValue(parsing: replies.deliveries[0].body)
                #expect(answer["status"] == "FAILED" && answer["error"]?["code"] == "EXECUTION_TIMEOUT", "\(answer)")
                #expect(try await stage.number("SELECT count(*) FROM execution_steps WHERE status = 'CANCELLED'") == 1)
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
            }
        }

        @Test func `the time of an execution runs on while nobody owns it`() async throws {
            try await Stage.run("heir") { stage in
                // The step fails at once and waits for most of the time that the execution has.
                let definition = Self.workflow("late", "timeout: 6s").replacing("delay: 1h", with: "delay: 5s")
                let folder = try stage.workflows(["w.yaml": definition])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let victim = try await stage.serve(settings)
                try await stage.publish([stage.request("late", input: ["text": 5], messageID: "m")])
                try await eventually("a step that waits") {
                    try await stage.number("SELECT count(*) FROM execution_steps WHERE status = 'WAITING'") == 1
                }
                victim.send(SIGKILL)
                try await eventually("the time to be over") {
                    try await stage.number(
                        "SELECT count(*) FROM executions WHERE clock_timestamp() > started_at + interval '6 seconds'")
                        == 1
                }
                _ = try await stage.serve(settings)
                try await eventually("the end", within: .seconds(60)) {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'FAILED'") == 1
                }
                #expect(
                    try await stage.sql("SELECT error->>'code' FROM executions").first?.first == "EXECUTION_TIMEOUT")
                #expect(try await stage.number("SELECT retry_count FROM execution_steps") == 0)
            }
        }

        @Test func `a workflow that fills its places leaves one for another`() async throws {
            try await Stage.run("places") { stage in
                let folder = try stage.workflows([
                    "many.yaml": Self.workflow("many"), "few.yaml": Self.workflow("few"),
                ])
                _ = try await stage.serve([
                    "PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_MAX_IN_FLIGHT": "8",
                    "PERDURE_AGENTS_LIMITS": "summarize=1",
                ])
                let replies = try await stage.inbox("replies")
                // Each fails at once and then keeps its place for an hour.
                try await stage.publish(
                    (0..<20).map { stage.request("many", input: ["text": 5], messageID: "many-\($0)") })
                try await eventually("all the places taken") {
                    try await stage.number("SELECT count(*) FROM execution_steps WHERE status = 'WAITING'") == 8
                }
                try await stage.publish([
                    stage.request(
                        "few", input: ["text": .string(Stage.text)], messageID: "few", replyTo: replies.queue)
                ])
                try await eventually("an answer") { replies.deliveries.count == 1 }
                #expect(try JSONValue(parsing: replies.deliveries[0].body)["status"] == "SUCCESS")
                #expect(try await stage.number("SELECT count(*) FROM executions WHERE workflow_id = 'many'") == 8)
            }
        }

        @Test func `a limit for an agent that is not there is refused by name`() async throws {
            try await Stage.run("limits") { stage in
                for (value, complaint) in [
                    ("sumarize=2", "'sumarize'; there is extract_entities, summarize"),
                    ("summarize", "e.g. summarize=4"),
                    ("summarize=0", "e.g. summarize=4"),
                ] {
                    let outcome = try await stage.perdure("serve", with: ["PERDURE_AGENTS_LIMITS": value])
                    #expect(outcome.status != 0)
                    #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
                }
            }
        }
    }
}
