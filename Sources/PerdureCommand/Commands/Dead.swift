import AMQPClient
import ArgumentParser
import PerdureJSON
import WorkflowCore
import WorkflowMessaging

struct Dead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at messages that could not be used.",
        subcommands: [ListLetters.self, ShowLetter.self], defaultSubcommand: ListLetters.self
    )

    struct ListLetters: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List them, the oldest first.")

        @OptionGroup var options: SettingsOptions

        @Option(help: ArgumentHelp("How many at most.", valueName: "number"))
        var limit = 20

        @Flag(help: "Print each as JSON, one a line.")
        var json = false

        func run() async throws {
            let (letters, total) = try await Dead.letters(try options.settings(), limit: limit)
            if json {
                for letter in letters { print(letter.json.jsonText) }
                return
            }
            var table = TextTable(["#", "CODE", "MESSAGE ID", "ROUTING KEY", "BYTES", "REASON"])
            for letter in letters {
                table.add([
                    "\(letter.number)", letter.code, letter.messageID ?? "", letter.originalRoutingKey,
                    "\(letter.body.count)",
                    letter.reason.count > 100 ? letter.reason.prefix(99) + "…" : letter.reason,
                ])
            }
            print(table.text)
            if total > letters.count { print("… and \(total - letters.count) more (--limit)") }
        }
    }

    struct ShowLetter: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one, with its headers and its body.")

        @OptionGroup var options: SettingsOptions

        @Argument(help: "Its number in `perdure dead list`.")
        var number: Int

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            guard number >= 1 else { throw CommandFailure("The number must be 1 or more.") }
            let (letters, _) = try await Dead.letters(try options.settings(), limit: number)
            guard let letter = letters.last, letter.number == number else {
                throw CommandFailure("There are \(letters.count) parked messages; see `perdure dead list`.")
            }
            if json {
                print(letter.json.jsonText)
                return
            }
            print("\(letter.code): \(letter.reason)")
            print("published to '\(letter.originalExchange)' with the key '\(letter.originalRoutingKey)'")
            if let messageID = letter.messageID { print("message_id: \(messageID)") }
            if let contentType = letter.contentType { print("content_type: \(contentType)") }
            if let timestamp = letter.timestamp {
                print("timestamp: \(Timestamp(microsecondsSinceEpoch: timestamp &* 1_000_000).rfc3339)")
            }
            for header in letter.headers { print("\(header.name): \(header.value)") }
            print("\n\(String(decoding: letter.body, as: UTF8.self))")
        }
    }

    private static func letters(
        _ settings: Settings, limit: Int
    ) async throws -> (letters: [DeadLetters.Letter], total: Int) {
        let view = DeadLetters(
            configuration: try AMQPConfiguration(url: settings[.amqpURL], connectionName: "perdure dead"),
            topology: Topology(prefix: settings[.amqpPrefix])
        )
        do throws(AMQPError) {
            return try await view.list(limit: limit)
        } catch {
            guard error.code == .notFound else { throw error }
            let queue = Topology(prefix: settings[.amqpPrefix]).dead
            throw CommandFailure("There is no queue \(queue); start a coordinator once (`perdure serve`).")
        }
    }
}

extension DeadLetters.Letter {
    /// The letter for a program; a body that is not UTF-8 is shown with its broken bytes replaced.
    var json: JSONValue {
        [
            "number": .int(Int64(number)), "code": .string(code), "reason": .string(reason),
            "message_id": messageID.map { .string($0) } ?? .null, "exchange": .string(originalExchange),
            "routing_key": .string(originalRoutingKey), "timestamp": timestamp.map { .int($0) } ?? .null,
            "content_type": contentType.map { .string($0) } ?? .null,
            "headers": .object(JSONObject(uniqueKeysWithValues: headers.map { ($0.name, .string($0.value)) })),
            "bytes": .int(Int64(body.count)), "body": .string(String(decoding: body, as: UTF8.self)),
        ]
    }
}
