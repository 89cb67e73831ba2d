import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// All kinds of steps over real servers, with the built-in agents and their real errors.
    @Suite struct Language {
        private static let whole = [
            "w.yaml": """
            workflow: whole
            priority: 7
            steps:
              texts: { set: ["Ada Lovelace met Charles Babbage in London.", "${ input.text }"] }
              each:
                needs: [texts]
                foreach: { in: "${ steps.texts.output }", as: text, max_concurrency: 1 }
                agent: summarize
                with: { text: "${ text }", max_sentences: "${ index + 1 }" }
              facts: { agent: extract_entities, with: { text: 5 }, on_error: continue }
              never: { needs: [facts], when: "${ steps.facts.status == 'SUCCESS' }", agent: summarize }
              answer: { needs: [each, facts], signal: { name: approved, timeout: 1h } }
              pause: { needs: [answer], wait: 3s }
              all:
                needs: [pause, each]
                agent: summarize
                with: { text: "${ steps.each.output.map(s, s.summary).join(' ') }" }
            output:
              facts: "${ steps.facts.error.code }"
              by: "${ steps.answer.output.payload.by }"
              count: "${ size(steps.each.output) }"
              never: "${ steps.never.status }"
            """
        ]

        @Test func `a workflow of every kind of step survives its coordinators`() async throws {
            try await Stage.run("language") { stage in
                let folder = try stage.workflows(Self.whole)
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let waiting = "SELECT count(*) FROM executions WHERE status = 'WAITING'"
                let first = try await stage.serve(settings)
                let results = try await stage.inbox("results")
                let id = UUID().uuidString.lowercased()
                try await stage.publish([
                    stage.request("whole", input: ["text": .string(Stage.text)], id: id, replyTo: results.queue)
                ])
                try await eventually("a wait for the signal") { try await stage.number(waiting) == 1 }
                first.send(SIGKILL)

                let second = try await stage.serve(settings)
                let signalled = try await stage.perdure("signal", id, "approved", "--payload", #"{"by":"ann"}"#)
                #expect(signalled.status == 0, "\(signalled.errors)")
                try await eventually("the wait for a time") {
                    try await stage.number(
                        "SELECT count(*) FROM execution_steps WHERE step_name = 'pause' AND status <> 'PENDING'") == 1
                }
                second.send(SIGKILL)
                _ = try await stage.serve(settings)
                try await eventually("an answer") { results.deliveries.count >= 1 }
                let answer = try results.deliveries[0].json
                #expect(answer["status"] == "SUCCESS", "\(answer)")
                #expect(
                    answer["output"] == ["facts": "INVALID_ARGUMENTS", "by": "ann", "count": 2, "never": "SKIPPED"])

                let rows = try await stage.sql(
                    "SELECT step_name, status, retry_count FROM execution_steps ORDER BY step_order")
                #expect(
                    rows == [
                        ["texts", "SUCCESS", "0"], ["each", "SUCCESS", "0"], ["facts", "FAILED", "0"],
                        ["never", "SKIPPED", "0"], ["answer", "SUCCESS", "0"], ["pause", "SUCCESS", "0"],
                        ["all", "SUCCESS", "0"], ["each[0]", "SUCCESS", "0"], ["each[1]", "SUCCESS", "0"],
                    ])
                #expect(try await stage.number("SELECT current_step FROM execution_state") == 7)
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
                #expect(
                    try await stage.number("SELECT count(*) - max(sequence) FROM execution_events") == 0)
                #expect(
                    try await stage.number(
                        """
                        SELECT count(*) FROM execution_events a JOIN execution_events b USING (execution_id)
                        WHERE a.event_type = 'STEP_STARTED' AND a.event_payload->>'step_name' = 'pause'
                          AND b.event_type = 'TIMER_FIRED' AND b.timestamp >= a.timestamp + interval '2.9 seconds'
                        """) == 1)
                let shown = try await stage.perdure("show", id)
                #expect(shown.output.contains("each[1]") && shown.output.contains("SKIPPED"), "\(shown.output)")
            }
        }

        private static let saga = [
            "w.yaml": """
            workflow: saga
            on_failure: { agent: summarize, with: { text: "It failed in ${ error.step }." } }
            steps:
              one:
                agent: summarize
                with: { text: "${ input.text }" }
                compensate: { agent: extract_entities, with: { text: "${ steps.one.output.summary }" } }
              many:
                needs: [one]
                foreach: { in: ["First text.", "Second text."], max_concurrency: 1 }
                agent: summarize
                with: { text: "${ item }" }
                compensate: { agent: extract_entities, with: { text: "${ index == 0 ? 7 : item }" } }
              fails: { needs: [many], agent: summarize, with: { text: 5 } }
            """
        ]

        @Test func `what was done is undone in reverse`() async throws {
            try await Stage.run("saga") { stage in
                let folder = try stage.workflows(Self.saga)
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let results = try await stage.inbox("results")
                try await stage.publish([
                    stage.request("saga", input: ["text": .string(Stage.text)], messageID: "m", replyTo: results.queue)
                ])
                try await eventually("an answer") { results.deliveries.count == 1 }
                let error = try results.deliveries[0].json["error"]
                #expect(
                    error?["code"] == "INVALID_ARGUMENTS" && error?["step"] == "fails", "\(String(describing: error))")
                #expect(error?["message"]?.stringValue?.contains("'many[0]' could not be undone: ") == true)
                let rows = try await stage.sql("SELECT step_name, status FROM execution_steps ORDER BY step_order")
                #expect(
                    rows == [
                        ["one", "COMPENSATED"], ["many", "SUCCESS"], ["fails", "FAILED"], ["many[0]", "SUCCESS"],
                        ["many[1]", "COMPENSATED"], ["workflow.on_failure", "SUCCESS"],
                        ["many[1].compensate", "SUCCESS"],
                        ["many[0].compensate", "FAILED"], ["one.compensate", "SUCCESS"],
                    ])
                let last = try await stage.sql(
                    """
                    SELECT string_agg(event_type, ' ' ORDER BY sequence) FROM execution_events
                    WHERE event_type LIKE 'EXECUTION%' OR event_type = 'STEP_COMPENSATED'
                    """)
                #expect(
                    last.first?.first
                        == "EXECUTION_STARTED EXECUTION_ENDING STEP_COMPENSATED STEP_COMPENSATED EXECUTION_FAILED")
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
            }
        }

        @Test func `a thousand items are a thousand rows`() async throws {
            try await Stage.run("items") { stage in
                let folder = try stage.workflows([
                    "w.yaml": """
                    workflow: many
                    deprecated: use fewer
                    steps:
                      each: { foreach: { in: "${ input.numbers }", as: n, max_concurrency: 50 }, set: "${ n * 2 }" }
                      sum: { needs: [each], set: "${ size(steps.each.output) }" }
                    output: "${ [steps.sum.output, steps.each.output[999]] }"
                    """
                ])
                let coordinator = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                #expect(coordinator.errors.contains("the workflow 'many' version 1 is deprecated: use fewer"))
                let results = try await stage.inbox("results")
                let numbers = JSONValue.array((0..<1000).map { .int($0) })
                try await stage.publish([
                    stage.request("many", input: ["numbers": numbers], messageID: "m", replyTo: results.queue)
                ])
                try await eventually("an answer") { results.deliveries.count == 1 }
                #expect(try results.deliveries[0].json["output"] == [1000, 1998])
                #expect(
                    try await stage.number(
                        "SELECT count(*) FROM execution_steps WHERE step_name ~ '^each.[0-9]+.$' AND status = 'SUCCESS'"
                    )
                        == 1000)
                #expect(
                    try await stage.number("SELECT length(state_snapshot::text) FROM execution_state") < 1000,
                    "the snapshot has nothing of the items")
            }
        }
    }
}
