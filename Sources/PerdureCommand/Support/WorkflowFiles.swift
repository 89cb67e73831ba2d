import Cron
import Foundation
import Logging
import WorkflowCore

/// Reads definitions from a folder. A file that cannot be used stops no other.
struct WorkflowFiles {
    /// The definitions that can be used.
    private(set) var catalog = DefinitionCatalog()
    /// What is wrong with the others.
    private(set) var errors: [DefinitionErrors] = []
    /// How many files there were.
    private(set) var fileCount = 0

    /// Reads all `*.yaml` and `*.yml` files of a folder, by name, but for files of cases.
    ///
    /// - Throws: `CommandFailure` when there is no such folder.
    init(folder: String, agents: Set<String>) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw CommandFailure(
                "The folder of workflow definitions, \(folder), does not exist; create it or name another (--workflows)."
            )
        }
        for name in names.sorted() where Self.isDefinition(name) {
            read("\(folder)/\(name)", agents: agents)
        }
        // What steps run as children has to be in the folder too.
        errors += catalog.removeUnusable()
    }

    /// Reads the folder that the settings name; the sample that this program carries where there is no folder and none was
    /// asked for.
    ///
    /// - Throws: `CommandFailure` when the folder that was asked for does not exist.
    init(_ settings: Settings) throws {
        let agents = PerdureProgram.agents.names
        let folder = settings[.workflowsDirectory]
        if settings.isSet(.workflowsDirectory) || FileManager.default.fileExists(atPath: folder) {
            try self.init(folder: folder, agents: agents)
        } else {
            self.init(sampleWithAgents: agents)
        }
    }

    /// The definitions that can be used, and of files with errors what they held when they were last read.
    func catalog(fallingBackTo last: DefinitionCatalog) -> DefinitionCatalog {
        let broken = Set(errors.flatMap(\.errors).map(\.file))
        var all = catalog
        for definition in last.all where broken.contains(definition.file) { all.add(definition) }
        return all
    }

    /// Tells of the files that cannot be used, and of definitions that should not be used any more.
    func report(to logger: Logger) {
        for error in errors.flatMap(\.errors) { logger.error("a definition cannot be used: \(error.summary)") }
        for definition in catalog.all {
            guard let advice = definition.deprecation else { continue }
            let name = "'\(definition.reference.id)' version \(definition.reference.version)"
            logger.warning("the workflow \(name) is deprecated\(advice.isEmpty ? "" : ": \(advice)")")
        }
    }

    private init(sampleWithAgents agents: Set<String>) {
        add(
            yaml: String(decoding: PackageResources.document_analysis_yaml, as: UTF8.self),
            file: "document_analysis.yaml", agents)
    }

    /// Whether a file of this name holds a definition.
    static func isDefinition(_ name: String) -> Bool {
        (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !CaseFiles.isCases(name)
    }

    /// Reads these files.
    init(files: [String], agents: Set<String>) {
        for file in files { read(file, agents: agents) }
    }

    private mutating func read(_ path: String, agents: Set<String>) {
        guard let data = FileManager.default.contents(atPath: path) else {
            note(path, "The file cannot be read; check its path and permissions.")
            return
        }
        guard let text = String(data: data, encoding: .utf8) else {
            note(path, "The file is not UTF-8.")
            return
        }
        add(yaml: text, file: path, agents)
    }

    private mutating func add(yaml: String, file: String, _ agents: Set<String>) {
        fileCount += 1
        do {
            let definition = try WorkflowDefinition(yaml: yaml, file: file, agents: agents, zones: .files())
            if !catalog.add(definition) {
                let reference = definition.reference
                note(
                    file,
                    "The workflow '\(reference.id)' version \(reference.version) is defined twice; give one a higher version."
                )
            }
        } catch {
            errors.append(error)
        }
    }

    private mutating func note(_ file: String, _ message: String) {
        errors.append(
            DefinitionErrors(errors: [
                DefinitionError(file: file, line: 1, column: 1, key: "", message: message, sourceLine: "")
            ]))
    }
}
