import Foundation
import PerdureJSON
import TestSupport
import Testing

/// The snippets of the README, run as a reader runs them.
@Suite(.serialized) struct SnippetTests {
    private static let eventTypes = [
        "EXECUTION_STARTED", "STEP_STARTED", "AGENT_INVOKED", "AGENT_RESPONSE", "STEP_COMPLETED", "STEP_STARTED",
        "AGENT_INVOKED", "AGENT_RESPONSE", "STEP_COMPLETED", "EXECUTION_COMPLETED",
    ]
    private static var cloudEventTypes: [String] {
        eventTypes.map { "perdure." + $0.lowercased().replacing("_", with: ".") }
    }
    private static let hasPika: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", "import pika"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private let snippets: [String: String]

    init() throws {
        snippets = try Page("README.md").snippets
    }

    private func snippet(_ name: String) throws -> String {
        try #require(snippets[name], "there is no snippet \(name)")
    }

    @Test func `the tour, amqp-tools and rabbitmqadmin`() async throws {
        try await Playground.run { playground in
            try await tour(playground)
            try await partitions(playground)
            try await amqpTools(playground)
            try await rabbitmqadmin(playground)
            try await killed(playground)
        }
    }

    private func tour(_ playground: Playground) async throws {
        let submitted = try await playground.sh(snippet("submit.sh"))
        #expect(submitted.status == 0, "\(submitted.output)")
        #expect(submitted.output.hasPrefix(#"Execution result: {"status":"SUCCESS","execution_id":""#))
        let looked = try await playground.sh(snippet("look.sh"))
        #expect(looked.status == 0 && looked.output.contains("extract_entities  SUCCESS"), "\(looked.output)")
        #expect(looked.output.contains("10 events"))
        let tables = try await playground.sh(snippet("tables.sh"))
        #expect(tables.status == 0, "\(tables.output)")
        let found = tables.output.matches(of: /(?m)^ ([A-Z]+_[A-Z]+) +\| \d{4}-/).map { String($0.1) }
        #expect(found == Self.eventTypes)
        #expect(tables.output.contains(/count *\n-+\n +0\n/))
    }

    private func partitions(_ playground: Playground) async throws {
        let listed = try await playground.sh(snippet("partitions.sh"))
        #expect(listed.output.contains("(9 rows)") && listed.output.contains(" kB"), "\(listed.output)")
        let dropped = try await playground.sh(snippet("drop-days.sh"))
        #expect(dropped.output.contains("(0 rows)"), "\(dropped.output)")
        let moved = try await playground.sh(snippet("default-partition.sh"))
        #expect(moved.output.contains("(0 rows)"), "\(moved.output)")
        #expect(moved.output.contains(/made .* left_over *\n[-+]+\n +0 .* 0 .* 0\n/), "\(moved.output)")
    }

    private func amqpTools(_ playground: Playground) async throws {
        let subscriber = try playground.start(snippet("amqp-consume.sh"))
        try await subscriber.wait(for: "queue name")
        try await bound(to: "document_analysis.#", playground)
        let published = try await playground.sh(snippet("amqp-publish.sh"))
        #expect(published.status == 0, "\(published.output)")
        let outcome = try await subscriber.outcome()
        #expect(outcome.status == 0)
        let events = outcome.output.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
        #expect(events.map { $0["type"]?.stringValue } == Self.cloudEventTypes)
        #expect(events.allSatisfy { $0["subject"] == "6f1b8f0e-8a53-4b0e-9a3c-0d5f6e1c2b7a" })
    }

    /// Waits until the broker has the binding; a subscriber says its queue's name before it has bound it.
    private func bound(to key: String, _ playground: Playground) async throws {
        let list = #"curl -s -u workflow:workflow "$MANAGEMENT_URL/api/exchanges/%2F/workflow.events/bindings/source""#
        try await eventually("a binding of \(key)") {
            try await playground.sh(list).output.contains(#""routing_key":"\#(key)""#)
        }
    }

    private func rabbitmqadmin(_ playground: Playground) async throws {
        // A reader looks when the execution is done; the second part uses what the first has defined.
        let isDone = """
            until [ "$(psql "$DATABASE_URL" -Atc "SELECT status FROM executions WHERE idempotency_key = 'order-1'")" = SUCCESS ] &&
                admin -f tsv list queues name messages | grep -q "^my-events.2$"; do sleep 0.1; done

            """
        let outcome = try await playground.sh(
            "set -e\n" + snippet("rabbitmqadmin.sh") + isDone + snippet("rabbitmqadmin-get.sh"))
        #expect(outcome.status == 0, "\(outcome.output)")
        for line in ["queue declared", "binding declared", "Message published", "queue deleted"] {
            #expect(outcome.output.contains(line), "\(outcome.output)")
        }
        #expect(outcome.output.contains("document_analysis.execution.started"))
        #expect(outcome.output.contains("document_analysis.execution.completed"))
        #expect(
            try await playground.value("SELECT status FROM executions WHERE idempotency_key = 'order-1'") == "SUCCESS")
    }

    private func killed(_ playground: Playground) async throws {
        let before = try #require(Int(try await playground.value("SELECT count(*) FROM executions")))
        let outcome = try await playground.sh(snippet("kill.sh"))
        #expect(outcome.output.contains("owner"), "\(outcome.output)")
        // amqp-publish waits for no confirms, and RabbitMQ 3.10 drops the tail of what it sent now and then: what has to
        // end is what the broker took, and no request may be run twice.
        try await eventually("the end of everything that the broker took") {
            // In this order: a request leaves the broker when its execution is in the tables.
            guard try await playground.openRequests() == 0 else { return false }
            return try await playground.value("SELECT count(*) FROM executions WHERE status <> 'SUCCESS'") == "0"
        }
        let all = try #require(Int(try await playground.value("SELECT count(*) FROM executions")))
        #expect((before + 250...before + 500).contains(all))
        #expect(try await playground.value("SELECT count(*) FROM execution_locks") == "0")
        let counted = try await playground.sh(snippet("count.sh"))
        #expect(counted.output.contains(/SUCCESS +\| +\d+\n\(1 row\)/), "\(counted.output)")
    }

    @Test(.enabled(if: hasPika, "/usr/bin/python3 cannot import pika; install python3-pika to test the snippets"))
    func `Python with pika`() async throws {
        try await Playground.run { playground in
            let subscriber = try playground.python(snippet("subscribe.py"))
            try await subscriber.wait(for: "subscribed")
            let published = try await playground.python(snippet("publish.py")).outcome()
            #expect(published.status == 0, "\(published.output)")
            #expect(published.output.hasPrefix("True SUCCESS\n"))
            #expect(published.output.contains("'date': 1"))
            let heard = try await subscriber.outcome()
            #expect(heard.status == 0, "\(heard.output)")
            #expect(
                heard.output.split(separator: "\n").dropFirst().map { String($0.split(separator: " ")[1]) }
                    == Self.cloudEventTypes)
            let replayed = try await playground.python(snippet("replay.py")).outcome()
            #expect(replayed.status == 0, "\(replayed.output)")
            #expect(
                replayed.output.split(separator: "\n").map { String($0.split(separator: " ")[2]) }
                    == Self.cloudEventTypes)
            let id = try await playground.value("SELECT id FROM executions LIMIT 1")
            let late = try await playground.python(snippet("cancel.py"), with: ["EXECUTION_ID": id]).outcome()
            #expect(late.status == 0 && late.output == "True REJECTED EXECUTION_ENDED\n", "\(late.output)")
            try await ownAgent(playground)
        }
    }

    /// The example program runs a workflow with its own agent; under a prefix, so that the other coordinator, which
    /// lacks the agent, does not take the request.
    private func ownAgent(_ playground: Playground) async throws {
        let folder = "\(playground.directory)/shouting"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let definition = """
            workflow: shouting
            steps:
              shout: { agent: shout, with: { text: "${ input }" } }
            """
        try definition.write(toFile: "\(folder)/shouting.yaml", atomically: true, encoding: .utf8)
        let settings = ["PERDURE_AMQP_PREFIX": "shouting", "PERDURE_WORKFLOWS_DIRECTORY": folder]
        let coordinator = try playground.start("exec DocumentationExample serve", with: settings)
        try await coordinator.waitUntilItTakesRequests()
        let outcome = try await playground.sh(#"DocumentationExample run shouting --input '"hey"'"#, with: settings)
        #expect(outcome.output.contains(#""output":{"shout":{"text":"HEY"}}"#), "\(outcome.output)")
    }

    @Test func `every setting is in the table, with its default`() async throws {
        let readme = try Page("README.md").text
        let config = try Page.defaultSettings()
        #expect(config.count >= 13)
        for (key, environment, value) in config {
            let row = readme.split(separator: "\n").first { $0.hasPrefix("| `\(key)` | `\(environment)` |") }
            #expect(row?.contains("| `\(value)` |") == true, "\(key) \(environment) \(value)")
        }
    }
}

extension Page {
    /// Name, variable and default of every setting, read from the source: the table in the program is what it says.
    fileprivate static func defaultSettings() throws -> [(key: String, environment: String, value: String)] {
        let source = try String(
            contentsOfFile: "\(folder)/Sources/PerdureCommand/Support/SettingKey.swift", encoding: .utf8)
        let standard = try #require(source.firstRange(of: "var standard: String"))
        let end = try #require(source.firstRange(of: "var meaning: String"))
        let values = source[standard.upperBound..<end.lowerBound].matches(of: /case \.(\w+): "([^"]*)"/)
        let defaults = Dictionary(values.map { (String($0.1), String($0.2)) }) { first, _ in first }
        return source.matches(of: /case (\w+) = "([^"]+)"/).map { match in
            let key = String(match.2)
            let isURL = key.hasSuffix(".url")
            let upper = key.uppercased().replacing(".", with: "_")
            return (key, isURL ? upper : "PERDURE_" + upper, defaults[String(match.1)] ?? "?")
        }
    }
}
