/// Makes log lines of libpq's multi-line reports.
///
/// libpq 15 hands out the SQLSTATE of a failed connection attempt only inside its text, and only with verbose errors:
/// `FATAL:  28P01: password authentication failed …`, then a line `LOCATION: …`.
enum LibPQText {
    /// The SQLSTATE inside a verbose report: after a colon and two spaces, five characters and a colon.
    static func sqlState(in report: String) -> PostgresSQLState? {
        let bytes = Array(report.utf8)
        let colon = UInt8(ascii: ":")
        let space = UInt8(ascii: " ")
        guard bytes.count >= 9 else { return nil }
        for start in 0...(bytes.count - 9)
        where bytes[start] == colon && bytes[start + 1] == space && bytes[start + 2] == space {
            let state = bytes[(start + 3)..<(start + 8)]
            let isState = state.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            if isState && bytes[start + 8] == colon {
                return PostgresSQLState(rawValue: String(decoding: state, as: UTF8.self))
            }
        }
        return nil
    }

    /// The report on one line, without source locations, and without its SQLSTATE where it is told elsewhere.
    static func line(_ report: String, without state: PostgresSQLState? = nil) -> String {
        let lines = report.split(whereSeparator: \.isNewline)
            .map { trimmed($0) }
            .filter { !$0.isEmpty && !$0.hasPrefix("LOCATION:") }
        let text = lines.joined(separator: "; ")
        guard let state else { return text }
        return remove(":  \(state):", from: text, leaving: ":")
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while line.first?.isWhitespace == true { line.removeFirst() }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    private static func remove(_ mark: String, from text: String, leaving replacement: String) -> String {
        var kept: [Character] = []
        let mark = Array(mark)
        for character in text {
            kept.append(character)
            if kept.suffix(mark.count).elementsEqual(mark) {
                kept.removeLast(mark.count)
                kept.append(contentsOf: replacement)
            }
        }
        return String(kept)
    }
}
