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
        errors += catalog.removeUnusable(besides: errors)
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

    /// Reads these files. What their steps run as children may be among them or in their folders.
    init(files: [String], agents: Set<String>) {
        for file in files { read(file, agents: agents) }
        guard catalog.all.contains(where: { !$0.children.isEmpty }) else { return }
        let neighbours = WorkflowFiles(besides: files, agents: agents)
        // What is defined here and there counts as it is here.
        var all = catalog
        for definition in neighbours.catalog.all { all.add(definition) }
        let given = Set(files)
        errors += all.removeUnusable(besides: errors + neighbours.errors).filter { errors in
            errors.errors.contains { given.contains($0.file) }
        }
        catalog = DefinitionCatalog(catalog.all.filter { all.definition($0.reference) != nil })
    }

    /// Reads the other definitions in the folders of these files.
    init(besides files: [String], agents: Set<String>) {
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        var seen = Set(files.map(resolved))
        for file in files {
            let folder = (file as NSString).deletingLastPathComponent
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
            for name in (names ?? []).sorted() where Self.isDefinition(name) {
                let path = (folder as NSString).appendingPathComponent(name)
                if seen.insert(resolved(path)).inserted { read(path, agents: agents) }
            }
        }
    }

    private mutating func read(_ path: String, agents: Set<String>) {
        guard !CaseFiles.isCases(path) else {
            note(path, "This is a file of cases; run it with `perdure test \(path)`.")
            return
        }
        do throws(DefinitionErrors) {
            add(yaml: try DefinitionFile.text(path), file: path, agents)
        } catch {
            errors.append(error)
        }
    }

    private mutating func add(yaml: String, file: String, _ agents: Set<String>) {
        fileCount += 1
        do {
            let definition = try WorkflowDefinition(yaml: yaml, file: file, agents: agents, zones: .files())
            guard !catalog.add(definition) else { return }
            let reference = definition.reference
            if let other = catalog.definition(reference.id, version: reference.version) {
                errors.append(
                    DefinitionErrors(errors: [definition.versionError(besides: other)], workflowID: reference.id))
            }
        } catch {
            errors.append(error)
        }
    }

    private mutating func note(_ file: String, _ message: String) {
        errors.append(
            DefinitionErrors(errors: [DefinitionError(file: file, message: message)]))
    }
}
