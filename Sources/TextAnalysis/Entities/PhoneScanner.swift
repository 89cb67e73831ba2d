/// Finds telephone numbers: international ones by their plus sign, national ones only in forms that nothing else has.
///
/// Read as numbers are `+44 20 7946 0958`, `(212) 555-0123`, `212-555-0123`, `1-800-555-0123`, `020 7946 0958`, and
/// `555-0123` after a word such as `call`. Years, amounts and plain runs of digits are left alone.
struct PhoneScanner {
    /// ITU-T E.164: at most 15 digits; fewer than 8 with a country code does not occur in practice.
    private static let internationalDigits = 8...15
    /// A trunk 0 with area code and subscriber, in the countries that write it.
    private static let trunkDigits = 9...12
    /// How many tokens before a short number a cue such as `call` may stand.
    private static let cueDistance = 5

    let text: ScalarText
    let tokens: [Token]

    func scan(into cover: inout CoverMap) {
        for index in tokens.indices {
            let token = tokens[index]
            guard token.kind == .number || token.isSymbol("+") || token.isSymbol("("), !cover.covers(token.start),
                isFreeStart(index), let found = phone(at: index)
            else { continue }
            cover.insert(found)
        }
    }

    private func isFreeStart(_ index: Int) -> Bool {
        guard tokens[index].gap == .none, index > 0 else { return true }
        let previous = tokens[index - 1]
        guard previous.kind == .symbol else { return false }
        return previous.first.isOpener || previous.isSymbol(":") || previous.isSymbol("—")
    }

    /// The groups of digits from an offset, the marks between them, and where they end.
    private struct Run {
        var groups: [String] = []
        var separators: [Unicode.Scalar] = []
        var end: Int
        var digits: String { groups.joined() }
    }

    private func phone(at index: Int) -> Candidate? {
        let start = tokens[index].start
        let run = self.run(from: start)
        guard isFreeEnd(run.end) else { return nil }
        let normalized: String?
        if text.scalars[start] == "+" {
            guard Self.internationalDigits.contains(run.digits.utf8.count), run.groups[0].first != "0" else {
                return nil
            }
            // In +44 (0)20 the trunk zero is not dialled from abroad.
            var groups = run.groups
            if groups.count > 2, groups[1] == "0" { groups.remove(at: 1) }
            normalized = "+" + groups.joined()
        } else if isNorthAmerican(run) || isTrunk(run) {
            normalized = run.digits
        } else if run.groups.map(\.utf8.count) == [3, 4], run.separators == ["-"], hasCue(before: index) {
            normalized = nil
        } else {
            return nil
        }
        return Candidate(type: .phone, start: start, end: run.end, normalized: normalized)
    }

    private func run(from start: Int) -> Run {
        var run = Run(end: start)
        var offset = start
        if text.scalars[offset] == "+" { offset += 1 }
        var isInBracket = false
        var total = 0
        while total <= Self.internationalDigits.upperBound {
            if text.scalar(at: offset) == "(", run.groups.count <= 1 {
                isInBracket = true
                offset += 1
            }
            var group = ""
            while let scalar = text.scalar(at: offset), scalar.isDigit, total <= Self.internationalDigits.upperBound {
                group.unicodeScalars.append(scalar)
                offset += 1
                total += 1
            }
            guard !group.isEmpty else { break }
            if isInBracket {
                guard text.scalar(at: offset) == ")" else { break }
                isInBracket = false
                offset += 1
            }
            run.groups.append(group)
            run.end = offset
            guard let separator = text.scalar(at: offset) else { break }
            let continues = text.scalar(at: offset + 1).map { $0.isDigit || $0 == "(" } ?? false
            if separator.isDigit || separator == "(" {
                run.separators.append(")")
            } else if continues, separator == " " || separator == "\u{A0}" || separator == "." || separator.isDash {
                run.separators.append(separator)
                offset += 1
            } else {
                break
            }
        }
        // A separator that no group follows is not part of the number.
        run.separators = Array(run.separators.prefix(max(0, run.groups.count - 1)))
        return run
    }

    private func isFreeEnd(_ end: Int) -> Bool {
        guard let scalar = text.scalar(at: end) else { return true }
        if scalar.isLetter || scalar.isDigit { return false }
        let isJoiner = scalar == "-" || scalar == "." || scalar == "/" || scalar == "," || scalar == "%"
        return !isJoiner || text.scalar(at: end + 1)?.isDigit != true
    }

    /// Three, three and four digits, area code and exchange from 2 on; perhaps a 1 before them.
    private func isNorthAmerican(_ run: Run) -> Bool {
        var groups = run.groups
        if groups.count == 4, groups[0] == "1" { groups.removeFirst() }
        guard groups.map(\.utf8.count) == [3, 3, 4] else { return false }
        // "312 500 1000" with plain spaces is as likely a row of figures.
        if run.separators.allSatisfy({ $0 == " " }) { return false }
        return groups[0].utf8.first.map { $0 >= 0x32 } == true && groups[1].utf8.first.map { $0 >= 0x32 } == true
    }

    /// `020 7946 0958`, `01632 960123`, `(0161) 496 0000`.
    private func isTrunk(_ run: Run) -> Bool {
        guard Self.trunkDigits.contains(run.digits.utf8.count), run.digits.hasPrefix("0"), run.groups.count >= 2,
            run.groups.count <= 5, run.groups[0].utf8.count >= 2
        else { return false }
        return !run.separators.contains(".") && run.groups.dropFirst().allSatisfy { $0.utf8.count >= 2 }
    }

    private func hasCue(before index: Int) -> Bool {
        for position in stride(from: index - 1, through: max(0, index - Self.cueDistance), by: -1) {
            guard tokens[position].sentence == tokens[index].sentence else { return false }
            if tokens[position].classes.contains(.phoneCue) { return true }
        }
        return false
    }
}
