import AMQPClient
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Messages and definitions that cannot be used.
    @Suite struct BadInput {
        /// A message that cannot be used, and what is said about it.
        struct Case {
            let name: String
            let body: [UInt8]
            let code: String
            let names: String
            var messageID: String?

            init(_ name: String, _ body: String, _ code: String, names: String, messageID: String? = nil) {
                self.init(name, bytes: Array(body.utf8), code, names: names, messageID: messageID)
            }

            init(_ name: String, bytes: [UInt8], _ code: String, names: String, messageID: String? = nil) {
                self.name = name
                body = bytes
                self.code = code
                self.names = names
                self.messageID = messageID
            }
        }

        static let cases: [Case] = [
            Case("not JSON", "{workflow_id: document_analysis}", "INVALID_JSON", names: "JSON"),
            Case("cut short", #"{"workflow_id":"document_analysis","input":{"text":"a"#, "INVALID_JSON", names: "JSON"),
            Case("empty", "", "INVALID_JSON", names: "JSON"),
            Case(
                "not UTF-8",
                bytes: Array(#"{"workflow_id":"document_analysis","input":{"text":""#.utf8) + [0xC3, 0x28]
                    + Array(#""}}"#.utf8),
                "INVALID_ENCODING", names: "UTF-8"),
            Case(
                "a NUL", #"{"workflow_id":"document_analysis","input":{"text":"a\u0000b"}}"#, "INVALID_JSON",
                names: "U+0000"),
            Case("a list", "[1, 2]", "INVALID_REQUEST", names: "object"),
            Case("no workflow", #"{"input":{"text":"a"}}"#, "INVALID_REQUEST", names: "'workflow_id'"),
            Case("no input", #"{"workflow_id":"document_analysis"}"#, "INVALID_REQUEST", names: "'input'"),
            Case(
                "a number for the workflow", #"{"workflow_id":7,"input":{"text":"a"}}"#, "INVALID_REQUEST",
                names: "'workflow_id'"),
            Case(
                "a text for the version", #"{"workflow_id":"document_analysis","version":"1","input":{"text":"a"}}"#,
                "INVALID_REQUEST", names: "'version'"),
            Case(
                "a priority too high", #"{"workflow_id":"document_analysis","priority":10,"input":{"text":"a"}}"#,
                "INVALID_REQUEST", names: "'priority'"),
            Case(
                "an id that is none", #"{"workflow_id":"document_analysis","execution_id":"17","input":{"text":"a"}}"#,
                "INVALID_REQUEST", names: "'execution_id'"),
            Case(
                "metadata that is no object",
                #"{"workflow_id":"document_analysis","metadata":[1],"input":{"text":"a"}}"#,
                "INVALID_REQUEST", names: "'metadata'"),
            Case(
                "an unknown field", #"{"workflow_id":"document_analysis","imput":{},"input":{"text":"a"}}"#,
                "INVALID_REQUEST", names: "'imput'"),
            Case(
                "a field twice", #"{"workflow_id":"document_analysis","input":{"text":"a"},"input":{"text":"b"}}"#,
                "INVALID_JSON", names: "input"),
            Case(
                "an unknown workflow", #"{"workflow_id":"document_analisis","input":{"text":"a"}}"#, "UNKNOWN_WORKFLOW",
                names: "document_analisis"),
            Case(
                "an unknown version", #"{"workflow_id":"document_analysis","version":9,"input":{"text":"a"}}"#,
                "UNKNOWN_VERSION",
                names: "9"),
            Case(
                "input of the wrong type", #"{"workflow_id":"document_analysis","input":{"text":7}}"#, "INVALID_INPUT",
                names: "text"),
            Case(
                "input without its field", #"{"workflow_id":"document_analysis","input":{}}"#, "INVALID_INPUT",
                names: "text"),
            Case(
                "input out of bounds", #"{"workflow_id":"document_analysis","input":{"text":"a","max_sentences":51}}"#,
                "INVALID_INPUT", names: "max_sentences"),
            Case(
                "deeply nested", bytes: [UInt8](repeating: UInt8(ascii: "["), count: 200_000), "TOO_DEEP", names: "nest"
            ),
            Case(
                "nested in its input",
                #"{"workflow_id":"document_analysis","input":{"text":"a","x":"# + String(repeating: "[", count: 100)
                    + String(repeating: "]", count: 100) + "}}", "TOO_DEEP", names: "nest"),
            Case(
                "twenty megabytes",
                bytes: Array(#"{"workflow_id":"document_analysis","input":{"text":""#.utf8)
                    + [UInt8](repeating: UInt8(ascii: "a"), count: 20 << 20) + Array(#""}}"#.utf8), "TOO_LARGE",
                names: "bytes"),
            Case(
                "a NUL in the key", #"{"workflow_id":"document_analysis","input":{"text":"a"}}"#, "INVALID_REQUEST",
                names: "message_id", messageID: "a\u{0}b"),
        ]

        @Test func `each is parked as it came, with the reason, and answered`() async throws {
            try await Stage.run("bad") { stage in
                let coordinator = try await stage.serve()
                let replies = try await stage.inbox("replies")
                for bad in Self.cases {
                    try await stage.publish([
                        stage.raw(
                            bad.body, key: "some.key", messageID: bad.messageID, replyTo: replies.queue,
                            correlationID: bad.name,
                            headers: ["x-mine": .string(bad.name), "traceparent": .string(Sample.traceparent)])
                    ])
                }
                // Nobody to answer.
                try await stage.publish([stage.raw(Array("{".utf8), messageID: "silent")])
                // A key of the longest length that AMQP knows is fine.
                let longest = String(repeating: "k", count: 255)
                try await stage.publish([
                    stage.request(messageID: longest, replyTo: replies.queue, correlationID: "good")
                ])
                let answers = try await replies.wait(for: Self.cases.count + 1)
                #expect(answers.count == Self.cases.count + 1)
                #expect(AnswerTally(answers).statuses["good"] == ["SUCCESS"])

                let letters = try await stage.waitForParked(Self.cases.count + 1)
                #expect(letters.count == Self.cases.count + 1)
                for bad in Self.cases {
                    let letter = try #require(letters.first { $0.properties.correlationID == bad.name }, "\(bad.name)")
                    let message = try #require(letter.header("x-error-message"), "\(bad.name)")
                    #expect(letter.header("x-error-code") == bad.code, "\(bad.name): \(message)")
                    #expect(message.contains(bad.names), "\(bad.name): \(message)")
                    #expect(letter.body == bad.body, "\(bad.name)")
                    #expect(letter.header("x-mine") == bad.name)
                    #expect(letter.header("traceparent") == Sample.traceparent)
                    #expect(letter.header("x-original-exchange") == "\(stage.prefix).requests")
                    #expect(letter.header("x-original-routing-key") == "some.key")
                    #expect(letter.properties.contentType == "application/json")
                    #expect(letter.properties.replyTo == replies.queue)
                    #expect(letter.properties.appID == "e2e")
                    #expect(letter.properties.messageID == bad.messageID)
                    #expect(letter.properties.isPersistent)
                    let answer = try #require(answers.first { $0.properties.correlationID == bad.name }, "\(bad.name)")
                        .json
                    #expect(answer["status"] == "REJECTED", "\(bad.name)")
                    #expect(answer["error"]?["code"] == .string(bad.code), "\(bad.name)")
                    #expect(answer["error"]?["message"] == .string(message), "\(bad.name)")
                }
                #expect(letters.contains { $0.properties.messageID == "silent" })
                #expect(try await stage.number("SELECT count(*) FROM executions") == 1)
                #expect(coordinator.exitStatus == nil)
                let queue = try await AMQPConnection.open(stage.broker)
                try await eventually("an empty queue of requests") {
                    try await queue.declareQueue("\(stage.prefix).requests", passive: true).messageCount == 0
                }
                await queue.close()
            }
        }

        @Test func `properties and headers that nothing can hold stop nobody`() async throws {
            try await Stage.run("odd") { stage in
                let folder = try stage.workflows([
                    "strict.yaml": """
                    workflow: strict
                    version: 1
                    input: { type: object, additionalProperties: { type: integer } }
                    steps:
                      a: { agent: summarize, with: { text: x } }
                    """,
                    "good.yaml": try await stage.perdure("workflows", "show", "document_analysis").output,
                ])
                let coordinator = try await stage.serve(["PERDURE_WORKFLOWS_DIRECTORY": folder])
                let replies = try await stage.inbox("replies")
                let long = String(repeating: "n", count: 200_000)
                // Headers that leave no room in a frame for the reason: it must be parked all the same.
                let huge = AMQPTableValue.string(String(repeating: "h", count: 130_850))
                try await stage.publish([
                    stage.raw(Array("{".utf8), messageID: "huge headers", headers: ["x-huge": huge]),
                    stage.raw(Array("{".utf8), messageID: "huge trace", headers: ["traceparent": huge]),
                    // Names that a reason would quote, longer than a header may be.
                    stage.request("strict", input: .object([long: "x"]), messageID: "long field"),
                    stage.raw(
                        JSONValue.object(["workflow_id": .string(long), "input": .null]).jsonBytes,
                        messageID: "long workflow"),
                    // PostgreSQL holds no NUL: refused alone, not with those that share its commit.
                    stage.request(messageID: "nul", replyTo: replies.queue, correlationID: "a\u{0}b"),
                    stage.request(messageID: "gone", replyTo: "no.such.queue", correlationID: "x"),
                    stage.request(messageID: "good", replyTo: replies.queue, correlationID: "good"),
                ])
                try await eventually("the good one's answer") {
                    AnswerTally(replies.deliveries).statuses["good"] == ["SUCCESS"]
                }
                let letters = try await stage.waitForParked(6)
                let byID = Dictionary(letters.map { ($0.properties.messageID ?? "", $0) }) { first, _ in first }
                #expect(byID["huge headers"]?.header("x-error-code") == "INVALID_JSON")
                #expect(byID["huge trace"]?.header("x-error-code") == "INVALID_JSON")
                #expect(byID["long field"]?.header("x-error-code") == "INVALID_INPUT")
                #expect(byID["long workflow"]?.header("x-error-code") == "UNKNOWN_WORKFLOW")
                #expect(byID["huge headers"]?.header("x-dropped-headers") == "x-huge")
                #expect(byID["nul"].map { $0.header("x-error-code") != nil } == true)
                #expect(
                    letters.contains {
                        $0.header("x-error-code") == "REPLY_UNROUTABLE" && $0.properties.correlationID == "x"
                    })
                #expect(letters.count == 6)
                #expect(coordinator.exitStatus == nil)
                try await stage.waitFor(2)
                #expect(try await stage.number("SELECT count(*) FROM execution_locks") == 0)
            }
        }

        @Test func `bad definitions are named by line, and the good one works`() async throws {
            try await Stage.run("definitions") { stage in
                let good = try await stage.perdure("workflows", "show", "document_analysis").output
                let folder = try stage.workflows([
                    "good.yaml": good,
                    "cyclic.yaml": """
                    workflow: cyclic
                    version: 1
                    steps:
                      a: { agent: summarize, needs: [b], with: { text: x } }
                      b: { agent: summarize, needs: [a], with: { text: x } }
                    """,
                    "agentless.yaml": """
                    workflow: agentless
                    version: 1
                    steps:
                      a: { agent: sumarize, with: { text: x } }
                    """,
                    "expression.yaml": """
                    workflow: expression
                    version: 1
                    steps:
                      a:
                        agent: summarize
                        with: { text: "${ input. }" }
                    """,
                    "unreadable.yaml": "workflow: [",
                ])
                let with = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                let validated = try await stage.perdure("workflows", "validate", with: with)
                #expect(validated.status == 1)
                #expect(validated.output.contains("document_analysis version 1: valid"))
                for (file, line) in [
                    ("cyclic.yaml", 4...5), ("agentless.yaml", 4...4), ("expression.yaml", 6...6),
                    ("unreadable.yaml", 1...2),
                ] {
                    let named = validated.errorLines.filter { $0.contains(file) }
                    #expect(!named.isEmpty, "\(file): \(validated.errors)")
                    for text in named {
                        let match = text.firstMatch(of: /:(\d+):(\d+)/)
                        #expect(match.flatMap { Int($0.output.1) }.map { line.contains($0) } == true, "\(text)")
                    }
                }
                #expect(
                    validated.errors.contains("summarize"), "the agent that was meant is suggested: \(validated.errors)"
                )

                let coordinator = try await stage.serve(with)
                for file in ["cyclic.yaml", "agentless.yaml", "expression.yaml", "unreadable.yaml"] {
                    #expect(coordinator.errors.contains(file), "\(file)")
                }
                let result = try await stage.perdure("run", "document_analysis", "--input", #"{"text":"Still here."}"#)
                #expect(result.status == 0, "\(result.errors)")

                let none = try stage.workflows(["cyclic.yaml": "workflow: [", "note.txt": "not a definition"])
                let failed = try await stage.perdure("serve", with: ["PERDURE_WORKFLOWS_DIRECTORY": none])
                #expect(failed.status == 1)
                #expect(failed.errors.contains("workflows validate"))
            }
        }
    }
}
