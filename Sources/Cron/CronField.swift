/// One of the five fields of a cron expression: which values there are and what they are called.
struct CronField: Sendable {
    /// What a value is, for messages.
    let noun: String
    let range: ClosedRange<Int>
    /// Words for values, the first for the lowest value that has one.
    var names: [String] = []
    var firstName = 0

    static let all = [
        CronField(noun: "minute", range: 0...59),
        CronField(noun: "hour", range: 0...23),
        CronField(noun: "day of the month", range: 1...31),
        CronField(
            noun: "month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], firstName: 1),
        CronField(
            noun: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    /// A piece of the expression with its place.
    struct Piece {
        let text: Substring.UnicodeScalarView
        let offset: Int

        var string: String { String(text) }
    }

    /// The values that a field stands for, as bits.
    func values(of piece: Piece) throws(CronError) -> UInt64 {
        var bits: UInt64 = 0
        for item in Self.split(piece, at: ",") { bits |= try values(ofItem: item) }
        return bits
    }

    /// One item of a list: `*`, a value or a range, the first and the last with a step if need be.
    private func values(ofItem item: Piece) throws(CronError) -> UInt64 {
        guard !item.text.isEmpty else {
            throw CronError("Here a \(noun) is missing: \(hint).", offset: item.offset)
        }
        let parts = Self.split(item, at: "/")
        guard parts.count <= 2 else {
            throw CronError("'\(item.string)' has more than one step; write one '/' at most.", offset: parts[2].offset)
        }
        let bounds = try range(of: parts[0], hasStep: parts.count == 2, item: item)
        let step = parts.count == 2 ? try self.step(parts[1], of: item) : 1
        var bits: UInt64 = 0
        for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) {
            // Sunday is 0 and 7.
            bits |= 1 << UInt64(noun == "day of the week" && value == 7 ? 0 : value)
        }
        return bits
    }

    private func range(of piece: Piece, hasStep: Bool, item: Piece) throws(CronError) -> ClosedRange<Int> {
        if piece.string == "*" { return noun == "day of the week" ? 0...6 : range }
        let ends = Self.split(piece, at: "-")
        let lower = try value(ends[0])
        switch ends.count {
        case 1:
            guard !hasStep else {
                throw CronError(
                    "A step needs a range before it: write '\(piece.string)-\(range.upperBound)/…' to begin there, or '*/…'.",
                    offset: item.offset)
            }
            return lower...lower
        case 2:
            var upper = try value(ends[1])
            // A week may end with Sunday.
            if upper == 0, lower > 0, noun == "day of the week" { upper = 7 }
            guard lower <= upper else {
                throw CronError(
                    "'\(piece.string)' goes backwards; write two ranges, '\(ends[0].string)-\(lastValue),"
                        + "\(range.lowerBound)-\(ends[1].string)', or turn it around.", offset: piece.offset)
            }
            return lower...upper
        default:
            throw CronError("'\(piece.string)' is no range; write two values with one '-'.", offset: ends[2].offset)
        }
    }

    /// The highest value that does not mean the same as another one.
    private var lastValue: Int { noun == "day of the week" ? 6 : range.upperBound }

    private func value(_ piece: Piece) throws(CronError) -> Int {
        let text = piece.string
        let lowered = text.lowercased()
        if let index = names.firstIndex(of: lowered) { return firstName + index }
        if Self.isNumber(piece), let number = Int(text), range.contains(number) { return number }
        var message =
            text.isEmpty ? "Here a \(noun) is missing: \(hint)." : "'\(text)' is no \(noun): \(hint)."
        if let sign = Self.foreignSign(piece) {
            message += " '\(sign)' belongs to other dialects of cron\(sign == "?" ? "; write '*'" : "")."
        } else if let name = names.first(where: { lowered.hasPrefix($0) }) {
            message += " Did you mean '\(name)'?"
        }
        throw CronError(message, offset: piece.offset)
    }

    /// What Quartz, Jenkins and others know beside values.
    private static func foreignSign(_ piece: Piece) -> Unicode.Scalar? {
        if let sign = piece.text.first(where: { $0 == "?" || $0 == "#" }) { return sign }
        let rest = piece.text.filter { !("0"..."9").contains($0) }
        return rest.count == 1 ? rest.first { "LWHR".unicodeScalars.contains($0) } : nil
    }

    private func step(_ piece: Piece, of item: Piece) throws(CronError) -> Int {
        let most = range.upperBound
        guard Self.isNumber(piece), let step = Int(piece.string), (1...most).contains(step) else {
            throw CronError(
                "A step is a whole number from 1 to \(most); found '\(piece.string)' in '\(item.string)'.",
                offset: piece.offset)
        }
        return step
    }

    private var hint: String {
        let numbers = "write a number from \(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers), or \(first) to \(last)"
    }

    private static func isNumber(_ piece: Piece) -> Bool {
        !piece.text.isEmpty && piece.text.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func split(_ piece: Piece, at separator: Unicode.Scalar) -> [Piece] {
        var offset = piece.offset
        return piece.text.split(separator: separator, omittingEmptySubsequences: false).map { part in
            defer { offset += part.count + 1 }
            return Piece(text: part, offset: offset)
        }
    }
}
