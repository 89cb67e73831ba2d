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
    /// - Throws: `DefinitionErrors` when the file or its definition has errors or cannot be read.
    static func run(_ file: String, agents: Set<String>) throws -> Result {
        let cases = try WorkflowCases(yaml: try DefinitionFile.text(file), file: file)
        let path = Self.path(cases.workflowPath, besides: file)
        guard FileManager.default.fileExists(atPath: path) else { throw cases.noDefinition(at: path) }
        let known = agents.union(cases.stubbedNames)
        let definition = try WorkflowDefinition(
            yaml: try DefinitionFile.text(path), file: path, agents: known, zones: .files())
        if let errors = circle(through: definition, agents: known) { throw errors }
        return Result(file: file, reports: try cases.run(definition))
    }

    /// Why a definition would run itself without end, by way of the others in its folder. Children that are not there are no
    /// matter here, since stubs stand in for them.
    private static func circle(through definition: WorkflowDefinition, agents: Set<String>) -> DefinitionErrors? {
        guard !definition.children.isEmpty else { return nil }
        var all = DefinitionCatalog([definition])
        for other in WorkflowFiles(besides: [definition.file], agents: agents).catalog.all { all.add(other) }
        return all.circle(through: definition)
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
}
