import PerdureJSON
import Testing

@testable import WorkflowCore

/// Control messages as they arrive, and what is told of those that cannot be used.
@Suite struct ControlRequestTests {
    private static let id = someID.description

    private func read(
        _ body: JSONValue, messageID: String? = "key", replyTo: String? = nil
    ) throws(RequestRejection) -> ControlRequest {
        try read(body.jsonBytes, messageID: messageID, replyTo: replyTo)
    }

    private func read(
        _ body: [UInt8], messageID: String? = "key", replyTo: String? = nil
    ) throws(RequestRejection) -> ControlRequest {
        try ControlRequest(
            body: body,
            envelope: ExecutionRequest.Envelope(
                messageID: messageID, replyTo: replyTo, correlationID: replyTo.map { "\($0)-c" }, traceparent: nil))
    }

    private func refusal(_ body: JSONValue) -> RequestRejection? {
        do {
            _ = try read(body)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ControlAction.cancel(reason: nil), .cancel(reason: "because"), .signal(name: "s", payload: ["a": [1, .null]]),
        .signal(name: "a name of one's own", payload: .null),
    ])
    func whatIsWrittenIsRead(action: ControlAction) throws {
        let request = ControlRequest(
            executionID: someID, action: action, messageKey: "key",
            replyAddress: ReplyAddress(replyTo: "q", correlationID: "q-c"))
        #expect(try read(request.body, replyTo: "q") == request)
        let stored = StoredControl(
            id: ControlID(rawValue: 1), messageKey: "key", executionID: someID, actionName: action.name,
            parameters: .object(action.parameters))
        #expect(stored.action == action && stored.body == request.body)
    }

    @Test func aPayloadAndAKeyNeedNotBeThere() throws {
        let request = try read(
            ["action": "signal", "execution_id": .string(Self.id), "name": "s"], messageID: nil)
        #expect(request.action == .signal(name: "s", payload: .null) && request.messageKey == nil)
        #expect(request.replyAddress == nil)
    }

    private static let mistakes: [(body: String, message: String)] = [
        (#"{"execution_id": ID}"#, "The field 'action' is missing; send one of cancel, signal."),
        (
            #"{"action": "cancle", "execution_id": ID}"#,
            #"The field 'action' must be one of cancel, signal; found "cancle". Did you mean 'cancel'?"#
        ),
        (
            #"{"action": "cancel"}"#,
            "The field 'execution_id' is missing; send the execution's id, a UUID as text."
        ),
        (
            #"{"action": "cancel", "execution_id": "x"}"#,
            #"The field 'execution_id' must be a UUID as text; found "x"."#
        ),
        (#"{"action": "cancel", "execution_id": ID, "reason": 1}"#, "The field 'reason' must be text; found 1."),
        (
            #"{"action": "cancel", "execution_id": ID, "raison": "x"}"#,
            "Unknown field 'raison'. Did you mean 'reason'?"
        ),
        (
            #"{"action": "signal", "execution_id": ID, "payload": 1}"#,
            "The field 'name' is missing; send the signal's name, 1 to 255 bytes of text."
        ),
        (#"["cancel"]"#, "The body must be a JSON object with 'action' and 'execution_id'."),
    ]

    @Test(arguments: mistakes.indices) func aMistakeIsNamed(index: Int) {
        let (body, message) = Self.mistakes[index]
        var found: RequestRejection?
        do { _ = try read(Array(body.replacing("ID", with: "\"\(Self.id)\"").utf8)) } catch { found = error }
        #expect(found == RequestRejection(.invalidRequest, message))
    }

    @Test func whatIsTooLargeIsRefused() {
        func signal(_ bytes: Int) -> JSONValue {
            [
                "action": "signal", "execution_id": .string(Self.id), "name": "s",
                "payload": .string(String(repeating: "x", count: bytes - 2)),
            ]
        }
        #expect(refusal(signal(Limits.signalPayloadBytes)) == nil)
        #expect(refusal(signal(Limits.signalPayloadBytes + 1))?.code == .tooLarge)
        #expect(refusal(signal(Limits.controlBytes))?.code == .tooLarge)
        var code: RequestRejection.Code?
        do { _ = try read(Array("{".utf8)) } catch { code = error.code }
        #expect(code == .invalidJSON)
    }

    @Test func outcomesAreReadAgain() {
        let outcomes = [
            ControlOutcome.applied(someID, action: "cancel", sequence: 7), ControlOutcome(.unknownExecution(someID)),
        ]
        for outcome in outcomes { #expect(ControlOutcome(json: outcome.json) == outcome) }
        #expect(
            outcomes[0].json == [
                "status": "APPLIED", "execution_id": .string(Self.id), "action": "cancel", "sequence": 7,
            ])
        #expect(outcomes[1].json["status"] == "REJECTED" && outcomes[1].isRefusal && !outcomes[0].isRefusal)
        #expect(ControlOutcome(json: ["status": "SUCCESS"]) == nil)
    }
}
