import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// What becomes of executions and requests when definitions change.
    @Suite struct Versions {
        /// A workflow that gives its `answer` once it was told to go on.
        private static func yaml(_ answer: Int, version: Int = 1, waits: Bool = false) -> String {
            """
            workflow: versioned
            version: \(version)
            steps:
              go: \(waits ? "{ signal: go }" : "{ set: 1 }")
              end: { needs: [go], set: \(answer) }
            output: "${ steps.end.output }"
            """
        }

        private static func write(_ text: String, _ name: String = "w.yaml", to folder: String) throws {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }

        /// Runs it, and gives the result.
        private static func run(
            _ stage: Stage, _ arguments: String..., with settings: [String: String]
        ) async throws -> JSONValue {
            let process = try stage.start(["run", "versioned", "--input", "{}"] + arguments, settings)
            let outcome = try await process.outcome()
            let prefix = "Execution result: "
            try #require(outcome.output.hasPrefix(prefix), "\(outcome)")
            return try JSONValue(parsing: Array(outcome.output.dropFirst(prefix.count).utf8))
        }

        @Test func `a changed file is refused, and what is stored goes on`() async throws {
            try await Stage.run("versions") { stage in
                let folder = try stage.workflows(["w.yaml": Self.yaml(1)])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                let first = try await stage.serve(settings)
                #expect(try await Self.run(stage, with: settings)["output"] == 1)
                // A comment is no change.
                try Self.write("# why\n" + Self.yaml(1), to: folder)
                first.send(SIGHUP)
                try await first.waitForLog("the definitions are read again")
                #expect(!first.errors.contains("cannot be used"), "\(first.errors)")
                first.send(SIGTERM)
                #expect(try await first.outcome().status == 0)

                try Self.write(Self.yaml(2), to: folder)
                try Self.write("workflow: other\nsteps: { a: { set: 7 } }\n", "other.yaml", to: folder)
                let second = try await stage.serve(settings)
                #expect(
                    second.errors.contains(
                        "what is stored stays in use: \(folder)/w.yaml:2:10: version: Version 1 of 'versioned' is stored"
                    ),
                    "\(second.errors)")
                #expect(second.errors.contains("they differ at 'steps.end.set'. Raise the version to 2"))
                #expect(try await Self.run(stage, with: settings)["output"] == 1)
                #expect(try await stage.perdure("run", "other", "--input", "{}", with: settings).status == 0)
                let list = try await stage.perdure("workflows", "list", with: settings)
                #expect(list.output.contains("file, other content is stored"), "\(list)")

                // A new version comes in while it runs; the old one goes on by name.
                try Self.write(Self.yaml(2, version: 2), to: folder)
                second.send(SIGHUP)
                try await second.waitForLog("in use from now on: 'versioned' version 2")
                #expect(try await Self.run(stage, with: settings)["output"] == 2)
                #expect(try await Self.run(stage, "--version", "1", with: settings)["output"] == 1)
                let unknown = try await Self.run(stage, "--version", "3", with: settings)
                #expect(unknown["error"]?["code"] == "UNKNOWN_VERSION", "\(unknown)")
                #expect(unknown["error"]?["message"]?.stringValue?.hasSuffix("there is 1, 2.") == true, "\(unknown)")
                _ = try await stage.sql(
                    """
                    INSERT INTO workflow_definitions (workflow_id, version, content_hash, source)
                    VALUES ('versioned', 9, 'x', E'workflow: versioned\\nversion: 9\\nsteps: { a: { agent: ghost } }')
                    """)
                let ghost = try await Self.run(stage, "--version", "9", with: settings)
                #expect(ghost["status"] == "REJECTED")
                #expect(
                    ghost["error"]?["message"]?.stringValue?.contains("version 9, as stored:3:22: steps.a.agent: ")
                        == true,
                    "\(ghost)")
                #expect(
                    try await stage.sql(
                        "SELECT version FROM workflow_definitions WHERE workflow_id = 'versioned' ORDER BY 1")
                        == [["1"], ["2"], ["9"]])

                let shown = try await stage.perdure("workflows", "show", "versioned", "--version", "1", with: settings)
                #expect(shown.status == 0 && shown.output.contains("set: 1") && shown.output.contains("stored since"))
                let rows = try await stage.perdure("workflows", "list", "--json", with: settings)
                let found = try rows.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                #expect(
                    found.map { "\($0["workflow_id"]?.stringValue ?? "") \($0["version"]?.intValue ?? 0)" }
                        == ["other 1", "versioned 1", "versioned 2", "versioned 9"])
                #expect(found.map { $0["file"] == .null } == [false, true, false, true])
                #expect(found.allSatisfy { $0["stored_at"] != .null && $0["refused"] == false }, "\(found)")

                // A file that has errors leaves what it held.
                try Self.write("workflow: versioned\nversion: 3\nsteps: 7\n", to: folder)
                second.send(SIGHUP)
                try await second.waitForLog("w.yaml:3:8: steps: ")
                try await eventually("the third reading") {
                    second.errors.matches(of: /the definitions are read again/).count == 2
                }
                #expect(try await Self.run(stage, with: settings)["output"] == 2)
                try FileManager.default.moveItem(atPath: folder, toPath: folder + "-away")
                second.send(SIGHUP)
                try await second.waitForLog("the definitions are not read again, and what was in use stays: The folder")
                #expect(try await Self.run(stage, with: settings)["output"] == 2)
            }
        }

        @Test func `an execution keeps the version that it started with`() async throws {
            try await Stage.run("keeps") { stage in
                let folder = try stage.workflows(["w.yaml": Self.yaml(1, waits: true)])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let first = try await stage.serve(settings)
                let (one, two) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
                try await stage.publish([stage.request("versioned", input: [:], id: one)])
                let waiting = "SELECT count(*) FROM executions WHERE status = 'WAITING'"
                try await eventually("a wait") { try await stage.number(waiting) == 1 }
                try Self.write(Self.yaml(2, version: 2, waits: true), to: folder)
                first.send(SIGHUP)
                try await first.waitForLog("in use from now on: 'versioned' version 2")
                try await stage.publish([stage.request("versioned", input: [:], id: two)])
                try await eventually("two waits") { try await stage.number(waiting) == 2 }
                first.send(SIGKILL)
                _ = try await first.outcome()

                // Deployed with neither version.
                try Self.write(Self.yaml(3, version: 3, waits: true), to: folder)
                _ = try await stage.serve(settings)
                for id in [one, two] { #expect(try await stage.perdure("signal", id, "go").status == 0) }
                try await stage.waitFor(2)
                #expect(
                    try await stage.sql(
                        "SELECT workflow_version, output_payload FROM executions WHERE id IN ('\(one)', '\(two)') ORDER BY 1"
                    )
                        == [["1", "1"], ["2", "2"]])
            }
        }

        @Test func `while a workflow is being written, perdure dev reads it again`() async throws {
            try await Stage.run("written") { stage in
                let folder = try stage.workflows(["w.yaml": Self.yaml(1, waits: true)])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                let dev = try stage.start(["dev"], settings)
                try await dev.waitForLog("the coordinator is ready")
                try await dev.waitForLog("(requests)")
                let id = UUID().uuidString.lowercased()
                try await stage.publish([stage.request("versioned", input: [:], id: id)])
                try await eventually("a wait") {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'WAITING'") == 1
                }
                try Self.write(Self.yaml(2), to: folder)
                try await dev.waitForLog("w.yaml:2:10: version: The content of 'versioned' version 1 has changed")
                try await dev.waitForLog("in use from now on: 'versioned' version 1")
                #expect(try await Self.run(stage, with: settings)["output"] == 2)

                try Self.write("workflow: versioned\nstps: {}\n", to: folder)
                try await dev.waitForLog("w.yaml:2:1: stps: Unknown key")
                #expect(try await Self.run(stage, with: settings)["output"] == 2)
                try Self.write(Self.yaml(4, version: 2), "next.yaml", to: folder)
                try await dev.waitForLog("in use from now on: 'versioned' version 2")
                #expect(try await Self.run(stage, with: settings)["output"] == 4)

                #expect(try await stage.perdure("signal", id, "go").status == 0)
                try await stage.waitFor(4)
                #expect(try await stage.sql("SELECT output_payload FROM executions WHERE id = '\(id)'") == [["1"]])
                dev.send(SIGINT)
                #expect(try await dev.outcome().status == 0)
                // What a version held in the end is what a coordinator goes on with.
                try Self.write(Self.yaml(2), to: folder)
                let serve = try await stage.serve(settings)
                #expect(!serve.errors.contains("cannot be used"), "\(serve.errors)")
            }
        }

        private static func analysis(_ version: Int, _ facts: String) -> String {
            """
            workflow: versioned
            version: \(version)
            input: { type: object, required: [text], properties: { text: { type: string } } }
            steps:
              short: { agent: summarize, with: { text: "${ input.text }" } }
              facts: { needs: [short], agent: extract_entities, with: { text: "${ \(facts) }" }, on_error: continue }
              answer: { needs: [facts], signal: { name: go, timeout: 1h } }
            output: { facts: "${ steps.facts.output }", by: "${ steps.answer.output.payload }" }
            """
        }

        @Test func `a changed definition is compared with what has happened`() async throws {
            try await Stage.run("history") { stage in
                let same = "input.text"
                let folder = try stage.workflows(["w.yaml": Self.analysis(1, same)])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                func validate(_ more: String...) async throws -> Binary.Outcome {
                    try await stage.start(["workflows", "validate", "--against-history"] + more, settings).outcome()
                }
                let none = try await validate()
                #expect(none.status == 0 && none.output.contains("no execution has ended yet"), "\(none)")
                _ = try await stage.serve(settings)
                let ids = (0..<5).map { _ in UUID().uuidString.lowercased() }
                try await stage.publish(
                    ids.map { stage.request("versioned", input: ["text": .string(Stage.text)], id: $0) })
                try await eventually("five waits") {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'WAITING'") == 5
                }
                for id in ids.dropLast() {
                    let told = try await stage.perdure("signal", id, "go", "--payload", #"{"by":"ann"}"#)
                    #expect(told.status == 0, "\(told.errors)")
                }
                #expect(try await stage.perdure("cancel", ids[4], "--reason", "enough").status == 0)
                try await stage.waitFor(4)

                let unchanged = try await validate()
                #expect(unchanged.status == 0 && unchanged.errors.isEmpty, "\(unchanged)")
                #expect(
                    unchanged.output.hasSuffix(
                        """
                        versioned version 1 beside the last 5 executions (5 of version 1):
                          5  would have gone the same way

                        """), "\(unchanged)")

                try Self.write(Self.analysis(2, "input.text + ' Grace Hopper was there.'"), to: folder)
                let changed = try await validate("--workflow", "versioned", "--limit", "4")
                #expect(changed.status == 1 && changed.errors.isEmpty, "\(changed)")
                #expect(changed.output.contains("2 beside the last 4 executions (4 of version 1):"), "\(changed)")
                let json = try await validate("--json")
                let lines = try json.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
                #expect(lines.count == 5 && Set(lines.compactMap { $0["execution_id"]?.stringValue }) == Set(ids))
                for line in lines {
                    #expect(line["verdict"] == "differs", "\(line)")
                    #expect(line["differences"]?[0]?["step"] == "facts")
                    #expect(line["differences"]?[0]?["kind"] == "input")
                }
                // Without a higher version it is an error as well.
                try Self.write(Self.analysis(1, "'nothing here'"), to: folder)
                let refused = try await validate()
                #expect(refused.status == 1 && refused.errors.contains("w.yaml:2:10: version: Version 1"), "\(refused)")
                #expect(
                    refused.output.contains(
                        "5  would have gone another way: 'facts' would get other arguments, the first at 'text'"),
                    "\(refused)")
                #expect(try await stage.number("SELECT count(*) FROM executions") == 5)
                let lost = try await validate("--workflow", "lost")
                #expect(lost.status == 1 && lost.errors.contains("workflows list"), "\(lost)")
            }
        }
    }
}
