import ArgumentParser
import Foundation
import WorkflowCore

extension Workflows {
    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check definitions; every error with its file, line and column.",
            discussion: """
                With --against-history, the newest version of each workflow is also run over what happened to executions that have \
                ended, with the answers, signals and times that were recorded. Nothing is called and nothing is written. Exit \
                status 0 only when they would have gone the same way.
                """
        )

        @OptionGroup var options: SettingsOptions

        @Argument(help: "Files to check; all of the folder unless given.")
        var files: [String] = []

        @Flag(help: "Compare with executions that have ended, out of the database.")
        var againstHistory = false

        @Option(
            help: ArgumentHelp("Compare with so many executions of each workflow, the newest.", valueName: "number"))
        var limit = 100

        @Option(help: ArgumentHelp("Compare this workflow alone.", valueName: "id"))
        var workflow: String?

        @Flag(help: "Print each comparison as JSON, one a line.")
        var json = false

        func run() async throws {
            guard (1...100_000).contains(limit) else {
                throw CommandFailure("--limit must be a number from 1 to 100000.")
            }
            let read =
                files.isEmpty
                ? try WorkflowFiles(try options.settings())
                : WorkflowFiles(files: files, agents: PerdureProgram.agents.names)
            for error in read.errors.flatMap(\.errors) { complain("\(error)") }
            let definitions = read.catalog.all
            if !json {
                for definition in definitions {
                    print(
                        "\(definition.reference.id) version \(definition.reference.version): valid, \(definition.steps.count) steps"
                    )
                }
            }
            guard read.fileCount > 0 || !read.errors.isEmpty else {
                throw CommandFailure("There is no definition to check.")
            }
            var hasPassed = read.errors.isEmpty
            if againstHistory { hasPassed = try await compare(read.catalog) && hasPassed }
            if !hasPassed { throw ExitCode.failure }
        }

        /// - Returns: Whether everything would have gone the same way, under versions that may be used.
        private func compare(_ catalog: DefinitionCatalog) async throws -> Bool {
            let settings = try options.settings()
            let newest = catalog.all.filter { definition in
                let id = definition.reference.id
                return workflow.map { $0 == id } ?? true
                    && catalog.versions(of: id).last == definition.reference.version
            }
            if let workflow, newest.isEmpty {
                throw CommandFailure("No definition of '\(workflow)' was read; see `perdure workflows list`.")
            }
            var hasPassed = true
            for definition in newest {
                let kept = try await Database.keptDefinitions(settings, of: definition.reference.id)
                if let error = Self.versionError(definition, kept) {
                    complain("\(error)")
                    hasPassed = false
                }
                let comparison = try await HistoryComparison(settings, definition, kept: kept, limit: limit)
                for line in json ? comparison.jsonLines : comparison.lines { print(line) }
                hasPassed = hasPassed && comparison.hasPassed
            }
            return hasPassed
        }

        private static func versionError(
            _ definition: WorkflowDefinition, _ kept: [KeptDefinition]
        ) -> DefinitionError? {
            let same = kept.filter { $0.reference.version == definition.reference.version }
            guard let newest = same.last, same.allSatisfy({ $0.differs(from: definition) }) else { return nil }
            let version = kept.map(\.reference.version).max() ?? definition.reference.version
            return definition.versionError(against: newest, newestVersion: version)
        }

        private func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
    }
}
