import ArgumentParser
import PerdureJSON
import PostgresClient
import WorkflowCore
import WorkflowStore

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show one execution: its steps as a timeline, its output or error.")

    /// Columns of the timeline's bar.
    private static let barWidth = 32

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The execution's id.")
    var execution: String

    @Flag(help: "Print JSON, with inputs and outputs.")
    var json = false

    func run() async throws {
        let id = try ShowArgument.id(execution)
        let found = try await Database.query(try options.settings()) { connection throws(PostgresError) in
            let queries = ExecutionQueries(connection)
            return (details: try await queries.show(id), turn: try await queries.turn(of: id))
        }
        guard let details = found.details else {
            throw CommandFailure("There is no execution \(id); see `perdure list`.")
        }
        print(json ? details.json(turn: found.turn).jsonText : Self.page(details, found.turn))
    }

    private static func page(_ details: ExecutionQueries.Details, _ turn: ExecutionQueries.Turn?) -> String {
        let summary = details.summary
        var lines = [
            "\(summary.workflowID) v\(summary.version)  \(summary.id)  \(summary.status.rawValue)",
            "accepted \(summary.createdAt.rfc3339)" + (summary.took.isEmpty ? "" : ", took \(summary.took)")
                + ", \(details.eventCount) events",
        ]
        if let owner = details.owner { lines.append("owned by \(owner)") }
        if let parent = details.parent {
            lines.append("started by \(parent.workflowID)  \(parent.id)  step \(parent.stepName)")
        }
        if let turn, summary.status == .pending { lines.append(turn.explanation) }
        lines += ["", timeline(details)]
        if !details.children.isEmpty { lines += ["", children(details)] }
        for step in details.steps {
            if let error = step.error { lines.append("\n\(step.name): \(error.code.rawValue): \(error.message)") }
        }
        if let error = summary.error, !details.steps.contains(where: { $0.error == error }) {
            lines.append("\nerror: \(error.code.rawValue): \(error.message)")
        }
        if let output = details.output { lines.append("\noutput: \(output.jsonText)") }
        return lines.joined(separator: "\n")
    }

    private static func children(_ details: ExecutionQueries.Details) -> String {
        var table = TextTable(["STEP", "ATTEMPT", "CHILD", "STATUS", "EXECUTION"])
        for child in details.children {
            table.add([child.stepName, "\(child.attempt)", child.workflowID, child.status, child.id.description])
        }
        return table.text
    }

    private static func timeline(_ details: ExecutionQueries.Details) -> String {
        let start = details.summary.startedAt ?? details.summary.createdAt
        let now = SystemEnvironment.now()
        let end = details.summary.completedAt ?? now
        let total = max(1, end.microsecondsSinceEpoch - start.microsecondsSinceEpoch)
        var table = TextTable(["#", "STEP", "STATUS", "RETRIES", "START", "TOOK", "TIMELINE"])
        for step in details.steps {
            guard let from = step.startedAt else {
                table.add(["\(step.order)", step.name, step.status, "\(step.retryCount)", "", "", ""])
                continue
            }
            let offset = max(0, from.microsecondsSinceEpoch - start.microsecondsSinceEpoch)
            let duration = max(0, (step.completedAt ?? now).microsecondsSinceEpoch - from.microsecondsSinceEpoch)
            let lead = min(barWidth - 1, Int(offset * Int64(barWidth) / total))
            let length = max(1, min(barWidth - lead, Int(duration * Int64(barWidth) / total)))
            table.add([
                "\(step.order)", step.name, step.status, "\(step.retryCount)", "+\(offset.asDuration)",
                duration.asDuration,
                String(repeating: " ", count: lead) + String(repeating: "█", count: length),
            ])
        }
        return table.text
    }
}

extension ExecutionQueries.Details {
    /// The execution for a program.
    func json(turn: ExecutionQueries.Turn?) -> JSONValue {
        guard case .object(var object) = summary.json else { return .null }
        object["input"] = input
        object["output"] = output ?? .null
        object["event_count"] = .int(eventCount)
        object["concurrency"] = turn?.json ?? .null
        object["owner"] = owner.map { .string($0) } ?? .null
        object["parent"] = parent?.json ?? .null
        object["children"] = .array(children.map(\.json))
        object["steps"] = .array(
            steps.map { step in
                [
                    "step_order": .int(Int64(step.order)), "step_name": .string(step.name),
                    "status": .string(step.status),
                    "retry_count": .int(Int64(step.retryCount)),
                    "started_at": step.startedAt.map { .string($0.rfc3339) } ?? .null,
                    "completed_at": step.completedAt.map { .string($0.rfc3339) } ?? .null, "input": step.input ?? .null,
                    "output": step.output ?? .null, "error": step.error?.json ?? .null,
                ]
            })
        return .object(object)
    }
}

extension ExecutionQueries.Relative {
    /// The parent or child for a program.
    fileprivate var json: JSONValue {
        [
            "execution_id": .string(id.description), "workflow_id": .string(workflowID), "status": .string(status),
            "step_name": .string(stepName), "attempt": .int(Int64(attempt)),
        ]
    }
}
