/// Rows with aligned columns for a terminal.
struct TextTable {
    private var rows: [[String]]

    init(_ header: [String]) {
        rows = [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = row.enumerated().map { $0.element.padded(widths[$0.offset]) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}

extension String {
    /// Filled up with spaces to a width, after the text or (`right: false`) before it.
    func padded(_ width: Int, right: Bool = true) -> String {
        let fill = String(repeating: " ", count: max(0, width - count))
        return right ? self + fill : fill + self
    }
}

extension Int64 {
    /// Microseconds as a person reads them: `850 µs`, `12.4 ms`, `3.20 s`, `2 m 05 s`.
    var asDuration: String {
        switch self {
        case ..<1000: return "\(self) µs"
        case ..<1_000_000: return "\(self / 1000).\(self % 1000 / 100) ms"
        case ..<60_000_000:
            let hundredths = self / 10_000
            return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
        default:
            let seconds = self / 1_000_000
            return "\(seconds / 60) m \(seconds % 60 < 10 ? "0" : "")\(seconds % 60) s"
        }
    }
}
