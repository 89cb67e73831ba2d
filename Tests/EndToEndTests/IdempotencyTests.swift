import AMQPClient
import Foundation
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// The same request twice.
    @Suite struct Idempotency {
        @Test func `copies of a request are one execution, and every caller gets its answer`() async throws {
            try await Stage.run("copies") { stage in
                // Neither may take the other for dead, however slow the machine.
                let lease = ["PERDURE_COORDINATOR_LEASE": "1m"]
                _ = try await stage.serve(lease)
                _ = try await stage.serve(lease)
                let replies = try await stage.inbox("replies")
                // Each key many times at once: copies reach both coordinators, in one batch and in different ones.
                let keys = 20
                let copies = 15
                try await stage.publish(
                    (0..<keys * copies).map { n in
                        stage.request(
                            messageID: "key-\(n % keys)", replyTo: replies.queue,
                            correlationID: "\(n % keys)/\(n / keys)")
                    })
                try await eventually("an answer for each") {
                    AnswerTally(replies.deliveries).successes == keys * copies
                }
                // And one after the end.
                try await stage.publish([
                    stage.request(messageID: "key-0", replyTo: replies.queue, correlationID: "0/late"),
                    stage.request(messageID: "key-1"),
                ])
                try await eventually("an answer for the late one") {
                    AnswerTally(replies.deliveries).successes == keys * copies + 1
                }
                #expect(try await stage.number("SELECT count(*) FROM executions") == keys)
                #expect(try await stage.number("SELECT count(*) FROM execution_events") == keys * 10)
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 1)
                // Copies of one key have one answer, those of different keys different ones.
                var answers: [String: Set<[UInt8]>] = [:]
                var ids: Set<String> = []
                for delivery in replies.deliveries {
                    let key = delivery.properties.correlationID?.split(separator: "/").first.map(String.init) ?? ""
                    let json = try delivery.json
                    ids.insert(json["execution_id"]?.stringValue ?? "")
                    answers[key, default: []].insert(
                        Array(try #require(json["output"]?["summarize"]?["summary"]?.stringValue).utf8))
                }
                #expect(ids.count == keys)
                #expect(answers.count == keys && answers.values.allSatisfy { $0.count == 1 })
                #expect(try await stage.parked() == [])
            }
        }

        @Test func `the execution id is a key too`() async throws {
            try await Stage.run("by_id") { stage in
                _ = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let id = UUID().uuidString.lowercased()
                try await stage.publish([
                    stage.request(id: id, replyTo: replies.queue, correlationID: "first"),
                    stage.request(id: id.uppercased(), replyTo: replies.queue, correlationID: "copy"),
                    stage.request(id: id, messageID: "another key", replyTo: replies.queue, correlationID: "keyed"),
                ])
                try await eventually("three answers") { AnswerTally(replies.deliveries).successes == 3 }
                #expect(try replies.deliveries.allSatisfy { try $0.json["execution_id"] == .string(id) })
                #expect(try await stage.sql("SELECT id FROM executions") == [[id]])
                try await stage.publish([
                    stage.request(
                        input: ["text": "Other."], id: id, messageID: "third key", replyTo: replies.queue,
                        correlationID: "other")
                ])
                let letter = try #require(try await stage.waitForParked(1).first)
                #expect(letter.header("x-error-code") == "IDEMPOTENCY_CONFLICT")
            }
        }

        @Test func `a key used for something else is refused, while it runs and afterwards`() async throws {
            try await Stage.run("conflict") { stage in
                let coordinator = try await stage.serve()
                let replies = try await stage.inbox("replies")
                // Together: whichever comes first is the execution, the other the conflict.
                try await stage.publish([
                    stage.request(messageID: "k", replyTo: replies.queue, correlationID: "one"),
                    stage.request(
                        input: ["text": "Something else."], messageID: "k", replyTo: replies.queue, correlationID: "two"
                    ),
                ])
                try await replies.wait(for: 2)
                try await stage.publish([
                    stage.request(
                        input: ["text": "A third text."], messageID: "k", replyTo: replies.queue, correlationID: "three"
                    )
                ])
                try await replies.wait(for: 3)
                let tally = AnswerTally(replies.deliveries)
                #expect(tally.statuses == ["one": ["SUCCESS"], "two": ["REJECTED"], "three": ["REJECTED"]])
                for delivery in replies.deliveries where delivery.properties.correlationID != "one" {
                    #expect(try delivery.json["error"]?["code"] == "IDEMPOTENCY_CONFLICT")
                }
                let letters = try await stage.waitForParked(2)
                #expect(letters.map { $0.header("x-error-code") } == ["IDEMPOTENCY_CONFLICT", "IDEMPOTENCY_CONFLICT"])
                #expect(letters.map(\.properties.correlationID) == ["two", "three"])
                #expect(letters.allSatisfy { $0.header("x-error-message")?.contains("message_id") == true })
                #expect(try await stage.number("SELECT count(*) FROM executions") == 1)
                #expect(coordinator.exitStatus == nil)
            }
        }
    }
}
