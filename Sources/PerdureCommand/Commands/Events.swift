import AMQPClient
import ArgumentParser
import Foundation
import Logging
import PerdureJSON
import PostgresClient
import Synchronization
import WorkflowCore
import WorkflowMessaging
import WorkflowStore

struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch events live, replay them from the stream, or read those of one execution from the database."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "A binding pattern, e.g. document_analysis.# or #.failed.")
    var pattern = "#"

    @Option(
        help: ArgumentHelp(
            "Replay from the stream: first, last, an offset, or seconds since 1970 as @SECONDS.", valueName: "point"))
    var from: String?

    @Option(help: ArgumentHelp("The events of one execution, from the database.", valueName: "uuid"))
    var execution: String?

    @Option(help: ArgumentHelp("Stop after so many.", valueName: "number"))
    var count: Int?

    @Flag(help: "Print each CloudEvent as JSON, one a line.")
    var json = false

    func run() async throws {
        var settings = try options.settings()
        // Its output is the events; connections are told about only when they fail.
        if !settings.isSet(.logLevel) { settings.set(.logLevel, "warning", source: "events") }
        if let execution {
            try await printStored(execution, settings)
            return
        }
        let logger = try LogOutput.logger(settings)
        let start: EventFeed.Start = try from.map { .stream(try Self.offset($0)) } ?? .live
        let feed = EventFeed(
            configuration: try AMQPConfiguration(url: settings[.amqpURL], connectionName: "perdure events"),
            topology: Topology(prefix: settings[.amqpPrefix]), start: start, pattern: pattern, logger: logger
        )
        let left = Mutex(count ?? Int.max)
        let isJSON = json
        try await feed.run { message in
            print(isJSON ? String(decoding: message.body, as: UTF8.self) : Self.line(message.body))
            fflush(nil)
            return left.withLock { left in
                left -= 1
                return left > 0
            }
        }
    }

    private func printStored(_ text: String, _ settings: Settings) async throws {
        let id = try ShowArgument.id(text)
        let events = try await Database.query(settings) { connection throws(PostgresError) in
            try await ExecutionQueries(connection).events(of: id)
        }
        guard !events.isEmpty else { throw CommandFailure("There is no execution \(id); see `perdure list`.") }
        for event in events.prefix(count ?? Int.max) {
            print(json ? String(decoding: event.body, as: UTF8.self) : Self.line(event.body))
        }
    }

    private static func offset(_ text: String) throws -> AMQPStreamOffset {
        switch text {
        case "first": return .first
        case "last": return .last
        case "next": return .next
        default:
            if text.hasPrefix("@"), let seconds = Int64(text.dropFirst()) { return .timestamp(seconds) }
            if let offset = Int64(text), offset >= 0 { return .offset(offset) }
            throw CommandFailure(
                "--from must be first, last, next, an offset, or @SECONDS since 1970; found '\(text)'.")
        }
    }

    /// One event for a person.
    private static func line(_ body: [UInt8]) -> String {
        guard let event = try? JSONValue(parsing: body), let data = event["data"] else {
            return String(decoding: body, as: UTF8.self)
        }
        let time = event["time"]?.stringValue.map { String($0.dropFirst(11).prefix(12)) } ?? ""
        let type = data["event_type"]?.stringValue ?? "?"
        let sequence = data["sequence"]?.intValue.map(String.init) ?? "?"
        var line =
            "\(time)  \(data["execution_id"]?.stringValue ?? "?")  \(sequence.padded(4, right: false))  "
        line += data["step_name"]?.stringValue.map { "\(type.padded(20))  \($0)" } ?? type
        if let error = data["error"], let message = error["message"]?.stringValue {
            line += "  \(error["code"]?.stringValue ?? ""): \(message)"
        }
        return line
    }
}
