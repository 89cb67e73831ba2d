import FoundationEssentials
import PerdureJSON
import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// What is known of requests with these keys, and of executions with these ids: one index probe each.
    public func findAccepted(
        keys: [String], ids: [ExecutionID], for writer: WriterID
    ) async throws(JournalError) -> [AcceptedExecution] {
        let results = try await run(
            [PostgresCall(JournalStatement.findAccepted, [.textArray(keys), .uuidArray(ids.map(\.uuid))])],
            on: commits(of: writer)
        )
        return try Self.decode { () throws(PostgresError) in
            var found: [AcceptedExecution] = []
            for row in results[0] {
                found.append(
                    AcceptedExecution(
                        id: ExecutionID(try row.uuid("id")), idempotencyKey: try row.text("idempotency_key"),
                        workflowID: try row.text("workflow_id"), input: try row.value("input_payload"),
                        result: try Self.result(row), replyAddress: try Self.address(row)
                    ))
            }
            return found
        }
    }

    /// Remembers one more caller, or gives the result when there is one already.
    public func attach(_ caller: ReplyAddress, to execution: ExecutionID) async throws(JournalError) -> ExecutionResult?
    {
        let results = try await run(
            [
                PostgresCall(
                    JournalStatement.attachCaller,
                    [.uuid(execution.uuid), .text(caller.replyTo), .text(caller.correlationID ?? "")]),
                PostgresCall(JournalStatement.result, [.uuid(execution.uuid)]),
            ], on: firstCommits
        )
        return try Self.decode { () throws(PostgresError) in
            try results[1].first.flatMap { row throws(PostgresError) in try Self.result(row) }
        }
    }

    /// The result in a row of `executions`, or nil while there is none.
    static func result(_ row: PostgresRow) throws(PostgresError) -> ExecutionResult? {
        guard let status = ExecutionStatus(rawValue: try row.text("status")) else { return nil }
        return ExecutionResult(
            id: ExecutionID(try row.uuid("id")), status: status, output: try row.optionalValue("output_payload"),
            error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) }
        )
    }
}

extension PostgresRow {
    /// The JSON in a column.
    func value(_ column: String) throws(PostgresError) -> JSONValue {
        try Self.parse(try json(column), column)
    }

    /// The JSON in a column, or nil for NULL.
    func optionalValue(_ column: String) throws(PostgresError) -> JSONValue? {
        guard let bytes = try optionalJSON(column) else { return nil }
        return try Self.parse(bytes, column)
    }

    private static func parse(_ bytes: [UInt8], _ column: String) throws(PostgresError) -> JSONValue {
        do throws(JSONError) {
            // The database checked it; only what this process cannot represent is refused.
            return try JSONValue(
                parsing: bytes,
                limits: JSONLimits(
                    maximumDepth: JSONLimits.highestMaximumDepth, maximumByteCount: .max, allowsNUL: true)
            )
        } catch {
            throw PostgresError(code: .decoding, message: "the JSON in the column \(column) cannot be read: \(error)")
        }
    }
}
