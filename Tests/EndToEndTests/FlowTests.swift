import AMQPClient
import Glibc
import PerdureJSON
import Testing

extension EndToEnd {
    /// Time for a whole execution, and turns among workflows.
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

        @Test func `an execution that takes too long ends, also after its coordinator was killed`() async throws {
            try await Stage.run("deadline") { stage in
                // The step fails at once and waits an hour for its second attempt; the execution has no hour.
                let folder = try stage.workflows(["w.yaml": Self.workflow("late", "timeout: 5s").replacing("1h", with: "3s")])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let victim = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                try await stage.publish([
                    stage.request("late", input: ["text": 5], messageID: "m", replyTo: replies.queue)
                ])
                try await eventually("a step that waits") {
                    try await stage.number("SELECT count(*) FROM execution_steps WHERE status = 'WAITING'") == 1
                }
                victim.send(SIGKILL)
                _ = try await stage.serve(settings)
                try await eventually("an answer", within: .seconds(60)) { replies.deliveries.count == 1 }
                let answer = try JSONValue(parsing: replies.deliveries[0].body)
                let code = answer["error"]?["code"]?.stringValue
                #expect(answer["status"] == "FAILED")
                // The second attempt would come too late only if the first one was slow to fail.
                #expect(code == "EXECUTION_TIMEOUT" || code == "INVALID_ARGUMENTS", "\(answer)")
                #expect(
                    try await stage.number(
                        """
                        SELECT count(*) FROM executions
                        WHERE status = 'FAILED' AND completed_at < started_at + interval '60 seconds'
                        """) == 1)
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
                    ("sumarize=2", "'sumarize'; there is extract_entities, summarize"), ("summarize", "e.g. summarize=4"),
                    ("summarize=0", "e.g. summarize=4"),
                ] {
                    let process = try stage.start(["serve"], environment: ["PERDURE_AGENTS_LIMITS": value])
                    let status = await process.exit()
                    #expect(status != 0)
                    #expect(process.errors.contains(complaint), "\(process.errors)")
                }
            }
        }
    }
}
