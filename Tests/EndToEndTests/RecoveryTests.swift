import AMQPClient
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Coordinators that die, leave, and sleep.
    @Suite struct Recovery {
        @Test func `two coordinators, two thousand requests, one killed half-way`() async throws {
            let count = 2000
            try await Stage.run("killed") { stage in
                let victim = try await stage.serve()
                let survivor = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                // Beside the rest, so that there is more to do whenever somebody looks.
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                let locks = "SELECT count(*) FROM execution_locks WHERE owner LIKE '%/\(victim.pid)/%'"
                try await stage.halt(
                    victim, with: "executions at the victim, half-way", atLeast: 20,
                    """
                    SELECT CASE WHEN (SELECT count(*) FROM executions WHERE status = 'SUCCESS') >= \(count / 2)
                        THEN (\(locks)) ELSE 0 END
                    """)
                let held = try await stage.number(locks)
                victim.send(SIGKILL)
                try await published
                let killedAt = ContinuousClock.now
                try await stage.waitFor(count)
                let lastDone = ContinuousClock.now - killedAt
                try await stage.waitForWriters(1)
                try await replies.waitForAnswers(count)
                try await eventually("all events of \(count) executions", every: .milliseconds(300)) {
                    EventTally(events.deliveries).complete(to: 10) == count
                }
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                let answers = AnswerTally(replies.deliveries)
                #expect(answers.statuses.count == count)
                let tally = EventTally(events.deliveries)
                #expect(tally.last.count == count)
                #expect(tally.outOfOrder == 0)
                #expect(tally.unequalCopies == 0)
                // Taken over once at most: nobody took anything from the survivor.
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 2)
                let takenOver = try await stage.number("SELECT count(*) FROM execution_state WHERE fencing_token = 2")
                #expect(takenOver <= held + 500, "more was taken over than the victim can have held")
                #expect(survivor.exitStatus == nil)
                let dead = try await AMQPConnection.open(stage.broker)
                #expect(try await dead.declareQueue("\(stage.prefix).dead", passive: true).messageCount == 0)
                await dead.close()
                print(
                    "kill -9: \(held) executions held, \(takenOver) taken over, last of all done after \(lastDone); "
                        + "\(tally.duplicates) duplicate events, \(answers.duplicates) duplicate answers")
            }
        }

        @Test func `a coordinator that is asked to stop hands its work over`() async throws {
            let count = 400
            try await Stage.run("stopped") { stage in
                let leaving = try await stage.serve()
                _ = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                // Beside the rest, so that there is more to do whenever somebody looks.
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                try await stage.halt(
                    leaving, with: "executions at the one that leaves",
                    "SELECT count(*) FROM execution_locks WHERE owner LIKE '%/\(leaving.pid)/%'")
                leaving.send(SIGTERM)
                leaving.send(SIGCONT)
                let asked = ContinuousClock.now
                let outcome = try await leaving.outcome()
                let stopTime = ContinuousClock.now - asked
                #expect(outcome.status == 0, "\(outcome.errors)")
                try await published
                try await stage.waitFor(count)
                try await stage.waitForWriters(1)
                try await replies.waitForAnswers(count)
                try await eventually("all events", every: .milliseconds(100)) {
                    EventTally(events.deliveries).complete(to: 10) == count
                }
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                #expect(EventTally(events.deliveries).outOfOrder == 0)
                print("SIGTERM: stopped after \(stopTime); all done \(ContinuousClock.now - asked) after it was asked")
            }
        }

        @Test func `the only coordinator stops and the next one goes on where it was`() async throws {
            let count = 1000
            try await Stage.run("handed_over") { stage in
                let first = try await stage.serve()
                let replies = try await stage.inbox("replies")
                // Beside the rest, so that there is more to do whenever somebody looks.
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                try await stage.halt(first, with: "work under way", "SELECT count(*) FROM execution_locks")
                first.send(SIGTERM)
                first.send(SIGCONT)
                #expect(try await first.outcome().status == 0)
                try await published
                #expect(try await stage.number("SELECT count(*) FROM executions WHERE status = 'SUCCESS'") < count)
                #expect(
                    try await stage.number("SELECT count(*) FROM execution_locks WHERE expires_at > '-infinity'") == 0)
                _ = try await stage.serve()
                try await stage.waitFor(count)
                try await replies.waitForAnswers(count)
                try await stage.waitForWriters(1)
                try await stage.expectCleanTables(executions: count, coordinators: 1)
            }
        }

        @Test func `coordinators are killed one after the other`() async throws {
            let count = 200
            // As many as one attempt may lose; the next one would fail its step.
            let kills = 5
            // Long enough that only a few are done between a takeover and the next kill.
            let text = JSONValue.string(String(repeating: Stage.text + " ", count: 6))
            try await Stage.run("killed_again") { stage in
                let lease = ["PERDURE_COORDINATOR_LEASE": "1s"]
                var coordinator = try await stage.serve(lease)
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                // Asleep until all have come, so that it has many of them at once.
                coordinator.send(SIGSTOP)
                try await stage.publish(
                    (0..<count).map {
                        stage.request(
                            input: ["text": text], messageID: "m-\($0)", replyTo: replies.queue,
                            correlationID: "c-\($0)")
                    })
                for round in 1...kills {
                    // What was taken over each time: the same executions lose their coordinator again and again.
                    try await stage.halt(
                        coordinator, with: "executions at the newest, taken over \(round - 1) times",
                        atLeast: round == 1 ? count / 2 : 1,
                        """
                        SELECT count(*) FROM execution_locks
                        WHERE owner LIKE '%/\(coordinator.pid)/%' AND fencing_token >= \(round)
                        """)
                    coordinator.send(SIGKILL)
                    coordinator = try await stage.serve(lease)
                }
                try await eventually("the end of all") {
                    try await stage.number("SELECT count(*) FROM executions WHERE completed_at IS NOT NULL") == count
                }
                try await eventually("\(count) answers", every: .milliseconds(100)) {
                    AnswerTally(replies.deliveries).statuses.count == count
                }
                try await eventually("all events", every: .milliseconds(100)) {
                    EventTally(events.deliveries).last.count == count
                }
                try await stage.waitForWriters(1)
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                #expect(EventTally(events.deliveries).outOfOrder == 0)
                let failures = try await stage.sql(
                    "SELECT error->>'code', count(*) FROM executions WHERE error IS NOT NULL GROUP BY 1")
                #expect(failures == [])
                // Some lost each of them.
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") > kills)
            }
        }

        @Test func `a coordinator that slept past its lease finds out and goes on`() async throws {
            let count = 600
            try await Stage.run("slept") { stage in
                let sleeper = try await stage.serve(["PERDURE_COORDINATOR_LEASE": "2s"])
                // Nothing may be taken from the other, however slow the machine.
                let other = try await stage.serve(["PERDURE_COORDINATOR_LEASE": "9s"])
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                // Beside the rest, so that there is more to do whenever somebody looks.
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                let mine = "SELECT count(*) FROM execution_locks WHERE owner LIKE '%/\(sleeper.pid)/%'"
                try await stage.halt(sleeper, with: "executions at the sleeper", mine)
                try await published
                // Whoever publishes for it now is its heir.
                try await eventually("the sleeper's writer is gone") {
                    try await stage.number(
                        "SELECT count(*) FROM event_writers WHERE owner LIKE '%/\(sleeper.pid)/%'") == 0
                }
                try await eventually("the sleeper's executions have another owner") {
                    try await stage.number(mine) == 0
                }
                sleeper.send(SIGCONT)
                try await stage.waitFor(count)
                // The sleeper's deliveries went back to the queue or were its own still; either way it serves again, alone.
                try await sleeper.waitForLog("starting over")
                try await stage.waitForWriters(2)
                other.send(SIGTERM)
                #expect(try await other.outcome().status == 0)
                try await stage.publish([
                    stage.request(messageID: "after", replyTo: replies.queue, correlationID: "after")
                ])
                try await stage.waitFor(count + 1)
                try await eventually("\(count + 1) answers", every: .milliseconds(100)) {
                    AnswerTally(replies.deliveries).successes == count + 1
                }
                try await eventually("all events", every: .milliseconds(100)) {
                    EventTally(events.deliveries).complete(to: 10) == count + 1
                }
                try await stage.waitForWriters(1)
                try await stage.expectCleanTables(executions: count + 1, coordinators: 1)
                #expect(EventTally(events.deliveries).outOfOrder == 0)
                #expect(sleeper.exitStatus == nil)
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") == 2)
            }
        }

        @Test func `a coordinator that is told it is dead strands nothing`() async throws {
            let count = 400
            try await Stage.run("told_dead") { stage in
                let lease = ["PERDURE_COORDINATOR_LEASE": "2s"]
                let coordinator = try await stage.serve(lease)
                let replies = try await stage.inbox("replies")
                // Beside the rest, so that there is more to do whenever somebody looks.
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                try await stage.halt(
                    coordinator, with: "work under way", atLeast: 20, "SELECT count(*) FROM execution_locks")
                // As an heir would leave things that died between closing the writer and claiming the executions.
                _ = try await stage.sql("DELETE FROM event_writers")
                coordinator.send(SIGCONT)
                try await coordinator.waitForLog("starting over")
                try await published
                try await stage.waitFor(count)
                try await replies.waitForAnswers(count)
                try await stage.expectCleanTables(executions: count, coordinators: 1)
            }
        }
    }
}
