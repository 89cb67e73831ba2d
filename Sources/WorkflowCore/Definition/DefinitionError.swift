/// Why a definition cannot be used: the file, the place in it, the key, and what to write instead.
///
/// Several may be found in one file; the rest of the file is checked on, so that the author sees them all at once.
public struct DefinitionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the file, or what stands for it.
    public let file: String
    /// The line, from 1; 0 for what concerns the file as a whole.
    public let line: Int
    /// The column, from 1; 0 for what concerns the file as a whole.
    public let column: Int
    /// The path of the key, e.g. `steps.summarize.needs`.
    public let key: String
    /// One sentence: what is wrong and what to write.
    public let message: String
    /// The text of the line.
    public let sourceLine: String

    /// What concerns a file as a whole, and no place in it.
    public init(file: String, message: String) {
        self.init(file: file, line: 0, column: 0, key: "", message: message, sourceLine: "")
    }

    /// An error from its parts.
    public init(file: String, line: Int, column: Int, key: String, message: String, sourceLine: String) {
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
        self.sourceLine = sourceLine
    }

    /// `file:line:column: key: message` on one line.
    public var summary: String {
        (line > 0 ? "\(file):\(line):\(column): " : "\(file): ") + (key.isEmpty ? "" : "\(key): ") + message
    }

    /// The summary, the line itself and a mark under the place, as a compiler shows it.
    public var description: String {
        guard line > 0 else { return summary }
        let before = sourceLine.prefix(max(0, column - 1))
        let after = sourceLine.dropFirst(before.count)
        // A line may be as long as the file; what is far from the place tells nothing.
        let head = before.count > Self.shownOnEachSide ? "…" + before.suffix(Self.shownOnEachSide) : String(before)
        let tail = after.count > Self.shownOnEachSide ? after.prefix(Self.shownOnEachSide) + "…" : String(after)
        let lead = String(head.map { $0 == "\t" ? "\t" : " " as Character })
        return "\(summary)\n    \(head)\(tail)\n    \(lead)^"
    }

    /// How many characters of the line are shown on each side of the place, at most: two lines of a wide terminal.
    private static let shownOnEachSide = 120
}
