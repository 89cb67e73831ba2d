import Cron
import Foundation
import WorkflowCore

/// Files of cases and the definitions that they are about.
struct CaseFiles {
    /// One file with what came of its cases.
    struct Result {
        /// The path of the file.
        let file: String
        /// How each case went.
        let reports: [CaseReport]
    }

    /// What ends the name of a file of cases.
    private static let suffixes = [".test.yaml", ".test.yml"]

    /// Whether a file of this name holds cases.
    static func isCases(_ name: String) -> Bool { suffixes.contains { name.hasSuffix($0) } }

    /// The files of cases in a folder and the folders below it, by path.
    ///
    /// - Throws: `CommandFailure` when there is no such folder.
    static func all(below folder: String) throws -> [String] {
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            throw CommandFailure(
                "The folder of workflow definitions, \(folder), does not exist; name another (--workflows) or a file.")
        }
        return paths.filter(isCases).sorted().map { "\(folder)/\($0)" }
    }

    /// Runs the cases of a file.
    ///
    /// - Parameter agents: What definitions may name beside what the cases stand in for.
    /// - Throws: `DefinitionErrors` when the file or its definition has errors, `CommandFailure` when one of them cannot be
    ///   read.
    static func run(_ file: String, agents: Set<String>) throws -> Result {
        let cases = try WorkflowCases(yaml: try text(of: file), file: file)
        let path = Self.path(cases.workflowPath, besides: file)
        guard FileManager.default.fileExists(atPath: path) else { throw cases.noDefinition(at: path) }
        let definition = try WorkflowDefinition(
            yaml: try text(of: path), file: path, agents: agents.union(cases.stubbedNames), zones: .files())
        return Result(file: file, reports: try cases.run(definition))
    }

    /// A path that is meant from the folder of a file, as seen from where that file's own path is: relative where both are.
    static func path(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var parts: [Substring] = []
        for part in file.split(separator: "/").dropLast() + path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else if part != ".." || !file.hasPrefix("/") {
                parts.append(part)
            }
        }
        return (file.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    private static func text(of path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read; check its path and permissions.")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw CommandFailure("\(path) is not UTF-8.") }
        return text
    }
}
