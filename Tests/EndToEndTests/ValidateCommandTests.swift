import Foundation
import Testing

extension EndToEnd {
    /// `perdure workflows validate FILE…`, which needs neither a broker nor a database.
    @Suite struct Validation {
        private static let leaf = "workflow: leaf\nsteps: { s: { set: 1 } }\n"

        /// Runs the command in a folder that has these files and nothing else.
        private func run(_ arguments: [String], files: [String: String] = [:]) async throws -> Binary.Outcome {
            try await run(arguments, data: files.mapValues { Data($0.utf8) })
        }

        private func run(_ arguments: [String], data: [String: Data]) async throws -> Binary.Outcome {
            let manager = FileManager.default
            let folder = manager.temporaryDirectory.path + "/perdure-validate-\(UUID().uuidString)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(atPath: folder) }
            for (path, content) in data {
                let file = URL(fileURLWithPath: "\(folder)/\(path)")
                try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try content.write(to: file)
            }
            return try await Binary(arguments, environment: [:], directory: folder).outcome()
        }

        private func validate(_ files: String..., among: [String: String]) async throws -> Binary.Outcome {
            try await run(["workflows", "validate"] + files, files: among)
        }

        @Test func `children are looked for in the folder of each file`() async throws {
            let files = [
                "a/up.yaml": "workflow: up\nsteps: { s: { workflow: leaf } }\n", "a/leaf.yaml": Self.leaf,
                "a/broken.yaml": "workflow: broken\nsteps: { s: { set: 1, nedes: [] } }\n",
                "a/down.yaml": "workflow: down\nsteps: { s: { workflow: broken } }\n",
                "a/old.yaml": "workflow: old\nsteps: { s: { workflow: leaf, version: 99 } }\n",
                "a/lost.yaml": "workflow: lost\nsteps: { s: { workflow: nowhere } }\n",
                "b/far.yaml": "workflow: far\nsteps: { s: { workflow: leaf } }\n",
            ]
            let fine = try await validate("a/up.yaml", among: files)
            #expect(fine.status == 0 && fine.errors.isEmpty, "\(fine)")
            #expect(
                fine.output == "up version 1: valid, 1 steps\n", "the others of the folder are not told of: \(fine)")

            for (file, message) in [
                ("a/lost.yaml", "a/lost.yaml:2:25: steps.s.workflow: There is no workflow 'nowhere' that can be used."),
                ("a/old.yaml", "There is no version 99 of the workflow 'leaf' that can be used; there is 1."),
                (
                    "a/down.yaml",
                    "There is no workflow 'broken' that can be used. Its file has errors, the first at a/broken.yaml:2:23."
                ), ("b/far.yaml", "There is no workflow 'leaf' that can be used."),
            ] {
                let found = try await validate(file, among: files)
                #expect(found.status == 1 && found.output.isEmpty && found.errors.contains(message), "\(found)")
            }
            let both = try await validate("b/far.yaml", "a/leaf.yaml", among: files)
            #expect(both.status == 0, "\(both)")
        }

        @Test func `circles are refused`() async throws {
            let files = [
                "w.yaml": "workflow: w\nsteps: { c: { workflow: w } }\n",
                "x.yaml": "workflow: x\nsteps: { c: { workflow: y } }\n",
                "y.yaml": "workflow: y\nsteps: { c: { workflow: x } }\n",
                "tests/w.test.yaml":
                    "workflow: ../w.yaml\nagents: { w: { output: 1 } }\ncases: [{ name: a, expect: { status: SUCCESS } }]\n",
                "tests/x.test.yaml":
                    "workflow: ../x.yaml\nagents: { y: { output: 1 } }\ncases: [{ name: a, expect: { status: SUCCESS } }]\n",
            ]
            for (arguments, paths) in [(["w.yaml"], ["w → w"]), (["x.yaml", "y.yaml"], ["x → y → x", "y → x → y"])] {
                let found = try await run(["workflows", "validate"] + arguments, files: files)
                #expect(found.status == 1 && found.output.isEmpty, "\(found)")
                for path in paths { #expect(found.errors.contains("without end: \(path);"), "\(found)") }
            }
            let tested = try await run(["test", "tests/w.test.yaml", "tests/x.test.yaml"], files: files)
            #expect(tested.status == 1, "\(tested)")
            for path in ["w → w", "x → y → x"] { #expect(tested.errors.contains("without end: \(path);"), "\(tested)") }
            // A child that a stub stands in for need not be there.
            let stubbed = try await run(["test", "tests/x.test.yaml"], files: files.filter { $0.key != "y.yaml" })
            #expect(stubbed.status == 0 && stubbed.output.contains("1 passed, 0 failed"), "\(stubbed)")
        }

        @Test func `what is no definition is said to be that, with no line of it`() async throws {
            let files = ["folder/leaf.yaml": Self.leaf, "a.test.yaml": "workflow: folder/leaf.yaml\ncases: []\n"]
            for (file, message) in [
                ("folder", "folder: This is a folder; name the files in it, or the folder itself with --workflows.\n"),
                ("lost.yaml", "lost.yaml: The file cannot be read; check its path and permissions.\n"),
                ("a.test.yaml", "a.test.yaml: This is a file of cases; run it with `perdure test a.test.yaml`.\n"),
            ] {
                let found = try await validate(file, among: files)
                #expect(found.status == 1 && found.errors == message, "\(found)")
            }
            let latin = Data("workflow: leaf\ndescription: caf".utf8) + [0xE9] + Data("!\n".utf8)
            let found = try await run(["workflows", "validate", "leaf.yaml"], data: ["leaf.yaml": latin])
            #expect(found.errors.hasPrefix("leaf.yaml:2:17: The byte 0xE9 here is no UTF-8; save the file as UTF-8.\n"))
        }

        @Test func `two files with one version name each other`() async throws {
            let files = ["a.yaml": Self.leaf, "b.yaml": "workflow: leaf\nsteps: { s: { set: 2 } }\n"]
            let found = try await validate("a.yaml", "b.yaml", among: files)
            #expect(
                found.errors == """
                    b.yaml:1:11: version: The workflow 'leaf' version 1 is defined in a.yaml too, with other content; give one of \
                    them a higher version.
                        workflow: leaf
                                  ^

                    """, "\(found)")
        }
    }
}
