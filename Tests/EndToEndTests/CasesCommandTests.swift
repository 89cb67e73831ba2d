import Foundation
import PerdureJSON
import Testing

extension EndToEnd {
    /// `perdure test`, which needs neither a broker nor a database.
    @Suite struct Cases {
        private static let definition = """
            workflow: shout
            steps: { it: { agent: shout } }
            """
        private static let cases = """
            workflow: ../shout.yaml
            agents: { shout: { output: LOUD } }
            cases:
              - { name: it shouts, expect: { output: { it: LOUD } } }
              - { name: it whispers, expect: { status: SUCCESS, output: { it: low } } }
            """

        /// Runs the command in a folder that has these files and nothing else.
        private func run(_ arguments: String..., files: [String: String] = [:]) async throws -> Binary.Outcome {
            let manager = FileManager.default
            let folder = manager.temporaryDirectory.path + "/perdure-cases-\(UUID().uuidString)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(atPath: folder) }
            for (path, text) in files {
                let file = URL(fileURLWithPath: "\(folder)/\(path)")
                try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            return try await Binary(["test"] + arguments, environment: [:], directory: folder).outcome()
        }

        @Test func `the shipped cases pass, without a server`() async throws {
            let outcome = try await run("--workflows", Binary.packageFolder + "/config/workflows")
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
            #expect(outcome.output.contains("document_analysis.test.yaml\n  passed  both steps run"))
            #expect(outcome.output.contains(" passed, 0 failed in "))
        }

        @Test func `so do those of samples with agents to be written`() async throws {
            let outcome = try await run("--workflows", Binary.packageFolder + "/config/samples/workflows")
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
            #expect(outcome.output.contains("nightly_report.test.yaml\n  passed  the night to Tuesday reports Monday"))
        }

        @Test func `a case that fails shows what was expected`() async throws {
            let files = [
                "config/workflows/shout.yaml": Self.definition, "config/workflows/tests/a.test.yaml": Self.cases,
            ]
            let outcome = try await run(files: files)
            #expect(outcome.status == 1)
            #expect(
                outcome.output.hasPrefix(
                    """
                    config/workflows/tests/a.test.yaml
                      passed  it shouts
                      FAILED  it whispers (line 5)
                              output.it: expected "low", found "LOUD"
                    1 passed, 1 failed in 
                    """), "\(outcome)")

            let json = try await run("--json", "config/workflows/tests/a.test.yaml", files: files)
            #expect(json.status == 1)
            let lines = try json.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(lines.map { $0["passed"] } == [true, false])
            #expect(lines.last?["problems"]?[0]?["found"] == #""LOUD""#)
        }

        @Test func `errors of a file stop no other`() async throws {
            let outcome = try await run(
                files: [
                    "config/workflows/shout.yaml": Self.definition,
                    "config/workflows/a.test.yaml": "workflow: shout.yaml\ncases: [{ name: a, expct: 1 }]",
                    "config/workflows/b.test.yaml":
                        "workflow: lost.yaml\ncases: [{ name: b, expect: { status: SUCCESS } }]",
                    "config/workflows/tests/c.test.yaml": Self.cases.replacing("it: low", with: "it: LOUD"),
                ])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("a.test.yaml:2:20: cases[0].expct: Unknown key"), "\(outcome.errors)")
            #expect(
                outcome.errors.contains(
                    """
                    config/workflows/b.test.yaml:1:11: workflow: There is no file config/workflows/lost.yaml; write the path \
                    of the definition as seen from the folder of this file.
                        workflow: lost.yaml
                                  ^
                    """), "\(outcome.errors)")
            #expect(outcome.output.contains("2 passed, 0 failed, 2 files with errors in "), "\(outcome.output)")
        }

        @Test func `paths are as they were written, also in errors of the definition`() async throws {
            let files = [
                "config/workflows/shout.yaml": Self.definition + "\nstps: 1",
                "config/workflows/tests/a.test.yaml": Self.cases,
            ]
            let all = try await run(files: files)
            #expect(all.errors.hasPrefix("config/workflows/shout.yaml:3:1: stps: Unknown key"), "\(all.errors)")
            let one = try await run("./config/workflows/tests/../tests/a.test.yaml", files: files)
            #expect(one.errors.hasPrefix("config/workflows/shout.yaml:3:1: "), "\(one.errors)")
            let above = try await run("lost.test.yaml", files: ["lost.test.yaml": Self.cases])
            #expect(above.errors.contains("There is no file ../shout.yaml; "), "\(above.errors)")
        }

        @Test func `nothing to run is an error`() async throws {
            let none = try await run()
            #expect(none.status == 1 && none.errors.contains("does not exist"), "\(none)")
            let empty = try await run(files: ["config/workflows/shout.yaml": Self.definition])
            #expect(empty.status == 1 && empty.errors.contains(".test.yaml"), "\(empty)")
        }

        @Test func `files of cases are no definitions`() async throws {
            let manager = FileManager.default
            let folder = manager.temporaryDirectory.path + "/perdure-cases-\(UUID().uuidString)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(atPath: folder) }
            let good = "workflow: short\nsteps: { a: { agent: summarize, with: { text: a } } }\n"
            try good.write(toFile: folder + "/short.yaml", atomically: true, encoding: .utf8)
            try Self.cases.write(toFile: folder + "/short.test.yaml", atomically: true, encoding: .utf8)
            let outcome = try await Binary(
                ["workflows", "validate", "--workflows", folder], environment: [:], directory: folder
            ).outcome()
            #expect(outcome.status == 0 && outcome.output == "short version 1: valid, 1 steps\n", "\(outcome)")
        }
    }
}
