import FoundationEssentials
import PerdureJSON
import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// Puts control messages into the inbox.
    public func submit(
        _ controls: [ControlRequest], publisher: String
    ) async throws(JournalError) -> [ControlReceipt] {
        let results = try await run(
            [
                PostgresCall(
                    ControlStatement.submit,
                    [
                        .text(publisher), .textArray(controls.map(\.messageKey)),
                        .uuidArray(controls.map(\.executionID.uuid)), .textArray(controls.map(\.action.name)),
                        .jsonbArray(controls.map { JSONValue.object($0.action.parameters).jsonBytes }),
                        .textArray(controls.map(\.replyAddress?.replyTo)),
                        .textArray(controls.map(\.replyAddress?.correlationID)),
                    ])
            ], on: self.controls)
        return try Self.decode { () throws(PostgresError) in
            var receipts: [Int64: ControlReceipt] = [:]
            for row in results[0] {
                let place = try row.int64("place")
                guard controls.indices.contains(Int(place) - 1) else { continue }
                receipts[place] = try Self.receipt(
                    try row.text("verdict"), try row.optionalText("detail"), of: controls[Int(place) - 1])
            }
            return try controls.indices.map { index throws(PostgresError) in
                guard let receipt = receipts[Int64(index) + 1] else {
                    throw PostgresError(code: .decoding, message: "a control message was not answered for")
                }
                return receipt
            }
        }
    }

    private static func receipt(
        _ verdict: String, _ detail: String?, of control: ControlRequest
    ) throws(PostgresError) -> ControlReceipt {
        switch verdict {
        case "KEPT":
            return .kept(owner: detail)
        case "SETTLED":
            if let detail, let json = try? JSONValue(parsing: Array(detail.utf8)),
                let outcome = ControlOutcome(json: json)
            {
                return .settled(outcome)
            }
        case "CONFLICT":
            return .refused(.controlConflict(detail.flatMap { ExecutionID($0) } ?? control.executionID))
        case "UNKNOWN":
            return .refused(.unknownExecution(control.executionID))
        case "ENDED":
            if let status = detail.flatMap({ ExecutionStatus(rawValue: $0) }) {
                return .refused(.ended(control.executionID, as: status))
            }
        default: break
        }
        throw PostgresError(code: .decoding, message: "the verdict \(verdict) \(detail ?? "") is not known")
    }

    /// The control messages that wait for executions.
    public func openControls(
        of executions: [ExecutionID], limit: Int, byteLimit: Int, for writer: WriterID
    ) async throws(JournalError) -> [StoredControl] {
        let results = try await run(
            [
                PostgresCall(
                    ControlStatement.open,
                    [
                        .uuidArray(executions.map(\.uuid)), .int64(Int64(limit)), .int64(Int64(byteLimit)),
                        .text(ControlAction.childEndedName),
                    ])
            ], on: commits(of: writer))
        return try Self.decode { () throws(PostgresError) in
            var found: [StoredControl] = []
            for row in results[0] { found.append(try Self.control(row, child: try Self.childResult(row))) }
            return found
        }
    }

    private static func childResult(_ row: PostgresRow) throws(PostgresError) -> ExecutionResult? {
        guard let status = try row.optionalText("child_status").flatMap({ ExecutionStatus(rawValue: $0) }) else {
            return nil
        }
        return ExecutionResult(
            id: ExecutionID(try row.uuid("child_id")), status: status,
            output: try row.optionalValue("child_output"),
            error: try row.optionalValue("child_error").flatMap { WorkflowError(json: $0) })
    }

    /// Refuses what came too late, or drops it where nobody has to be told, then gives everything that nobody else will tell.
    public func unansweredControls(limit: Int) async throws(JournalError) -> [SettledControl] {
        let prefix = PostgresValue.text(InternalControl.keyPrefix)
        let late = try await run(
            [
                PostgresCall(ControlStatement.forgetLate, [prefix]),
                PostgresCall(ControlStatement.late, [.int64(Int64(limit)), prefix]),
            ], on: controls)[1]
        if !late.isEmpty {
            let refusals = try Self.decode { () throws(PostgresError) in
                var refusals: [(id: Int64, outcome: [UInt8])] = []
                for row in late {
                    let control = try Self.control(row)
                    let status = try row.optionalText("status").flatMap { ExecutionStatus(rawValue: $0) }
                    let outcome = ControlOutcome(
                        status.map { .ended(control.executionID, as: $0) } ?? .unknownExecution(control.executionID))
                    refusals.append((control.id.rawValue, outcome.json.jsonBytes))
                }
                return refusals
            }
            let ids = refusals.map(\.id)
            _ = try await run(
                [
                    PostgresCall(ControlStatement.lock, [.int64Array(ids)]),
                    PostgresCall(
                        ControlStatement.refuseLate, [.int64Array(ids), .jsonbArray(refusals.map(\.outcome))]),
                ], on: controls)
        }
        let results = try await run(
            [PostgresCall(ControlStatement.unanswered, [.int64(Int64(limit))])], on: controls)
        return try Self.decode { () throws(PostgresError) in
            var settled: [SettledControl] = []
            for row in results[0] {
                guard let outcome = ControlOutcome(json: try row.value("outcome")) else {
                    throw PostgresError(code: .decoding, message: "the outcome of a control message cannot be read")
                }
                settled.append(
                    SettledControl(
                        control: try Self.control(row), outcome: outcome, callers: try Self.controlCallers(row)))
            }
            return settled
        }
    }

    /// Records that senders have been told.
    public func recordAnswered(_ settled: [ControlID]) async throws(JournalError) {
        let ids = PostgresValue.int64Array(settled.map(\.rawValue))
        _ = try await run(
            [
                PostgresCall(ControlStatement.lock, [ids]), PostgresCall(ControlStatement.forgetRefused, [ids]),
                PostgresCall(ControlStatement.recordAnswered, [ids]),
            ], on: controls)
    }

    /// Hints, by way of the notifications of the database.
    public var controlHints: AsyncStream<ControlHint> { hints.stream }

    private static func control(
        _ row: PostgresRow, child: ExecutionResult? = nil
    ) throws(PostgresError) -> StoredControl {
        StoredControl(
            id: ControlID(rawValue: try row.int64("control_id")), messageKey: try row.text("message_key"),
            executionID: ExecutionID(try row.uuid("execution_id")), actionName: try row.text("action"),
            parameters: try row.value("parameters"), childResult: child)
    }

    /// Who is to be told, in a row of the inbox.
    static func controlCallers(_ row: PostgresRow) throws(PostgresError) -> [ReplyAddress] {
        (try row.value("callers").arrayValue ?? []).compactMap { caller in
            caller["reply_to"]?.stringValue.map {
                ReplyAddress(replyTo: $0, correlationID: caller["correlation_id"]?.stringValue)
            }
        }
    }
}
