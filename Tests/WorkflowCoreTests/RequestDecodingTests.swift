import PerdureJSON
import Testing

@testable import WorkflowCore

/// What a message must be to become a request, and what is said of one that is not.
@Suite struct RequestDecodingTests {
    private static let id = "019ab3c4-0000-7000-8000-0123456789ab"
    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func decode(
        _ body: some Sequence<UInt8>, messageID: String? = nil, replyTo: String? = nil, correlationID: String? = nil,
        traceparent: String? = nil
    ) -> Result<ExecutionRequest, RequestRejection> {
        let envelope = ExecutionRequest.Envelope(
            messageID: messageID, replyTo: replyTo, correlationID: correlationID, traceparent: traceparent)
        do throws(RequestRejection) {
            return .success(try ExecutionRequest(body: Array(body), envelope: envelope))
        } catch {
            return .failure(error)
        }
    }

    private func rejection(_ body: String, messageID: String? = nil) throws -> RequestRejection {
        guard case .failure(let rejection) = decode(body.utf8, messageID: messageID) else {
            throw Accepted(body: String(body.prefix(200)))
        }
        return rejection
    }

    private struct Accepted: Error { let body: String }

    @Test func everythingARequestMayCarry() throws {
        let body = """
            {"workflow_id": "w", "input": {"text": "…"}, "execution_id": "\(Self.id.uppercased())", "version": 2, "priority": 5,
             "metadata": {"tenant": "a"}}
            """
        let request = try decode(
            body.utf8, messageID: "m-1", replyTo: "answers", correlationID: "c", traceparent: Self.traceparent
        ).get()
        #expect(
            request
                == ExecutionRequest(
                    workflowID: "w", version: 2, input: ["text": "…"], executionID: ExecutionID(Self.id), priority: 5,
                    metadata: ["tenant": "a"], idempotencyKey: "m-1", traceparent: Self.traceparent,
                    replyAddress: ReplyAddress(replyTo: "answers", correlationID: "c")))
        #expect(request.executionID?.description == Self.id)
    }

    @Test func theLeastARequestMayCarry() throws {
        let request = try decode(#"{"workflow_id":"w","input":null}"#.utf8).get()
        #expect(request == ExecutionRequest(workflowID: "w", input: .null))
        #expect(request.idempotencyKey == nil && request.replyAddress == nil && request.metadata == [:])
    }

    @Test func nullIsAsGoodAsAbsent() throws {
        let body = #"{"workflow_id":"w","input":1,"execution_id":null,"version":null,"priority":null,"metadata":null}"#
        #expect(
            try decode(body.utf8, replyTo: "", traceparent: "").get() == ExecutionRequest(workflowID: "w", input: 1))
    }

    /// The message's own priority is as good as the field, and goes higher.
    @Test(arguments: [
        ("", nil, nil), ("", 0, 0), ("", 9, 9), ("", 200, 9), (#","priority":0"#, 9, 0), (#","priority":null"#, 7, 7),
    ])
    func thePriority(field: String, property: UInt8?, expected: Int?) throws {
        let envelope = ExecutionRequest.Envelope(
            messageID: nil, replyTo: nil, correlationID: nil, traceparent: nil, priority: property)
        let body = Array(#"{"workflow_id":"w","input":1\#(field)}"#.utf8)
        #expect(try ExecutionRequest(body: body, envelope: envelope).priority == expected)
    }

    @Test func theIdempotencyKey() throws {
        let plain = #"{"workflow_id":"w","input":1}"#
        let withID = #"{"workflow_id":"w","input":1,"execution_id":"\#(Self.id.uppercased())"}"#
        #expect(try decode(plain.utf8, messageID: "m").get().idempotencyKey == "m")
        #expect(try decode(withID.utf8, messageID: "m").get().idempotencyKey == "m")
        #expect(try decode(withID.utf8).get().idempotencyKey == Self.id)
        #expect(try decode(withID.utf8, messageID: "").get().idempotencyKey == Self.id)
        #expect(try decode(plain.utf8, messageID: "").get().idempotencyKey == nil)
        let longest = String(repeating: "k", count: Limits.idempotencyKeyBytes)
        #expect(try decode(plain.utf8, messageID: longest).get().idempotencyKey == longest)
        for bad in [longest + "k", String(repeating: "é", count: 128), "a\0b", "perdure:child"] {
            let found = try rejection(plain, messageID: bad)
            #expect(found.code == .invalidRequest && found.message.contains("'message_id'"))
        }
    }

    @Test(
        arguments: [
            (#"{"input":1}"#, "The field 'workflow_id' is missing; send the workflow's id as text."),
            (
                #"{"workflow_id":"","input":1}"#,
                "The field 'workflow_id' must be the workflow's id as text; found \"\"."
            ),
            (#"{"workflow_id":7,"input":1}"#, "The field 'workflow_id' must be the workflow's id as text; found 7."),
            (
                #"{"workflow_id":null,"input":1}"#,
                "The field 'workflow_id' must be the workflow's id as text; found null."
            ),
            (#"{"workflow_id":"w"}"#, "The field 'input' is missing; send the workflow's input."),
            (
                #"{"workflow_id":"w","input":1,"version":0}"#,
                "The field 'version' must be a whole number from 1; found 0."
            ),
            (
                #"{"workflow_id":"w","input":1,"version":1.5}"#,
                "The field 'version' must be a whole number from 1; found 1.5."
            ),
            (
                #"{"workflow_id":"w","input":1,"version":"2"}"#,
                "The field 'version' must be a whole number from 1; found \"2\"."
            ),
            (
                #"{"workflow_id":"w","input":1,"version":2147483648}"#,
                "The field 'version' must be a whole number from 1; found 2147483648."
            ),
            (
                #"{"workflow_id":"w","input":1,"priority":10}"#,
                "The field 'priority' must be a whole number from 0 to 9; found 10."
            ),
            (
                #"{"workflow_id":"w","input":1,"priority":-1}"#,
                "The field 'priority' must be a whole number from 0 to 9; found -1."
            ),
            (#"{"workflow_id":"w","input":1,"metadata":[1]}"#, "The field 'metadata' must be an object; found [1]."),
            (
                #"{"workflow_id":"w","input":1,"execution_id":"x"}"#,
                "The field 'execution_id' must be a UUID as text; found \"x\"."
            ),
            (
                #"{"workflow_id":"w","input":1,"execution_id":5}"#,
                "The field 'execution_id' must be a UUID as text; found 5."
            ),
            (
                #"{"workflow_id":"w","imput":1}"#,
                "Unknown field 'imput'. Did you mean 'input'? Put data of your own under 'metadata'."
            ),
            (
                #"{"workflow_id":"w","input":1,"tenant":1}"#,
                "Unknown field 'tenant'. Put data of your own under 'metadata'."
            ),
            (#"[1]"#, "The body must be a JSON object with 'workflow_id' and 'input'."),
            (#""text""#, "The body must be a JSON object with 'workflow_id' and 'input'."),
        ]
    ) func invalidRequests(_ body: String, message: String) throws {
        #expect(try rejection(body) == RequestRejection(.invalidRequest, message))
    }

    @Test(
        arguments: [
            "", " ", "{", "workflow_id", "{'workflow_id':'w'}", #"{"workflow_id":"w","input":1}x"#,
            "{\"workflow_id\":\"w\",}",
            "\u{FEFF}{}", #"{"workflow_id":"w","workflow_id":"v","input":1}"#, #"{"workflow_id":"w","input":"\u0000"}"#,
            #"{"workflow_id":"w","input":"\ud800"}"#, #"{"workflow_id":"w","input":NaN}"#,
            #"{"workflow_id":"w","input":1e999}"#,
        ]
    ) func notJSON(_ body: String) throws {
        let found = try rejection(body)
        #expect(found.code == .invalidJSON && found.message.hasPrefix("The body is not JSON: "))
    }

    @Test func propertiesMustBeStorable() throws {
        let body = #"{"workflow_id":"w","input":1}"#.utf8
        for (result, name) in [
            (decode(body, replyTo: "a\0"), "'reply_to'"),
            (decode(body, replyTo: "a", correlationID: "\0"), "'correlation_id'"),
        ] {
            guard case .failure(let found) = result else { throw Accepted(body: name) }
            #expect(found.code == .invalidRequest && found.message.contains(name))
        }
        // An answer goes to a queue; without one there is no address, whatever else is set.
        #expect(try decode(body, correlationID: "c").get().replyAddress == nil)
    }

    @Test func notUTF8() throws {
        guard
            case .failure(let found) = decode(Array(#"{"workflow_id":""#.utf8) + [0xFF] + Array(#"","input":1}"#.utf8))
        else {
            throw Accepted(body: "invalid UTF-8")
        }
        #expect(found.code == .invalidEncoding && found.message.hasPrefix("The body is not UTF-8: "))
    }

    @Test func tooLarge() throws {
        let frame = #"{"workflow_id":"w","input":""}"#
        func body(_ count: Int) -> String {
            frame.dropLast(2) + String(repeating: "x", count: count - frame.utf8.count) + "\"}"
        }
        #expect(try decode(body(Limits.requestBytes).utf8).get().workflowID == "w")
        let found = try rejection(body(Limits.requestBytes + 1))
        #expect(found.code == .tooLarge && found.message.contains("\(Limits.requestBytes + 1) bytes"))
    }

    @Test func tooDeep() throws {
        func body(_ depth: Int) -> String {
            #"{"workflow_id":"w","input":"# + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}"
        }
        #expect(try decode(body(Limits.jsonDepth - 1).utf8).get().workflowID == "w")
        #expect(try rejection(body(Limits.jsonDepth)).code == .tooDeep)
        #expect(try rejection(body(1_000_000)).code == .tooDeep)
    }

    /// The message becomes a header; one that does not fit a frame would take the connection down, again and again.
    @Test func messagesStayShortWhateverIsSent() throws {
        let monster = "a" + String(repeating: "\u{301}", count: 500_000)
        for body in [
            #"{"workflow_id":"w","input":1,"\#(monster)":1}"#,
            #"{"workflow_id":"w","input":1,"version":"\#(monster)"}"#,
        ] {
            let found = try rejection(body)
            #expect(found.code == .invalidRequest && found.message.utf8.count < 1000)
        }
        let long = RequestRejection(.invalidInput, monster + "\0")
        #expect(long.message.unicodeScalars.count == Limits.errorMessageCharacters)
        #expect(RequestRejection(.invalidInput, "a\0b").message == "a\u{FFFD}b")
    }

    /// Of a version that is not there yet.
    private static let future = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let traces: [(String, Bool)] = [
        (traceparent, true), ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true),
        (future, true), (future + "-what-comes", true), (future + "-" + String(repeating: "x", count: 72), true),
        ("", false), ("00", false),
        (traceparent.uppercased(), false), (traceparent + "-x", false), (traceparent + "0", false),
        (" " + traceparent, false),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
        ("0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false),
        ("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01", false), (future + "-\0", false),
        (future + "-" + String(repeating: "x", count: 73), false),
        ("00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01", false),
    ]

    @Test(arguments: traces) func traceparents(_ text: String, isValid: Bool) throws {
        #expect(ExecutionRequest.isTraceparent(text) == isValid)
        // A broken trace is no reason to refuse the work.
        let request = try decode(#"{"workflow_id":"w","input":1}"#.utf8, traceparent: text).get()
        #expect(request.traceparent == (isValid ? text : nil))
    }

    @Test func theBodyOfARequestReadsBack() throws {
        var request = ExecutionRequest(
            workflowID: "w", version: 3, input: ["x": [1, nil]], executionID: ExecutionID(Self.id), priority: 9,
            metadata: ["k": "v"])
        var again = try decode(request.body.jsonBytes).get()
        #expect(again.idempotencyKey == Self.id)
        again.idempotencyKey = nil
        #expect(again == request)
        request = ExecutionRequest(workflowID: "w", input: .null)
        #expect(request.body.jsonText == #"{"workflow_id":"w","input":null}"#)
        #expect(try decode(request.body.jsonBytes).get() == request)
    }
}
