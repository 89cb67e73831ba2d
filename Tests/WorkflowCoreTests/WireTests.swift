import PerdureJSON
import Testing

@testable import WorkflowCore

/// The bodies that subscribers and callers receive, as the contract shows them.
@Suite struct WireTests {
    private func event(
        _ type: EventType, sequence: Int64 = 5, traceparent: String? = "tp", payload: String = "{\"a\":1}"
    ) -> CloudEvent {
        CloudEvent(
            executionID: someID, workflowID: "document_analysis", traceparent: traceparent,
            event: JournalEvent(sequence: sequence, type: type, timestamp: noon, payload: Array(payload.utf8)))
    }

    @Test func aCloudEventHasTheContractsShape() throws {
        let event = event(
            .stepCompleted, payload: #"{"event_type":"STEP_COMPLETED","sequence":5,"output":{"x":[1,"é"]}}"#)
        let id = someID.description
        #expect(
            try JSONValue(parsing: event.body) == [
                "specversion": "1.0", "id": .string("\(id)/5"), "source": "/perdure/document_analysis",
                "type": "perdure.step.completed", "subject": .string(id), "time": "2026-11-22T16:00:00.000000Z",
                "datacontenttype": "application/json", "sequence": "0000000005", "traceparent": "tp",
                "data": ["event_type": "STEP_COMPLETED", "sequence": 5, "output": ["x": [1, "é"]]],
            ])
        #expect(event.id == "\(id)/5" && CloudEvent.contentType == "application/cloudevents+json")
    }

    @Test func withoutATraceThereIsNone() throws {
        let body = try JSONValue(parsing: event(.executionStarted, traceparent: nil).body)
        #expect(body.objectValue?.contains(key: "traceparent") == false)
        #expect(body.objectValue?.keys.last == "data")
    }

    @Test(arguments: [
        (1, "0000000001"), (9_999_999_999, "9999999999"), (10_000_000_000, "10000000000"),
        (Int64.max, "9223372036854775807"),
    ])
    func sequencesAreTenDigits(_ sequence: Int64, text: String) throws {
        #expect(try JSONValue(parsing: event(.stepStarted, sequence: sequence).body)["sequence"]?.stringValue == text)
    }

    @Test func everyTypeHasItsKey() {
        #expect(
            EventType.all.map { event($0).routingKey } == [
                "document_analysis.execution.queued",
                "document_analysis.execution.started", "document_analysis.step.started",
                "document_analysis.agent.invoked",
                "document_analysis.agent.response", "document_analysis.step.completed", "document_analysis.step.failed",
                "document_analysis.step.retry_scheduled",
                "document_analysis.step.cancelled", "document_analysis.step.skipped",
                "document_analysis.step.compensated", "document_analysis.timer.fired",
                "document_analysis.execution.ending",
                "document_analysis.execution.completed",
                "document_analysis.execution.failed", "document_analysis.execution.cancelled",
                "document_analysis.signal.received",
            ])
        #expect(
            EventType.all.map(\.cloudEventType) == EventType.all.map { "perdure.\($0.subject).\($0.verb)" })
        #expect(
            EventType.all.filter(\.endsExecution) == [.executionCompleted, .executionFailed, .executionCancelled])
    }

    @Test func results() throws {
        let id = JSONValue.string(someID.description)
        #expect(
            ExecutionResult.success(someID, output: ["s": 1]).json == [
                "status": "SUCCESS", "execution_id": id, "output": ["s": 1],
            ])
        let error = WorkflowError(code: .agentError, message: "It broke.", step: "summarize")
        #expect(
            ExecutionResult.failure(someID, status: .failed, error).json == [
                "status": "FAILED", "execution_id": id,
                "error": ["code": "AGENT_ERROR", "message": "It broke.", "step": "summarize"],
            ])
        let rejected = ExecutionResult.rejected(RequestRejection(.unknownWorkflow, "No."))
        #expect(rejected.json == ["status": "REJECTED", "error": ["code": "UNKNOWN_WORKFLOW", "message": "No."]])
        #expect(try JSONValue(parsing: rejected.body) == rejected.json)
    }

    @Test func aResultOfTheTables() {
        let error = WorkflowError(code: .agentError, message: "x")
        for status in ExecutionStatus.allCases {
            let result = ExecutionResult(id: someID, status: status, output: 1, error: error)
            switch status {
            case .success: #expect(result == .success(someID, output: 1))
            case .failed, .cancelled: #expect(result == .failure(someID, status: status, error))
            case .pending, .running, .waiting, .paused: #expect(result == nil)
            }
        }
        #expect(
            ExecutionResult(id: someID, status: .success, output: nil, error: nil) == .success(someID, output: .null))
        let cancelled = ExecutionResult(id: someID, status: .cancelled, output: nil, error: nil)
        #expect(
            cancelled?.json["status"] == "CANCELLED"
                && cancelled?.json["error"]?["message"]?.stringValue?.isEmpty == false)
    }

    @Test func errorsReadBackAndAlwaysFit() {
        let error = WorkflowError(code: .init(rawValue: "OWN"), message: "m", step: "s")
        #expect(WorkflowError(json: error.json) == error)
        #expect(WorkflowError(json: WorkflowError(code: .agentError, message: "m").json)?.step == nil)
        #expect(WorkflowError(json: ["code": "X"]) == nil && WorkflowError(json: "X") == nil)
        let endless = WorkflowError(
            code: .init(rawValue: String(repeating: "C", count: 10_000)),
            message: "a\0" + String(repeating: "\u{301}", count: 500_000))
        #expect(endless.message.unicodeScalars.count == Limits.errorMessageCharacters)
        #expect(Array(endless.message.unicodeScalars.prefix(3)) == ["a", "\u{FFFD}", "\u{301}"])
        #expect(endless.code.rawValue.utf8.count == Limits.errorCodeCharacters)
    }

    @Test func statuses() {
        #expect(
            ExecutionStatus.allCases.map(\.rawValue) == [
                "PENDING", "RUNNING", "WAITING", "PAUSED", "SUCCESS", "FAILED", "CANCELLED",
            ])
        #expect(
            StepStatus.allCases.map(\.rawValue) == [
                "PENDING", "RUNNING", "WAITING", "SUCCESS", "FAILED", "CANCELLED", "SKIPPED", "COMPENSATED",
            ])
        #expect(ExecutionStatus.allCases.filter(\.isTerminal) == [.success, .failed, .cancelled])
        #expect(StepStatus.allCases.filter { !$0.isTerminal } == [.pending, .running, .waiting])
    }
}
