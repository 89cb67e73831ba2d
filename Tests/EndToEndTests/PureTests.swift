import AMQPClient
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Steps whose agents only compute, and coordinators with more than one lane.
    @Suite struct Pure {
        private static let definition = """
            workflow: document_analysis
            steps:
              summarize:
                agent: summarize
                pure: true
                with: { text: "${ input.text }" }
              extract_entities:
                agent: extract_entities
                pure: true
                needs: [summarize]
                with: { text: "${ input.text }" }
            """

        @Test func `pure steps leave what others leave, copies and kills included`() async throws {
            let count = 600
            try await Stage.run("pure") { stage in
                let settings = [
                    "PERDURE_WORKFLOWS_DIRECTORY": try stage.workflows(["w.yaml": Self.definition]),
                    "PERDURE_COORDINATOR_LANES": "2", "PERDURE_COORDINATOR_LEASE": "2s",
                ]
                let victim = try await stage.serve(settings)
                _ = try await stage.serve(settings)
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                let requests = (0..<count).flatMap { number in
                    // Every third one twice.
                    (0...(number % 3 == 0 ? 1 : 0)).map {
                        stage.request(
                            messageID: "m-\(number)", replyTo: replies.queue, correlationID: "\(number)/\($0)")
                    }
                }
                try await stage.publish(requests)
                try await stage.waitFor(count / 3)
                victim.send(SIGKILL)
                try await stage.waitFor(count)
                try await stage.waitForWriters(1)
                try await eventually("an answer for every caller") {
                    Set(replies.deliveries.compactMap(\.properties.correlationID)).count == requests.count
                }
                try await eventually("every event", every: .milliseconds(300)) {
                    EventTally(events.deliveries).complete(to: 10) == count
                }
                let tally = EventTally(events.deliveries)
                #expect(tally.outOfOrder == 0)
                #expect(tally.unequalCopies == 0)
                // Copies that came while their execution ran are remembered as callers.
                _ = try await stage.sql("DELETE FROM execution_callers")
                try await stage.expectCleanTables(executions: count, coordinators: 1)
            }
        }
    }
}
