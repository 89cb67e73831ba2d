import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// What is asked of executions under way, over the broker and from the command line.
    @Suite struct Control {
        /// Its step fails at once and then waits for an hour.
        private static let definition = [
            "w.yaml": """
            workflow: patient
            steps:
              wait:
                agent: summarize
                with: { text: "${ input.text }" }
                retry: { max_attempts: 2, delay: 1h, jitter: none, only: [INVALID_ARGUMENTS] }
                timeout: { total: 10h }
            """
        ]

        private static let waiting = "SELECT count(*) FROM execution_steps WHERE status = 'WAITING'"
        private static let events =
            "SELECT string_agg(event_type, ' ' ORDER BY sequence) FROM execution_events WHERE execution_id = "

        @Test func `an execution is signalled and cancelled, and everybody is told`() async throws {
            try await Stage.run("control") { stage in
                let folder = try stage.workflows(Self.definition)
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let (results, replies) = (try await stage.inbox("results"), try await stage.inbox("replies"))
                let id = UUID().uuidString.lowercased()
                try await stage.publish([
                    stage.request("patient", input: ["text": 5], id: id, replyTo: results.queue, correlationID: "r")
                ])
                try await eventually("a step that waits") { try await stage.number(Self.waiting) == 1 }

                let signalled = try await stage.perdure("signal", id, "approved", "--payload", #"{"by":"ann"}"#)
                #expect(signalled.status == 0 && signalled.errors.isEmpty, "\(signalled.errors)")
                #expect(signalled.output == "Signalled 'approved' to \(id).\n")
                try #"{"amount": 7}"#.write(toFile: stage.directory + "/p.json", atomically: true, encoding: .utf8)
                let paid = try await stage.perdure(
                    "signal", id.uppercased(), "paid", "--payload", "@p.json", "--key", "k", "--json")
                let reply = try JSONValue(parsing: Array(paid.output.utf8))
                #expect(paid.status == 0 && reply["status"] == "APPLIED" && reply["sequence"] == 7)

                // As another service would send it, and twice.
                let message = stage.control(
                    ["action": "signal", "execution_id": .string(id), "name": "approved", "payload": 2],
                    messageID: "m-1", replyTo: replies.queue)
                try await stage.publish([message, message])
                try await eventually("two replies") { replies.count >= 1 }
                try await stage.publish([message])
                try await eventually("the reply to a copy") { replies.count >= 2 }
                let once = try replies.deliveries.map { try $0.json }
                let applied: JSONValue = [
                    "status": "APPLIED", "execution_id": .string(id), "action": "signal", "sequence": 8,
                ]
                #expect(once.allSatisfy { $0 == applied })
                #expect(replies.deliveries.allSatisfy { $0.properties.correlationID == "m-1-c" })
                let snapshot = try JSONValue(
                    parsing: Array(
                        try #require(try await stage.sql("SELECT state_snapshot FROM execution_state")[0][0]).utf8))
                #expect(
                    snapshot["signals"] == [
                        ["name": "approved", "payload": ["by": "ann"]], ["name": "paid", "payload": ["amount": 7]],
                        ["name": "approved", "payload": 2],
                    ])

                let cancelled = try await stage.perdure("cancel", id, "--reason", "nobody needs it", "--key", "stop")
                #expect(cancelled.status == 0 && cancelled.output == "Cancelled \(id).\n", "\(cancelled.errors)")
                let result = try await results.wait(for: 1)[0]
                #expect(
                    try result.json == [
                        "status": "CANCELLED", "execution_id": .string(id),
                        "error": ["code": "CANCELLED", "message": "nobody needs it"],
                    ])
                #expect(result.properties.correlationID == "r")
                #expect(
                    try await stage.sql(Self.events + "'\(id)'")[0][0]
                        == "EXECUTION_STARTED STEP_STARTED AGENT_INVOKED AGENT_RESPONSE STEP_RETRY_SCHEDULED SIGNAL_RECEIVED "
                        + "SIGNAL_RECEIVED SIGNAL_RECEIVED STEP_CANCELLED EXECUTION_CANCELLED")
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
                // The same message again is answered the same; another one comes too late.
                let again = try await stage.perdure("cancel", id, "--reason", "nobody needs it", "--key", "stop")
                #expect(again.status == 0 && again.output == cancelled.output, "\(again.errors)")
                try await eventually("every sender is told") {
                    try await stage.number("SELECT count(*) FROM execution_controls WHERE answered_at IS NULL") == 0
                }
                #expect(try await stage.number("SELECT count(*) FROM execution_controls") == 4)
            }
        }

        @Test func `what cannot be done is answered and parked`() async throws {
            try await Stage.run("control_refused") { stage in
                let nobody = try await stage.perdure("cancel", UUID().uuidString)
                #expect(nobody.status == 1 && nobody.errorLines.count == 1)
                #expect(nobody.errors.contains("start a coordinator once"), "\(nobody.errors)")
                _ = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let (id, nowhere) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
                try await stage.publish([stage.request(id: id)])
                try await stage.waitFor(1)

                let ended = try await stage.perdure("signal", id, "approved", "--json")
                #expect(ended.status == 1 && ended.errorLines.count == 1, "\(ended.errors)")
                #expect(ended.errors.contains("The execution \(id) has ended as SUCCESS"), "\(ended.errors)")
                #expect(try JSONValue(parsing: Array(ended.output.utf8))["status"] == "REJECTED")
                let unknown = try await stage.perdure("cancel", nowhere)
                #expect(unknown.status == 1 && unknown.errors.contains("There is no execution \(nowhere)"))
                for arguments in [["cancel", "x"], ["signal", id, "s", "--payload", "{"], ["signal", id, ""]] {
                    let wrong = try await stage.start(arguments).outcome()
                    #expect(wrong.status != 0 && wrong.output.isEmpty && wrong.errorLines.count == 1, "\(wrong.errors)")
                }

                let messages = [
                    stage.control(["action": "dance"], messageID: "d", replyTo: replies.queue),
                    stage.control(Array("{".utf8), messageID: "j", replyTo: replies.queue),
                ]
                try await stage.publish(messages)
                for (answer, code) in zip(try await replies.wait(for: 2), ["INVALID_REQUEST", "INVALID_JSON"]) {
                    let json = try answer.json
                    #expect(json["status"] == "REJECTED" && json["error"]?["code"]?.stringValue == code)
                }
                let letters = try await stage.waitForParked(5)
                #expect(
                    letters.map { $0.header("x-error-code") } == [
                        "EXECUTION_ENDED", "UNKNOWN_EXECUTION", "INVALID_REQUEST", "INVALID_REQUEST", "INVALID_JSON",
                    ])
                #expect(letters.allSatisfy { $0.routingKey.hasPrefix("\(stage.prefix).control.") })
                #expect(letters[3].header("x-error-message")?.contains("'action' must be one of") == true)
                #expect(try await stage.number("SELECT count(*) FROM execution_controls") == 0)
            }
        }

        @Test func `messages reach the owner through another coordinator`() async throws {
            try await Stage.run("control_two") { stage in
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": try stage.workflows(Self.definition)]
                _ = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                let ids = (0..<4).map { _ in UUID().uuidString.lowercased() }
                try await stage.publish(ids.map { stage.request("patient", input: ["text": 5], id: $0) })
                try await eventually("steps that wait") { try await stage.number(Self.waiting) == ids.count }
                // It owns none of them and takes every other message.
                _ = try await stage.serve(settings)
                let count = 10
                for number in 0..<count {
                    try await stage.publish(
                        ids.map {
                            stage.control(
                                [
                                    "action": "signal", "execution_id": .string($0), "name": "s",
                                    "payload": .int(Int64(number)),
                                ],
                                messageID: "\($0)-\(number)", replyTo: replies.queue)
                        })
                }
                try await replies.wait(for: count * ids.count)
                try await stage.publish(
                    ids.map {
                        stage.control(["action": "cancel", "execution_id": .string($0)], replyTo: replies.queue)
                    })
                try await stage.waitFor(ids.count, "CANCELLED")
                try await replies.wait(for: (count + 1) * ids.count)
                #expect(try replies.deliveries.allSatisfy { try $0.json["status"] == "APPLIED" })
                let signals = "SELECT count(*) FROM execution_events WHERE event_type = 'SIGNAL_RECEIVED'"
                #expect(try await stage.number(signals) == count * ids.count)
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 1, "no takeover")
            }
        }

        @Test func `a message outlives the owner that was to apply it`() async throws {
            try await Stage.run("control_killed") { stage in
                let settings = [
                    "PERDURE_WORKFLOWS_DIRECTORY": try stage.workflows(Self.definition),
                    "PERDURE_COORDINATOR_LEASE": "12s",
                ]
                let owner = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                let id = UUID().uuidString.lowercased()
                try await stage.publish([stage.request("patient", input: ["text": 5], id: id)])
                try await stage.halt(owner, with: "a step that waits", Self.waiting)
                _ = try await stage.serve(settings)
                // Some of them go to the one that sleeps, and come back when it is dead.
                let count = 10
                try await stage.publish(
                    (0..<count).map { number in
                        stage.control(
                            [
                                "action": "signal", "execution_id": .string(id), "name": "s",
                                "payload": .int(Int64(number)),
                            ],
                            messageID: "m-\(number)", replyTo: replies.queue)
                    })
                try await eventually("messages that wait for the owner") {
                    try await stage.number("SELECT count(*) FROM execution_controls WHERE settled_at IS NULL") > 0
                }
                owner.send(SIGKILL)
                try await replies.wait(for: count)
                #expect(try replies.deliveries.allSatisfy { try $0.json["status"] == "APPLIED" })
                #expect(Set(replies.deliveries.map { $0.properties.correlationID }).count == count)
                let cancelled = try await stage.perdure("cancel", id)
                #expect(cancelled.status == 0, "\(cancelled.errors)")
                let signals = "SELECT count(*), count(DISTINCT event_payload -> 'payload') FROM execution_events"
                #expect(
                    try await stage.sql(signals + " WHERE event_type = 'SIGNAL_RECEIVED'") == [
                        ["\(count)", "\(count)"]
                    ])
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 2)
            }
        }
    }
}

extension Stage {
    /// A control message as another service would send it.
    fileprivate func control(_ body: JSONValue, messageID: String? = nil, replyTo: String) -> AMQPMessage {
        control(body.jsonBytes, messageID: messageID, replyTo: replyTo)
    }

    /// Any bytes to the exchange of control messages.
    fileprivate func control(_ body: [UInt8], messageID: String? = nil, replyTo: String) -> AMQPMessage {
        AMQPMessage(
            exchange: "\(prefix).control", routingKey: "any",
            properties: AMQPProperties(
                contentType: "application/json", correlationID: messageID.map { "\($0)-c" }, replyTo: replyTo,
                messageID: messageID, appID: "e2e"),
            body: body)
    }
}
