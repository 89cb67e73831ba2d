import ArgumentParser
import Foundation
import WorkflowCore

extension Workflows {
    struct ShowDefinition: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one definition, of a file or of the database.")

        @OptionGroup var options: SettingsOptions

        @Argument(help: "The workflow's id.")
        var workflow: String

        @Option(help: ArgumentHelp("The version; the newest unless given.", valueName: "number"))
        var version: Int?

        @Flag(help: "What the database has kept of it, whatever the files say.")
        var stored = false

        @Option(
            help: ArgumentHelp(
                "Print the graph of the steps instead: text for a terminal, mermaid or dot for a picture.",
                valueName: "text|mermaid|dot"))
        var graph: String?

        func run() async throws {
            let settings = try options.settings()
            let (definition, keptAt) = try await find(settings)
            if let graph {
                guard let format = WorkflowDiagram.Format(rawValue: graph) else {
                    let formats = WorkflowDiagram.Format.allCases.map(\.rawValue).joined(separator: ", ")
                    throw CommandFailure("There is no form '\(graph)' (--graph); write one of \(formats).")
                }
                print(WorkflowDiagram(definition).drawn(as: format), terminator: "")
                return
            }
            let since = keptAt.map { "  stored since \($0.rfc3339.prefix(19))Z" } ?? ""
            print(
                "# \(definition.reference.id) version \(definition.reference.version)  \(definition.reference.contentHash)\(since)"
            )
            if let schedule = definition.schedule {
                let next = definition.nextTick.map { "next \($0)" } ?? "never again"
                print("#   schedule: \(schedule.cron) in \(schedule.timeZone), \(next)")
            }
            for (index, step) in definition.steps.enumerated() {
                let needs = step.needs.map { definition.steps[$0].name }.joined(separator: ", ")
                print(
                    "#   \(index + 1). \(step.name) (\(step.agent.map { "agent \($0)" } ?? step.work.key))"
                        + (needs.isEmpty ? "" : " after \(needs)"))
            }
            print(definition.source, terminator: definition.source.hasSuffix("\n") ? "" : "\n")
        }

        /// The definition that was asked for: of the files, else what the database has kept last under the version.
        private func find(_ settings: Settings) async throws -> (WorkflowDefinition, Timestamp?) {
            let files = try WorkflowFiles(settings).catalog
            if !stored, let wanted = version ?? files.versions(of: workflow).last,
                let definition = files.definition(workflow, version: wanted)
            {
                return (definition, nil)
            }
            var kept: [KeptDefinition] = []
            if stored || settings.isSet(.databaseURL) {
                kept = try await Database.keptDefinitions(settings, of: workflow)
            }
            guard let found = kept.last(where: { $0.reference.version == version ?? $0.reference.version }) else {
                throw CommandFailure("There is no such definition; see `perdure workflows list`.")
            }
            do {
                return (
                    try WorkflowDefinition(found, agents: PerdureProgram.agents.names, zones: .files()), found.keptAt
                )
            } catch {
                // Its text can be of use all the same, on the way to a definition that can be run.
                print(found.source, terminator: found.source.hasSuffix("\n") ? "" : "\n")
                throw CommandFailure(error.summary)
            }
        }
    }
}
