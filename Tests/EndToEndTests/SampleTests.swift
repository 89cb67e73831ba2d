import AMQPClient
import Foundation
import PerdureJSON
import Testing

extension EndToEnd {
    /// The sample workflow, by a plain publisher, and what operators and subscribers find.
    @Suite struct Sample {
        static let eventTypes = [
            "EXECUTION_STARTED", "STEP_STARTED", "AGENT_INVOKED", "AGENT_RESPONSE", "STEP_COMPLETED", "STEP_STARTED",
            "AGENT_INVOKED", "AGENT_RESPONSE", "STEP_COMPLETED", "EXECUTION_COMPLETED",
        ]
        static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

        @Test func `a request is answered and the tables tell the whole story`() async throws {
            try await Stage.run("sample") { stage in
                _ = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let article = try #require(
                    FileManager.default.contents(atPath: Binary.packageFolder + "/config/samples/article.json"))
                let input = try JSONValue(parsing: Array(article))
                try await stage.publish([
                    stage.request(input: input, messageID: "one", replyTo: replies.queue, correlationID: "c-1")
                ])
                let reply = try #require(try await replies.wait(for: 1).first)
                #expect(reply.properties.correlationID == "c-1")
                #expect(reply.properties.contentType == "application/json")
                #expect(reply.properties.isPersistent)
                #expect(reply.properties.messageID?.isEmpty == false)
                let answer = try reply.json
                #expect(answer["status"] == "SUCCESS")
                #expect(answer.objectValue.map { Set($0.keys) } == ["status", "execution_id", "output"])
                #expect(answer["output"]?.objectValue.map { Set($0.keys) } == ["summarize", "extract_entities"])
                #expect(answer["output"]?["summarize"]?["summary"]?.stringValue?.isEmpty == false)
                #expect(answer["output"]?["extract_entities"]?["entities"]?.arrayValue?.isEmpty == false)
                let id = try #require(answer["execution_id"]?.stringValue)

                #expect(
                    try await stage.sql(
                        "SELECT id, status, workflow_id, created_at <= completed_at, input_payload = '\(input.jsonText.replacing("'", with: "''"))'::jsonb FROM executions"
                    )
                        == [[id, "SUCCESS", "document_analysis", "t", "t"]])
                #expect(
                    try await stage.sql(
                        "SELECT step_name, step_order, status, retry_count, started_at <= completed_at FROM execution_steps ORDER BY step_order"
                    )
                        == [["summarize", "1", "SUCCESS", "0", "t"], ["extract_entities", "2", "SUCCESS", "0", "t"]])
                #expect(
                    try await stage.sql("SELECT event_type FROM execution_events ORDER BY timestamp").map { $0[0] }
                        == Self.eventTypes)
                #expect(
                    try await stage.sql("SELECT event_type FROM execution_events ORDER BY sequence").map { $0[0] }
                        == Self.eventTypes)
                #expect(
                    try await stage.sql(
                        "SELECT count(DISTINCT timestamp), min(sequence), max(sequence) FROM execution_events") == [
                            ["10", "1", "10"]
                        ])
                #expect(
                    try await stage.sql(
                        "SELECT current_step, jsonb_typeof(state_snapshot), execution_id FROM execution_state")
                        == [["2", "object", id]])
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
                #expect(
                    try await stage.sql(
                        "SELECT workflow_id, status, EXTRACT(EPOCH FROM (completed_at - started_at)) >= 0 FROM executions WHERE status = 'SUCCESS'"
                    )
                        == [["document_analysis", "SUCCESS", "t"]])
                let stored = try await stage.sql("SELECT output_payload FROM executions").first?.first.flatMap { $0 }
                #expect(try JSONValue(parsing: Array((stored ?? "").utf8)) == answer["output"])
            }
        }

        @Test func `subscribers receive what the contract promises`() async throws {
            try await Stage.run("subscribers") { stage in
                let folder = try stage.workflows([
                    "good.yaml": try String(
                        contentsOfFile: Binary.packageFolder + "/config/workflows/document_analysis.yaml",
                        encoding: .utf8),
                    "failing.yaml": """
                    workflow: failing
                    version: 1
                    steps:
                      broken:
                        agent: summarize
                        with: { text: "${ 7 }" }
                    """,
                ])
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let all = try await stage.inbox("all", boundTo: "document_analysis.#")
                let failed = try await stage.inbox("failed", boundTo: "#.failed")
                let replies = try await stage.inbox("replies")
                try await stage.publish([
                    stage.request(
                        messageID: "good", replyTo: replies.queue, headers: ["traceparent": .string(Self.traceparent)]),
                    // To the queue's name, through the default exchange.
                    AMQPMessage(
                        routingKey: "\(stage.prefix).requests",
                        properties: AMQPProperties(correlationID: "bad", replyTo: replies.queue),
                        body: Array(#"{"workflow_id":"failing","input":null}"#.utf8)),
                ])
                let answers = try await replies.wait(for: 2)
                let failure = try #require(answers.first { $0.properties.correlationID == "bad" }).json
                #expect(failure["status"] == "FAILED")
                #expect(failure["error"]?["step"] == "broken")
                #expect(failure["error"]?["code"]?.stringValue?.isEmpty == false)
                #expect(failure["error"]?["message"]?.stringValue?.isEmpty == false)
                let id = try #require(
                    try answers.first { $0.properties.correlationID == nil }?.json["execution_id"]?.stringValue)

                let events = try await all.wait(for: 10)
                try #require(events.count == 10)
                for (index, event) in events.enumerated() {
                    let type = Self.eventTypes[index]
                    let dotted = type.lowercased().replacing("_", with: ".")
                    #expect(event.routingKey == "document_analysis.\(dotted)")
                    #expect(event.properties.contentType == "application/cloudevents+json")
                    #expect(event.properties.isPersistent)
                    #expect(event.properties.messageID == "\(id)/\(index + 1)")
                    #expect(event.properties.appID != nil && event.properties.timestamp != nil)
                    #expect(event.header("traceparent") == Self.traceparent)
                    #expect(event.header("execution_id") == id)
                    #expect(event.header("workflow_id") == "document_analysis")
                    #expect(event.header("event_type") == type)
                    #expect(event.properties.headers["sequence"]?.integerValue == Int64(index + 1))
                    let body = try event.json
                    #expect(body["specversion"] == "1.0")
                    #expect(body["id"] == .string("\(id)/\(index + 1)"))
                    #expect(body["source"] == "/perdure/document_analysis")
                    #expect(body["type"] == .string("perdure.\(dotted)"))
                    #expect(body["subject"] == .string(id))
                    #expect(body["datacontenttype"] == "application/json")
                    #expect(body["sequence"]?.stringValue.flatMap { Int($0) } == index + 1)
                    #expect(body["sequence"]?.stringValue?.utf8.count == 10)
                    #expect(body["traceparent"] == .string(Self.traceparent))
                    #expect(body["time"]?.stringValue?.hasSuffix("Z") == true)
                    #expect(body["data"]?["event_type"] == .string(type))
                    #expect(body["data"]?["execution_id"] == .string(id))
                    #expect(body["data"]?["workflow_id"] == "document_analysis")
                    #expect(body["data"]?["sequence"]?.intValue == Int64(index + 1))
                    let step: JSONValue? =
                        (1...4).contains(index) ? "summarize" : (5...8).contains(index) ? "extract_entities" : nil
                    #expect(body["data"]?["step_name"] == step)
                }
                let bad = try await failed.wait(for: 2)
                #expect(bad.map(\.routingKey) == ["failing.step.failed", "failing.execution.failed"])
                #expect(try bad.map { try $0.json["data"]?["error"]?["step"] } == ["broken", "broken"])

                let total = try await stage.number("SELECT count(*) FROM execution_events")
                let log = try await stage.reader(
                    "\(stage.prefix).events.log", arguments: AMQPStreamOffset.first.consumerArguments)
                let replayed = try await log.wait(for: total)
                #expect(replayed.count == total)
                #expect(replayed.map(\.streamOffset) == (0..<total).map { Int64($0) })
                #expect(replayed.filter { $0.header("execution_id") == id }.map(\.body) == events.map(\.body))
            }
        }

        @Test func `two prefixes on one virtual host do not see each other`() async throws {
            try await Stage.run("first") { first in
                try await Stage.run("second") { second in
                    _ = try await first.serve()
                    _ = try await second.serve()
                    let seen = try await second.inbox("seen", boundTo: "#")
                    let replies = try await first.inbox("replies")
                    try await first.publish([first.request(replyTo: replies.queue)])
                    try await replies.wait(for: 1)
                    // Something of the second's own, so that whatever came before it would have been seen.
                    let own = try await second.inbox("own")
                    try await second.publish([second.request(replyTo: own.queue)])
                    try await own.wait(for: 1)
                    let id = try #require(try await second.sql("SELECT id FROM executions").first?[0])
                    let events = try await seen.wait(for: 10)
                    #expect(Set(events.map { $0.header("execution_id") }) == [id])
                    #expect(try await first.number("SELECT count(*) FROM executions") == 1)
                    #expect(try await second.number("SELECT count(*) FROM executions") == 1)
                }
            }
        }
    }
}
