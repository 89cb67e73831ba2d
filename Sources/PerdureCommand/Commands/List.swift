import ArgumentParser
import PerdureJSON
import PostgresClient
import WorkflowCore
import WorkflowStore

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List executions, the newest first.")

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("How many at most.", valueName: "number"))
    var limit = 20

    @Option(help: ArgumentHelp("Only in this status, e.g. FAILED.", valueName: "status"))
    var status: String?

    @Option(help: ArgumentHelp("Only of this workflow.", valueName: "id"))
    var workflow: String?

    @Flag(help: "Print each execution as JSON, one a line.")
    var json = false

    func run() async throws {
        let wanted = try status.map { text in
            guard let status = ExecutionStatus(rawValue: text.uppercased()) else {
                let known = ExecutionStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure("--status must be one of \(known); found '\(text)'.")
            }
            return status
        }
        guard (1...100_000).contains(limit) else { throw CommandFailure("--limit must be a number from 1 to 100000.") }
        let executions = try await Database.query(try options.settings()) { connection throws(PostgresError) in
            try await ExecutionQueries(connection).list(limit: limit, status: wanted, workflowID: workflow)
        }
        if json {
            for execution in executions { print(execution.json.jsonText) }
            return
        }
        var table = TextTable(["EXECUTION", "WORKFLOW", "STATUS", "CREATED", "TOOK", "ERROR"])
        for execution in executions {
            table.add([
                execution.id.description, "\(execution.workflowID) v\(execution.version)", execution.status.rawValue,
                String(execution.createdAt.rfc3339.prefix(19)) + "Z", execution.took,
                execution.error.map { "\($0.code.rawValue): \($0.message.prefix(60))" } ?? "",
            ])
        }
        print(table.text)
    }
}

extension ExecutionQueries.Summary {
    /// How long it took, for a person; nothing while it runs.
    var took: String {
        guard let startedAt, let completedAt else { return "" }
        return (completedAt.microsecondsSinceEpoch - startedAt.microsecondsSinceEpoch).asDuration
    }

    /// The execution for a program.
    var json: JSONValue {
        [
            "execution_id": .string(id.description), "workflow_id": .string(workflowID),
            "version": .int(Int64(version)),
            "status": .string(status.rawValue), "created_at": .string(createdAt.rfc3339),
            "started_at": startedAt.map { .string($0.rfc3339) } ?? .null,
            "completed_at": completedAt.map { .string($0.rfc3339) } ?? .null, "error": error?.json ?? .null,
        ]
    }
}
