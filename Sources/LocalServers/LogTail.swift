import Foundation

/// The end of a server's log, made fit to be quoted in an error.
enum LogTail {
    /// Enough for the reason and its surroundings, few enough for a terminal.
    private static let lines = 15
    /// Only this much of the end is read; a log may be large.
    private static let bytes: UInt64 = 16 << 10

    /// The last lines of the file that stand after the offset, where a new server began to write.
    static func read(_ path: String, after start: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "(no log at \(path))" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: max(start, size > bytes ? size - bytes : 0))
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let kept = withoutColours(text).split(separator: "\n").suffix(lines)
        return "Last lines of \(path):\n" + kept.joined(separator: "\n")
    }

    /// RabbitMQ colours its lines even when it writes to a file.
    private static func withoutColours(_ text: String) -> String {
        var result = ""
        var isInEscape = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1b}" {
                isInEscape = true
            } else if isInEscape {
                isInEscape = scalar != "m"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
