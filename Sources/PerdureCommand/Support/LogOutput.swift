import Foundation
import Logging
import PerdureJSON
import WorkflowCore

/// Log lines on standard error: for people, or a JSON object a line.
struct LogOutput: LogHandler {
    let isJSON: Bool
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
        let time = SystemEnvironment.now().rfc3339
        var line: String
        if isJSON {
            var object: JSONObject = [
                "time": .string(time), "level": .string(event.level.rawValue),
                "message": .string(event.message.description),
            ]
            for (key, value) in all { object[key] = .string(value.description) }
            line = JSONValue.object(object).jsonText
        } else {
            line = "\(time) \(event.level.rawValue.uppercased()) \(event.message)"
            for (key, value) in all { line += " \(key)=\(value)" }
            line = Self.onOneLine(line)
        }
        line += "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// An entry with its line breaks written as `\n`: what reads logs by lines must not take a part of one for another.
    private static func onOneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n")
    }

    /// The logger that the settings ask for.
    static func logger(_ settings: Settings, label: String = "perdure") throws -> Logger {
        guard let level = Logger.Level(rawValue: settings[.logLevel]) else {
            throw CommandFailure(
                "The setting log.level must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        guard ["text", "json"].contains(settings[.logFormat]) else {
            throw CommandFailure("The setting log.format must be text or json.")
        }
        let isJSON = settings[.logFormat] == "json"
        return Logger(label: label) { _ in LogOutput(isJSON: isJSON, logLevel: level) }
    }
}

/// The machine's clock and randomness.
enum SystemEnvironment {
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    static let runtime = RuntimeEnvironment(
        now: { now() }, uptime: { start.duration(to: ContinuousClock().now) },
        sleep: { try await ContinuousClock().sleep(for: $0) }, randomBits: { UInt64.random(in: .min ... .max) }
    )

    private static let start = ContinuousClock().now
}
