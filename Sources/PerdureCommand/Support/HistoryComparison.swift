import PerdureJSON
import PostgresClient
import WorkflowCore
import WorkflowStore

/// A definition beside the executions of its workflow that have ended.
struct HistoryComparison {
    /// One execution.
    private struct Entry {
        let id: ExecutionID
        let version: Int
        let verdict: HistoryVerdict
    }

    /// Ids shown of a group.
    private static let idsShown = 3
    /// Characters shown of a value.
    private static let charactersShown = 200

    private let reference: WorkflowReference
    private var entries: [Entry] = []

    /// Reads the newest executions, one after another, and compares each.
    ///
    /// - Parameter kept: The definitions that executions of the workflow may have run.
    init(
        _ settings: Settings, _ definition: WorkflowDefinition, kept: [KeptDefinition], limit: Int
    ) async throws {
        reference = definition.reference
        let agents = PerdureProgram.agents.names
        let originals = Dictionary(
            kept.compactMap { kept in (try? WorkflowDefinition(kept, agents: agents)).map { (kept.reference, $0) } }
        ) { first, _ in first }
        entries = try await Database.query(settings, readOnly: true) { connection throws(PostgresError) in
            let queries = HistoryQueries(connection)
            var entries: [Entry] = []
            for id in try await queries.ended(definition.reference.id, limit: limit) {
                guard let record = try await queries.record(id) else { continue }
                let verdict = HistoryReplay.verdict(
                    on: record, under: definition, original: originals[record.workflow])
                entries.append(Entry(id: id, version: record.workflow.version, verdict: verdict))
            }
            return entries
        }
    }

    /// Whether all that could be compared would have gone the same way, and some could be if there are any.
    var hasPassed: Bool {
        let comparable = entries.filter { if case .incomparable = $0.verdict { false } else { true } }
        return comparable.allSatisfy { $0.verdict == .same } && (entries.isEmpty || !comparable.isEmpty)
    }

    // MARK: - For people

    /// What came of it, grouped by the first difference.
    var lines: [String] {
        let name = "\(reference.id) version \(reference.version)"
        guard !entries.isEmpty else {
            return ["\(name): no execution has ended yet, so there is nothing to compare with"]
        }
        let versions = Set(entries.map(\.version)).sorted().map { version in
            "\(entries.count { $0.version == version }) of version \(version)"
        }
        let count = "\(entries.count) \(entries.count == 1 ? "execution" : "executions")"
        var lines = ["\(name) beside the last \(count) (\(versions.joined(separator: ", "))):"]
        let same = entries.count { $0.verdict == .same }
        let width = "\(entries.count)".count
        func add(_ count: Int, _ text: String) { lines.append("  \("\(count)".padded(width, right: false))  \(text)") }
        if same > 0 { add(same, "would have gone the same way") }
        for (difference, group) in groups {
            add(group.count, "would have gone another way: \(difference.message)")
            lines += details(difference, group, indent: width + 4)
        }
        for (reason, group) in incomparable {
            add(group.count, "cannot be compared: \(reason)")
            lines.append(String(repeating: " ", count: width + 4) + Self.ids(group))
        }
        return lines
    }

    /// Groups in the order of their sizes, each with its first difference.
    private var groups: [(HistoryDifference, [Entry])] {
        var order: [String] = []
        var found: [String: (HistoryDifference, [Entry])] = [:]
        for entry in entries {
            guard case .differs(let differences) = entry.verdict, let first = differences.first else { continue }
            if found[first.message] == nil { order.append(first.message) }
            found[first.message, default: (first, [])].1.append(entry)
        }
        return order.compactMap { found[$0] }.sorted { $0.1.count > $1.1.count }
    }

    private var incomparable: [(String, [Entry])] {
        var order: [String] = []
        var found: [String: [Entry]] = [:]
        for entry in entries {
            guard case .incomparable(let reason) = entry.verdict else { continue }
            if found[reason] == nil { order.append(reason) }
            found[reason, default: []].append(entry)
        }
        return order.map { ($0, found[$0] ?? []) }
    }

    private func details(_ difference: HistoryDifference, _ group: [Entry], indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines = [margin + Self.ids(group)]
        if difference.recorded != nil || difference.replayed != nil {
            lines.append("\(margin)recorded: \(Self.text(difference.recorded))")
            lines.append("\(margin)now:      \(Self.text(difference.replayed))")
        }
        var further: [String] = []
        for entry in group {
            guard case .differs(let differences) = entry.verdict else { continue }
            for one in differences.dropFirst() where !further.contains(one.message) { further.append(one.message) }
        }
        for message in further.prefix(Self.idsShown) { lines.append("\(margin)then \(message)") }
        if further.count > Self.idsShown {
            lines.append("\(margin)and \(further.count - Self.idsShown) more differences")
        }
        return lines
    }

    private static func ids(_ group: [Entry]) -> String {
        let shown = group.prefix(idsShown).map(\.id.description).joined(separator: ", ")
        return group.count > idsShown ? "\(shown) and \(group.count - idsShown) more" : shown
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.jsonText else { return "nothing" }
        return text.count > charactersShown ? text.prefix(charactersShown) + "…" : text
    }

    // MARK: - For programs

    /// One object for each execution.
    var jsonLines: [String] {
        entries.map { entry in
            var object: JSONObject = [
                "workflow_id": .string(reference.id), "version": .int(Int64(reference.version)),
                "execution_id": .string(entry.id.description), "execution_version": .int(Int64(entry.version)),
            ]
            switch entry.verdict {
            case .same: object["verdict"] = "same"
            case .incomparable(let reason):
                object["verdict"] = "incomparable"
                object["reason"] = .string(reason)
            case .differs(let differences):
                object["verdict"] = "differs"
                object["differences"] = .array(differences.map(Self.json))
            }
            return JSONValue.object(object).jsonText
        }
    }

    private static func json(_ difference: HistoryDifference) -> JSONValue {
        var object: JSONObject = [
            "kind": .string(difference.kind.rawValue), "step": difference.step.map { .string($0) } ?? .null,
            "message": .string(difference.message),
        ]
        object["recorded"] = difference.recorded
        object["replayed"] = difference.replayed
        return .object(object)
    }
}
