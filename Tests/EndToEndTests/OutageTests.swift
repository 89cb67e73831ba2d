import AMQPClient
import Glibc
import LocalServers
import PostgresClient
import TestSupport
import Testing

extension EndToEnd {
    /// The broker and the database go away and come back; nobody is called.
    @Suite struct Outage {
        /// Publishes, breaks something in the middle, and expects everything to end as if nothing had been.
        private func survive(
            _ name: String, requests count: Int = 300, hasCopies: Bool = false,
            _ break: @Sendable (Stage) async throws -> Void
        ) async throws {
            try await Stage.run(name) { stage in
                let coordinator = try await stage.serve()
                let replies = try await stage.inbox("replies")
                let events = try await stage.inbox("events", boundTo: "document_analysis.#")
                async let published: Void = stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                try await stage.halt(coordinator, with: "work under way", "SELECT count(*) FROM execution_locks")
                coordinator.send(SIGCONT)
                try await `break`(stage)
                try await published
                try await stage.waitFor(count)
                try await replies.waitForAnswers(count)
                try await eventually("all events", every: .milliseconds(100)) {
                    EventTally(events.deliveries).complete(to: 10) == count
                }
                try await eventually("no more locks") {
                    try await stage.number("SELECT count(*) FROM execution_locks") == 0
                }
                try await stage.waitForWriters(1)
                try await stage.expectCleanTables(executions: count, coordinators: 1, hasCopies: hasCopies)
                let tally = EventTally(events.deliveries)
                #expect(tally.outOfOrder == 0)
                #expect(tally.unequalCopies == 0)
                #expect(coordinator.exitStatus == nil)
                #expect(try await stage.number("SELECT max(fencing_token) FROM execution_state") <= 2)
                // And it goes on.
                let after = try await stage.perdure("run", "document_analysis", "--input", #"{"text":"After it all."}"#)
                #expect(after.status == 0, "\(after.errors)")
                print(
                    "\(name): \(tally.duplicates) duplicate events, \(AnswerTally(replies.deliveries).duplicates) duplicate answers"
                )
            }
        }

        @Test func `the broker restarts`() async throws {
            try await survive("broker_restart", hasCopies: true) { stage in
                await stage.servers.stopBroker()
                try await stage.servers.startBroker()
            }
        }

        @Test func `the broker is killed`() async throws {
            try await survive("broker_kill", hasCopies: true) { stage in
                try await stage.servers.killBroker()
                try await stage.servers.startBroker()
            }
        }

        @Test func `the database restarts`() async throws {
            try await survive("database_restart", requests: 1000) { stage in
                await stage.servers.stopDatabase()
                try await stage.servers.startDatabase()
            }
        }

        @Test func `the database is killed`() async throws {
            try await survive("database_kill", requests: 1000) { stage in
                try await stage.servers.killDatabase()
                try await stage.servers.startDatabase()
            }
        }

        @Test func `connections are cut again and again`() async throws {
            try await survive("cut", requests: 1000) { stage in
                let sessions =
                    "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'perdure %'"
                // Those that were cut may still be ending when somebody looks.
                var ended: Set<String> = []
                for _ in 0..<5 {
                    try await eventually("connected again") {
                        let cut = try await stage.sql("SELECT pid, pg_terminate_backend(pid) \(sessions)")
                        let fresh = Set(cut.compactMap { $0[0] }).subtracting(ended)
                        ended.formUnion(fresh)
                        return !fresh.isEmpty
                    }
                }
            }
        }

        @Test func `the broker takes no messages for a while`() async throws {
            let count = 300
            try await Stage.run("alarm") { stage in
                let coordinator = try await stage.serve()
                let replies = try await stage.inbox("replies")
                // Asleep until the alarm is on, so that all it wants to publish comes after it.
                coordinator.send(SIGSTOP)
                try await stage.publish(
                    (0..<count).map {
                        stage.request(messageID: "m-\($0)", replyTo: replies.queue, correlationID: "c-\($0)")
                    })
                // A memory alarm: connections that publish are blocked, those that only consume are not.
                try await stage.servers.rabbitmqctl(["set_vm_memory_high_watermark", "absolute", "1MB"])
                coordinator.send(SIGCONT)
                do {
                    try await coordinator.waitForLog("takes no messages for now")
                    // What was accepted goes on in the database meanwhile.
                    try await stage.waitFor(count)
                    #expect(replies.count < count)
                } catch {
                    try await stage.servers.rabbitmqctl(["set_vm_memory_high_watermark", "0.4"])
                    throw error
                }
                try await stage.servers.rabbitmqctl(["set_vm_memory_high_watermark", "0.4"])
                try await replies.waitForAnswers(count)
                try await stage.expectCleanTables(executions: count, coordinators: 1)
                #expect(coordinator.exitStatus == nil)
            }
        }

        @Test func `a coordinator waits for a broker that comes later`() async throws {
            try await Stage.run("late_broker") { stage in
                let port = try #require(stage.servers.ports[.amqp])
                await stage.servers.stopBroker()
                let coordinator: Binary
                do {
                    coordinator = try stage.start(["serve"])
                    try await coordinator.waitForLog("127.0.0.1:\(port)")
                    try await coordinator.waitForLog("cannot reach RabbitMQ")
                    // Commands do not wait: one line, at once, with the address.
                    let submitted = try await stage.perdureAtOnce(["submit", "document_analysis", "--input", "{}"])
                    #expect(submitted.status == 1)
                    #expect(
                        submitted.errorLines.count == 1 && submitted.errors.contains("127.0.0.1:\(port)"),
                        "\(submitted.errors)")
                } catch {
                    try await stage.servers.startBroker()
                    throw error
                }
                try await stage.servers.startBroker()
                try await coordinator.waitForLog("(requests)")
                try await eventually("connected") {
                    coordinator.errors.contains("connected to RabbitMQ at 127.0.0.1:\(port) (requests)")
                }
                let result = try await stage.perdure("run", "document_analysis", "--input", #"{"text":"At last."}"#)
                #expect(result.status == 0, "\(result.errors)")
                #expect(coordinator.errors.split(separator: "\n").count { $0.contains("cannot reach RabbitMQ") } <= 4)
            }
        }

        @Test func `a coordinator waits for a database that comes later`() async throws {
            try await Stage.run("late_database") { stage in
                let port = try #require(stage.servers.ports[.postgres])
                await stage.servers.stopDatabase()
                let coordinator: Binary
                do {
                    coordinator = try stage.start(["serve"])
                    try await coordinator.waitForLog("127.0.0.1:\(port)")
                    let listed = try await stage.perdureAtOnce(["list"])
                    #expect(listed.status == 1)
                    #expect(
                        listed.errorLines.count == 1 && listed.errors.contains("127.0.0.1:\(port)"), "\(listed.errors)")
                } catch {
                    try await stage.servers.startDatabase()
                    throw error
                }
                let complaints = coordinator.errors.split(separator: "\n").filter { $0.contains("127.0.0.1:\(port)") }
                #expect(complaints.count == 1, "\(complaints)")
                try await stage.servers.startDatabase()
                try await coordinator.waitForLog("the coordinator is ready")
                try await coordinator.waitForLog("(requests)")
                let result = try await stage.perdure("run", "document_analysis", "--input", #"{"text":"At last."}"#)
                #expect(result.status == 0, "\(result.errors)")
            }
        }

        @Test func `missing tables end a coordinator with the command that makes them`() async throws {
            try await Stage.run("no_tables", migrates: false) { stage in
                let served = try await stage.perdure("serve")
                #expect(served.status == 1)
                #expect(served.errorLines.last?.contains("perdure migrate") == true, "\(served.errors)")
                #expect(served.errorLines.count { $0.contains("perdure migrate") } == 1, "\(served.errors)")
                let listed = try await stage.perdure("list")
                #expect(listed.status == 1)
                #expect(listed.errorLines.count == 1 && listed.errors.contains("perdure migrate"), "\(listed.errors)")
            }
        }

        @Test func `queues that an operator declared are used as they are`() async throws {
            try await Stage.run("declared") { stage in
                let connection = try await AMQPConnection.open(stage.broker)
                for queue in ["requests", "control", "dead", "events.log"] {
                    _ = try await connection.declareQueue(
                        "\(stage.prefix).\(queue)", arguments: ["x-queue-type": "classic", "x-max-length": 100_000])
                }
                try await connection.declareExchange(
                    "\(stage.prefix).events", kind: .topic, arguments: ["alternate-exchange": "amq.fanout"])
                await connection.close()
                let coordinator = try await stage.serve()
                for name in ["requests", "control", "dead", "events.log"] {
                    #expect(
                        coordinator.errors.contains("queue \(stage.prefix).\(name) was declared with other arguments"),
                        "\(name)")
                }
                #expect(
                    coordinator.errors.contains("exchange \(stage.prefix).events was declared with other arguments"))
                #expect(
                    coordinator.errors.split(separator: "\n").count { $0.contains("WARN") } == 5,
                    "\(coordinator.errors)")
                let result = try await stage.perdure(
                    "run", "document_analysis", "--input", #"{"text":"As you like it."}"#)
                #expect(result.status == 0, "\(result.errors)")
                try await stage.publish([stage.raw(Array("{".utf8))])
                #expect(try await stage.waitForParked(1).count == 1)
            }
        }
    }
}
