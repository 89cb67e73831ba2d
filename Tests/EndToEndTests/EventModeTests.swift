import AMQPClient
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Which events leave, and how many in a message.
    @Suite struct EventModes {
        @Test func `only included events are published, and the others hold nothing up`() async throws {
            let count = 20
            try await Stage.run("include") { stage in
                let coordinator = try await stage.serve(["PERDURE_EVENTS_INCLUDE": "*.execution.*, #.failed"])
                let events = try await stage.inbox("events", boundTo: "#")
                try await stage.publish((0..<count).map { stage.request(messageID: "m-\($0)") })
                try await stage.waitFor(count)
                try await events.wait(for: 2 * count)
                try await eventually("a cursor behind the last event") {
                    try await stage.number(
                        """
                        SELECT count(*) FROM event_writers w WHERE published_position <
                            (SELECT max(position) FROM execution_events e WHERE e.writer_id = w.writer_id)
                        """) == 0
                }
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                var sequences: [String: [Int64]] = [:]
                for delivery in events.deliveries {
                    #expect(delivery.properties.contentType == "application/cloudevents+json")
                    let sequence = delivery.properties.headers["sequence"]?.integerValue
                    sequences[delivery.header("execution_id") ?? "", default: []].append(sequence ?? 0)
                }
                #expect(sequences.count == count && sequences.values.allSatisfy { $0 == [1, 10] })
                coordinator.send(SIGTERM)
                #expect(try await coordinator.outcome().status == 0)
                #expect(try await stage.number("SELECT count(*) FROM event_writers") == 0)
            }
        }

        @Test func `a commit's events of an execution travel together`() async throws {
            try await Stage.run("batch") { stage in
                _ = try await stage.serve(["PERDURE_EVENTS_MODE": "batch"])
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                let live = try stage.start([
                    "events", "document_analysis.agent.invoked", "--count", "2", "--json", "--log-level", "info",
                ])
                try await live.waitForLog("connected to RabbitMQ")
                try await stage.publish([stage.request(messageID: "m")])
                try await stage.waitFor(1)
                try await eventually("ten events") { EventTally(events.deliveries).complete(to: 10) == 1 }
                let id = try #require(try await stage.sql("SELECT id FROM executions").first?.first ?? nil)
                // One message for each of the three commits.
                #expect(
                    events.deliveries.map(\.routingKey)
                        == ["agent.invoked", "agent.invoked", "execution.completed"].map { "document_analysis.\($0)" })
                #expect(events.deliveries.map(\.properties.messageID) == ["\(id)/3", "\(id)/7", "\(id)/10"])
                #expect(
                    events.deliveries.map { $0.properties.headers["first_sequence"]?.integerValue } == [1, 4, 8])
                #expect(events.deliveries.map { $0.properties.headers["count"]?.integerValue } == [3, 4, 3])
                for delivery in events.deliveries {
                    #expect(delivery.properties.contentType == "application/cloudevents-batch+json")
                }
                func lines(_ text: String) throws -> [JSONValue] {
                    try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                }
                let stored = try lines(try await stage.perdure("events", "--execution", id, "--json").output)
                #expect(stored.map { $0["data"]?["event_type"]?.stringValue } == Sample.eventTypes)
                let replay = try await stage.perdure("events", "--from", "first", "--count", "10", "--json")
                #expect(try lines(replay.output) == stored, "\(replay.errors)")
                // What was neither the last of its message nor published under its own key.
                let some = try await stage.perdure(
                    "events", "#.step.started", "--from", "first", "--count", "2", "--json")
                #expect(try lines(some.output).map { $0["sequence"] } == ["0000000002", "0000000006"])
                let seen = try await live.outcome()
                #expect(try lines(seen.output).map { $0["sequence"] } == ["0000000003", "0000000007"])
            }
        }

        @Test func `a coordinator that publishes batches is killed, and its successor goes on with them`() async throws
        {
            let count = 400
            try await Stage.run("batch_takeover") { stage in
                let settings = ["PERDURE_EVENTS_MODE": "batch", "PERDURE_COORDINATOR_LEASE": "2s"]
                let victim = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                try await stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                try await eventually("work half-way", every: .milliseconds(5)) {
                    try await stage.number("SELECT count(*) FROM executions WHERE completed_at IS NOT NULL") > count / 4
                }
                victim.send(SIGKILL)
                _ = try await victim.outcome()
                let committed = try await stage.number("SELECT count(*) FROM execution_events")
                // As if none of its confirms had come: its successor publishes everything from the tables.
                _ = try await stage.sql("UPDATE event_writers SET published_position = 0")
                _ = try await stage.serve(settings)
                try await stage.waitFor(count)
                try await replies.waitForAnswers(count)
                try await eventually("all events", every: .milliseconds(200)) {
                    EventTally(events.deliveries).complete(to: 10) == count
                }
                try await stage.waitForWriters(1)
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                let tally = EventTally(events.deliveries)
                #expect(tally.outOfOrder == 0)
                #expect(tally.unequalCopies == 0)
                #expect(tally.duplicates > 0 && tally.duplicates <= committed, "\(tally.duplicates) of \(committed)")
                // A message id that was seen before brings no event that was not: it may be dropped unread.
                var seen: [String: Set<String>] = [:]
                var known: Set<String> = []
                for delivery in events.deliveries {
                    let ids = try #require(try delivery.json.arrayValue).compactMap { $0["id"]?.stringValue }
                    let message = try #require(delivery.properties.messageID)
                    #expect(ids.last == message)
                    if seen[message] != nil { #expect(known.isSuperset(of: ids), "\(message)") }
                    seen[message, default: []].formUnion(ids)
                    known.formUnion(ids)
                }
                print("batch takeover: \(committed) events committed at the kill, \(tally.duplicates) published twice")
            }
        }
    }
}
