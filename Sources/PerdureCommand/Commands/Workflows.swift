import ArgumentParser
import Foundation
import PerdureJSON
import WorkflowCore

struct Workflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, check and show workflow definitions.",
        subcommands: [ListDefinitions.self, Validate.self, ShowDefinition.self], defaultSubcommand: ListDefinitions.self
    )

    struct ListDefinitions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the definitions of the folder.")

        @OptionGroup var options: SettingsOptions

        @Flag(help: "Print each definition as JSON, one a line.")
        var json = false

        func run() async throws {
            let files = try WorkflowFiles(try options.settings())
            var table = TextTable(["WORKFLOW", "VERSION", "STEPS", "HASH", "NEXT TICK"])
            let newest = Set(files.catalog.newest.map(\.reference))
            for definition in files.catalog.all {
                let reference = definition.reference
                // Schedules are those of newest versions.
                let tick = newest.contains(reference) ? definition.nextTick : nil
                if json {
                    var object: JSONObject = [
                        "workflow_id": .string(reference.id), "version": .int(Int64(reference.version)),
                        "steps": .array(definition.steps.map { .string($0.name) }),
                        "content_hash": .string(reference.contentHash),
                    ]
                    if let tick { object["next_tick_at"] = .string(tick) }
                    print(JSONValue.object(object).jsonText)
                }
                let steps = definition.steps.map(\.name).joined(separator: ", ")
                table.add([
                    reference.id, "\(reference.version)", steps, String(reference.contentHash.prefix(12)), tick ?? "",
                ])
            }
            if !json { print(table.text) }
            for error in files.errors { FileHandle.standardError.write(Data((error.summary + "\n").utf8)) }
        }
    }

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check definitions; every error with its file, line and column."
        )

        @OptionGroup var options: SettingsOptions

        @Argument(help: "Files to check; all of the folder unless given.")
        var files: [String] = []

        func run() async throws {
            let read =
                files.isEmpty
                ? try WorkflowFiles(try options.settings())
                : WorkflowFiles(files: files, agents: PerdureProgram.agents.names)
            for error in read.errors.flatMap(\.errors) { FileHandle.standardError.write(Data("\(error)\n".utf8)) }
            for definition in read.catalog.all {
                print(
                    "\(definition.reference.id) version \(definition.reference.version): valid, \(definition.steps.count) steps"
                )
            }
            if !read.errors.isEmpty { throw ExitCode.failure }
            guard read.fileCount > 0 else { throw CommandFailure("There is no definition to check.") }
        }
    }

    struct ShowDefinition: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one definition.")

        @OptionGroup var options: SettingsOptions

        @Argument(help: "The workflow's id.")
        var workflow: String

        @Option(help: ArgumentHelp("The version; the newest unless given.", valueName: "number"))
        var version: Int?

        @Option(
            help: ArgumentHelp(
                "Print the graph of the steps instead: text for a terminal, mermaid or dot for a picture.",
                valueName: "text|mermaid|dot"))
        var graph: String?

        func run() async throws {
            let all = try WorkflowFiles(try options.settings()).catalog.all.filter { $0.reference.id == workflow }
            guard let definition = version.map({ wanted in all.first { $0.reference.version == wanted } }) ?? all.last
            else {
                throw CommandFailure("There is no such definition; see `perdure workflows list`.")
            }
            if let graph {
                guard let format = WorkflowDiagram.Format(rawValue: graph) else {
                    let formats = WorkflowDiagram.Format.allCases.map(\.rawValue).joined(separator: ", ")
                    throw CommandFailure("There is no form '\(graph)' (--graph); write one of \(formats).")
                }
                print(WorkflowDiagram(definition).drawn(as: format), terminator: "")
                return
            }
            print(
                "# \(definition.reference.id) version \(definition.reference.version)  \(definition.reference.contentHash)"
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
    }
}

extension WorkflowDefinition {
    /// When it is started by the clock next, in UTC.
    fileprivate var nextTick: String? {
        schedule?.nextTick(after: SystemEnvironment.runtime.now()).map(WorkflowSchedule.text)
    }
}
