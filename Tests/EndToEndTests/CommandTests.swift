import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// The command line, as an operator or a script uses it.
    @Suite struct Commands {
        @Test func `requests, results and what can be seen of them`() async throws {
            try await Stage.run("commands") { stage in
                let again = try await stage.perdure("migrate")
                #expect(again.status == 0 && again.output.contains("up to date"), "\(again.output)")
                let graph = try await stage.perdure("workflows", "show", "document_analysis", "--graph", "mermaid")
                #expect(graph.status == 0 && graph.output.hasSuffix("    s1 --> s2\n"), "\(graph.output)")
                let folder = try stage.workflows([
                    "good.yaml": try await stage.perdure("workflows", "show", "document_analysis").output,
                    "failing.yaml": """
                    workflow: failing
                    version: 1
                    steps:
                      broken: { agent: summarize, with: { text: "${ 7 }" } }
                    """,
                ])
                _ = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                try Stage.text.write(toFile: stage.directory + "/note.txt", atomically: true, encoding: .utf8)
                let input = JSONValue.object(["text": .string(Stage.text)]).jsonText
                try input.write(toFile: stage.directory + "/input.json", atomically: true, encoding: .utf8)

                let run = try await stage.perdure("run", "document_analysis", "--input", "@input.json", "--key", "cli")
                #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
                let prefix = "Execution result: "
                try #require(run.output.hasPrefix(prefix) && run.output.split(separator: "\n").count == 1)
                let result = try JSONValue(parsing: Array(run.output.dropFirst(prefix.count).utf8))
                #expect(result["status"] == "SUCCESS")
                #expect(result["output"]?.objectValue.map { Set($0.keys) } == ["summarize", "extract_entities"])
                let id = try #require(result["execution_id"]?.stringValue)

                let copy = try await stage.perdure(
                    "submit", "document_analysis", "--wait", "--input", input, "--key", "cli")
                #expect(copy.status == 0)
                // The same answer; out of the database its members may come in another order.
                #expect(try JSONValue(parsing: Array(copy.output.dropFirst(prefix.count).utf8)) == result)

                let failed = try await stage.perdure("run", "failing", "--input", "null")
                #expect(failed.status == 1)
                #expect(failed.output.contains(#""status":"FAILED""#), "\(failed.output)")
                let rejected = try await stage.perdure("run", "document_analysis", "--input", #"{"text":7}"#)
                #expect(rejected.status == 1)
                #expect(
                    rejected.output.contains(#""status":"REJECTED""#) && rejected.output.contains("text"),
                    "\(rejected.output)")

                let wanted = UUID().uuidString.lowercased()
                let submitted = try await stage.perdure(
                    "submit", "document_analysis", "--input", input, "--id", wanted, "--json", "--metadata",
                    #"{"tenant":"a"}"#)
                #expect(submitted.status == 0)
                #expect(try JSONValue(parsing: Array(submitted.output.utf8))["execution_id"] == .string(wanted))
                try await stage.waitFor(2)

                let table = try await stage.perdure("list")
                #expect(table.status == 0)
                #expect([id, wanted, "SUCCESS", "FAILED"].allSatisfy { table.output.contains($0) })
                let list = try await stage.perdure("list", "--json", "--status", "success")
                let listed = try list.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                #expect(listed.map { $0["execution_id"]?.stringValue } == [wanted, id], "the newest first")

                let page = try await stage.perdure("show", id)
                #expect(page.status == 0)
                #expect(
                    ["summarize", "extract_entities", "SUCCESS", "10 events"].allSatisfy { page.output.contains($0) },
                    "\(page.output)")
                let shown = try JSONValue(
                    parsing: Array(try await stage.perdure("show", id.uppercased(), "--json").output.utf8))
                #expect(shown["output"] == result["output"])
                #expect(shown["steps"]?.arrayValue?.count == 2)

                let events = try await stage.perdure("events", "--execution", id, "--json")
                let stored = try events.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                #expect(stored.map { $0["data"]?["event_type"]?.stringValue } == Sample.eventTypes)
                let replay = try await stage.perdure("events", "--from", "first", "--count", "10", "--json")
                #expect(replay.status == 0, "\(replay.errors)")
                #expect(
                    try replay.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) } == stored)
                let only = try await stage.perdure("events", "#.failed", "--from", "first", "--count", "2")
                #expect(
                    only.output.contains("STEP_FAILED") && only.output.contains("EXECUTION_FAILED"), "\(only.output)")

                let letters = try await stage.perdure("dead", "list")
                #expect(letters.status == 0 && letters.output.contains("INVALID_INPUT"), "\(letters.output)")
                let letter = try await stage.perdure("dead", "show", "1")
                #expect(
                    letter.output.contains(#"{"text":7}"#) && letter.output.contains("x-error-message"),
                    "\(letter.output)")
                #expect(
                    try await stage.perdure("dead", "show", "1").output.isEmpty == false, "looking takes nothing away")
                #expect(try await stage.perdure("dead", "show", "2").status == 1)

                // Live: a subscriber that is there before the request sees its ten events.
                let live = try stage.start([
                    "events", "document_analysis.#", "--count", "10", "--json", "--log-level", "info",
                ])
                try await live.waitForLog("connected to RabbitMQ")
                #expect(try await stage.perdure("submit", "document_analysis", "--input", input).status == 0)
                let seen = try await live.outcome()
                #expect(seen.status == 0)
                #expect(
                    try seen.output.split(separator: "\n").map {
                        try JSONValue(parsing: Array($0.utf8))["data"]?["event_type"]?.stringValue
                    } == Sample.eventTypes)
            }
        }

        @Test func `what cannot work ends at once, in one line, with a status`() async throws {
            try await Stage.run("wrong") { stage in
                let nobody = [
                    "DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/none",
                    "AMQP_URL": "amqp://u:secret@127.0.0.1:2/none",
                ]
                let missing = UUID().uuidString.lowercased()
                let cases: [(arguments: [String], more: [String: String], says: String)] = [
                    (["list"], nobody, "127.0.0.1:1"),
                    (["migrate"], nobody, "127.0.0.1:1"),
                    (["show", missing], nobody, "127.0.0.1:1"),
                    (["events", "--execution", missing], nobody, "127.0.0.1:1"),
                    (["submit", "document_analysis", "--input", "{}"], nobody, "127.0.0.1:2"),
                    (["run", "document_analysis", "--input", "{}"], nobody, "127.0.0.1:2"),
                    (["dead", "list"], nobody, "127.0.0.1:2"),
                    (["show", missing], [:], missing),
                    (["show", "17"], [:], "UUID"),
                    (["events", "--execution", missing], [:], missing),
                    (["list", "--status", "odd"], [:], "--status"),
                    (["list", "--limit", "0"], [:], "--limit"),
                    (["submit", "document_analysis", "--input", "{"], [:], "--input"),
                    (["submit", "document_analysis", "--input", "@nowhere.json"], [:], "nowhere.json"),
                    (["submit", "document_analysis", "--input", "{}", "--id", "x"], [:], "--id"),
                    (["events", "--from", "yesterday"], [:], "--from"),
                    (["workflows", "show", "nothing"], [:], "workflows list"),
                    (["workflows", "show", "document_analysis", "--graph", "svg"], [:], "--graph"),
                    (["workflows", "validate", "--against-history", "--limit", "0"], [:], "--limit"),
                    (["serve", "--workflows", "nowhere"], [:], "nowhere"),
                    (["serve"], ["PERDURE_COORDINATOR_LEASE": "soon"], "coordinator.lease"),
                    (["serve"], ["PERDURE_EVENTS_MODE": "bulk"], "each or batch"),
                    (["serve"], ["PERDURE_EVENTS_KEEP_DAYS": "0"], "events.keep_days"),
                    (["serve"], ["PERDURE_EVENTS_INCLUDE": "document_analysis"], "order.#"),
                    (["serve"], ["PERDURE_EVENTS_INCLUDE": "#.failed,"], "events.include"),
                    (["serve"], ["AMQP_URL": "http://127.0.0.1"], "amqp"),
                    (["serve"], ["DATABASE_URL": "mysql://127.0.0.1"], "postgresql"),
                    (["list", "--config", "nowhere.yaml"], [:], "nowhere.yaml"),
                    (["config"], ["DATABASE_URL": "", "DATABASE_URL_FILE": "/nowhere/secret"], "/nowhere/secret"),
                    // No coordinator has ever run under this prefix.
                    (["submit", "document_analysis", "--input", "{}"], [:], "perdure serve"),
                    (["run", "document_analysis", "--input", "{}"], [:], "perdure serve"),
                    (["dead", "list"], [:], "perdure serve"),
                ]
                for (arguments, more, says) in cases {
                    let name = "\(arguments.joined(separator: " ")) \(more.keys.sorted())"
                    let outcome = try await stage.perdureAtOnce(arguments, more)
                    #expect(outcome.status != 0, "\(name)")
                    #expect(outcome.errorLines.count == 1, "\(name): \(outcome.errors)")
                    #expect(outcome.errors.contains(says), "\(name): \(outcome.errors)")
                    #expect(!outcome.errors.contains("secret@"), "\(name): \(outcome.errors)")
                    #expect(outcome.output.isEmpty, "\(name): \(outcome.output)")
                }
                for arguments in [["lost"], ["run"], ["list", "--nonsense"], ["show"], ["list", "--limit", "many"]] {
                    let outcome = try await stage.start(arguments).outcome()
                    #expect(outcome.status == 64, "\(arguments): \(outcome.status)")
                    #expect(outcome.errors.hasPrefix("Error: "), "\(arguments): \(outcome.errors)")
                }
            }
        }

        @Test func `an entry of the log is one line`() async throws {
            let manager = FileManager.default
            let folder = manager.temporaryDirectory.path + "/perdure-log-\(UUID().uuidString)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(atPath: folder) }
            let text = "workflow: w\nsteps:\n  a:\n    set: |\n      ${ 1 +\n      2 +\n      inptu }\n"
            try text.write(toFile: folder + "/w.yaml", atomically: true, encoding: .utf8)
            for format in ["text", "json"] {
                let outcome = try await Binary(
                    ["serve", "--workflows", folder], environment: ["PERDURE_LOG_FORMAT": format], directory: folder
                ).outcome()
                // The entry, and why the command ends.
                #expect(outcome.status == 1 && outcome.errorLines.count == 2, "\(outcome.errors)")
                #expect(outcome.errorLines.first?.contains("a definition cannot be used: ") == true)
                #expect(outcome.errorLines.first?.contains("inptu") == true, "\(outcome.errors)")
            }
        }

        @Test func `settings come from flags, then the environment, then files`() async throws {
            try await Stage.run("settings", migrates: false) { stage in
                let folder = stage.directory
                try FileManager.default.createDirectory(atPath: folder + "/config", withIntermediateDirectories: true)
                func write(_ text: String, _ name: String) throws {
                    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
                }
                func prefix(
                    _ arguments: [String] = [], _ environment: [String: String] = [:]
                ) async throws -> JSONValue? {
                    let process = try Binary(
                        ["config", "--json"] + arguments, environment: environment, directory: folder)
                    let outcome = try await process.outcome()
                    return try JSONValue(parsing: Array(outcome.output.utf8))["amqp.prefix"]
                }
                #expect(try await prefix() == "workflow")
                try write("amqp:\n  prefix: yaml\n", "config/perdure.yaml")
                #expect(try await prefix() == "yaml")
                try write("# names\nexport PERDURE_AMQP_PREFIX='dotenv'\n", ".env")
                #expect(try await prefix() == "dotenv")
                try write("secret file\n", "name")
                #expect(try await prefix([], ["PERDURE_AMQP_PREFIX_FILE": folder + "/name"]) == "secret file")
                let both = ["PERDURE_AMQP_PREFIX_FILE": folder + "/name", "PERDURE_AMQP_PREFIX": "environment"]
                #expect(try await prefix([], both) == "environment")
                #expect(try await prefix(["--prefix", "flag"], both) == "flag")

                let shown = try await stage.perdure("config")
                #expect(shown.status == 0)
                #expect(shown.output.contains("workflow:****@127.0.0.1"))
                #expect(!shown.output.contains("workflow:workflow@"))
                let keywords = try await stage.perdure(
                    "config", with: ["DATABASE_URL": "host=db user=u password=hunter2 dbname=d"])
                #expect(!keywords.output.contains("hunter2"))
                let parameter = try await stage.perdure(
                    "config",
                    with: [
                        "DATABASE_URL": "postgresql://db/d?user=u&password=hunter2",
                        "AMQP_URL": "amqp://u:hunt%40er2@h/",
                    ])
                #expect(
                    !parameter.output.contains("hunter2") && !parameter.output.contains("er2@"), "\(parameter.output)")
                func include() async throws -> JSONValue? {
                    let outcome = try await Binary(["config", "--json"], environment: [:], directory: folder).outcome()
                    return try JSONValue(parsing: Array(outcome.output.utf8))["events.include"]
                }
                for (yaml, expected) in [
                    ("", "#"), ("events: { include: ['#.failed', '*.execution.*'] }", "#.failed,*.execution.*"),
                    ("events: { mode: batch, include: [] }", "none"), ("events: { include: 'order.#' }", "order.#"),
                ] {
                    try write(yaml, "config/perdure.yaml")
                    #expect(try await include() == .string(expected))
                }
                try write("amqp: { prefix: [a, b] }", "config/perdure.yaml")
                #expect(try await stage.perdure("config").status == 1)
                try write("amqp:\n  prefixx: yaml\n", "config/perdure.yaml")
                let unknown = try await stage.perdure("config")
                #expect(unknown.status == 1 && unknown.errors.contains("amqp.prefixx"))
            }
        }

        @Test func `dev starts everything, is found by others, and stops everything however it ends`() async throws {
            let folder = try Janitor.directory("dev_\(UInt32.random(in: .min ... .max))")
            func perdure(_ arguments: String...) async throws -> Binary.Outcome {
                try await Binary(arguments, environment: [:], directory: folder).outcome()
            }
            func pids() throws -> [Int32] {
                try ["postgres", "broker"].map { name in
                    let text = try String(contentsOfFile: "\(folder)/.perdure/\(name).pid", encoding: .utf8)
                    return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
                }
            }
            func dev() async throws -> Binary {
                let process = try Binary(["dev"], environment: [:], directory: folder)
                do {
                    try await eventually("ready: \(process.output) \(process.errors)") {
                        process.output.contains("Ready.") || process.exitStatus != nil
                    }
                    try #require(process.exitStatus == nil, "\(process.errors)")
                } catch {
                    process.send(SIGKILL)
                    throw error
                }
                return process
            }

            let first = try await dev()
            defer { first.send(SIGKILL) }
            #expect(first.output.contains("document_analysis v1") && first.output.contains("http://127.0.0.1:"))
            let servers = try pids()
            let run = try await perdure("run", "document_analysis", "--input", #"{"text":"Found by itself."}"#)
            #expect(run.status == 0, "\(run.errors)")
            first.send(SIGINT)
            let stopped = try await first.outcome()
            #expect(stopped.status == 0, "\(stopped.errors)")
            #expect(servers.allSatisfy { kill($0, 0) != 0 })
            let without = try await perdure("list")
            #expect(without.status == 1, "nothing answers any more: \(without.output)")

            let second = try await dev()
            defer { second.send(SIGKILL) }
            #expect(second.output == first.output, "the same ports")
            let leftBehind = try pids()
            let listed = try await perdure("list", "--json")
            #expect(
                listed.output.split(separator: "\n").count == 1 && listed.output.contains(#""status":"SUCCESS""#),
                "\(listed.output)")
            second.send(SIGKILL)
            #expect(try await second.outcome().status == 128 + SIGKILL)
            try await eventually("the servers of a killed dev are gone") { leftBehind.allSatisfy { kill($0, 0) != 0 } }

            let third = try await dev()
            defer { third.send(SIGKILL) }
            let more = try await perdure("run", "document_analysis", "--input", #"{"text":"Once more."}"#)
            #expect(more.status == 0, "\(more.errors)")
            #expect(try await perdure("list", "--json").output.split(separator: "\n").count == 2)
            third.send(SIGTERM)
            #expect(try await third.outcome().status == 0)
        }
    }
}
