import ArgumentParser
import Foundation
import PerdureJSON
import WorkflowCore

extension Workflows {
    struct ListDefinitions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the definitions of the folder, and those that the database has kept.",
            discussion: "The database is asked when one is given (DATABASE_URL, or a `perdure dev` that runs here)."
        )

        @OptionGroup var options: SettingsOptions

        @Flag(help: "Print each definition as JSON, one a line.")
        var json = false

        func run() async throws {
            let settings = try options.settings()
            let files = try WorkflowFiles(settings)
            let kept = await keptDefinitions(settings)
            // Schedules are those of newest versions.
            let newest = Set(files.catalog.newest.map(\.reference))
            var rows = files.catalog.all.map { Row($0, kept, isNewest: newest.contains($0.reference)) }
            for definition in kept where !rows.contains(where: { $0.isStored && $0.reference == definition.reference })
            {
                let same = rows.firstIndex { $0.isStored && $0.isVersion(of: definition.reference) }
                if let same, let file = rows[same].definition, !definition.differs(from: file) { continue }
                rows.append(Row(definition))
            }
            rows.sort {
                ($0.reference.id, $0.reference.version, $0.keptAt ?? .distantFuture)
                    < ($1.reference.id, $1.reference.version, $1.keptAt ?? .distantFuture)
            }
            if json {
                for row in rows { print(row.json.jsonText) }
            } else {
                var table = TextTable(["WORKFLOW", "VERSION", "STEPS", "HASH", "FROM", "NEXT TICK"])
                for row in rows { table.add(row.cells) }
                print(table.text)
            }
            for error in files.errors { complain(error.summary) }
        }

        /// What the database has kept. Files can be listed without one, so what goes wrong is told and no more.
        private func keptDefinitions(_ settings: Settings) async -> [KeptDefinition] {
            guard settings.isSet(.databaseURL) else { return [] }
            do {
                return try await Database.keptDefinitions(settings)
            } catch {
                complain("What the database has kept is not shown: \(CommandFailure.readable(error))")
                return []
            }
        }

        private func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
    }

    /// One line of the list.
    private struct Row {
        let reference: WorkflowReference
        let definition: WorkflowDefinition?
        let isFile: Bool
        let isStored: Bool
        /// Whether the version is stored with other content, so that coordinators refuse the file.
        let isRefused: Bool
        let keptAt: Timestamp?
        let nextTick: String?

        /// A definition of a file.
        init(_ definition: WorkflowDefinition, _ kept: [KeptDefinition], isNewest: Bool) {
            let versions = kept.filter {
                $0.reference.id == definition.reference.id && $0.reference.version == definition.reference.version
            }
            let same = versions.last { !$0.differs(from: definition) }
            reference = same?.reference ?? definition.reference
            self.definition = definition
            isFile = true
            isStored = same != nil
            isRefused = same == nil && !versions.isEmpty
            keptAt = same?.keptAt
            nextTick = isNewest ? definition.nextTick : nil
        }

        /// A definition that is in no file.
        init(_ kept: KeptDefinition) {
            reference = kept.reference
            definition = try? WorkflowDefinition(kept, agents: PerdureProgram.agents.names)
            isFile = false
            isStored = true
            isRefused = false
            keptAt = kept.keptAt
            nextTick = nil
        }

        func isVersion(of other: WorkflowReference) -> Bool {
            reference.id == other.id && reference.version == other.version
        }

        var cells: [String] {
            let steps = definition.map { $0.steps.map(\.name).joined(separator: ", ") } ?? "cannot be run here"
            let from =
                [isFile ? "file" : nil, isStored ? "stored" : nil, isRefused ? "other content is stored" : nil]
                .compactMap { $0 }
            return [
                reference.id, "\(reference.version)", steps, String(reference.contentHash.prefix(12)),
                from.joined(separator: ", "), nextTick ?? "",
            ]
        }

        var json: JSONValue {
            var object: JSONObject = [
                "workflow_id": .string(reference.id), "version": .int(Int64(reference.version)),
                "steps": definition.map { .array($0.steps.map { .string($0.name) }) } ?? .null,
                "content_hash": .string(reference.contentHash),
                "file": isFile ? definition.map { .string($0.file) } ?? .null : .null,
                "stored_at": keptAt.map { .string($0.rfc3339) } ?? .null, "refused": .bool(isRefused),
            ]
            if let nextTick { object["next_tick_at"] = .string(nextTick) }
            return .object(object)
        }
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(microsecondsSinceEpoch: .max)
}
