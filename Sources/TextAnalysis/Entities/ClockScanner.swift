/// Finds times of day: `14:30`, `2:30 p.m.`, `5pm`, `noon`, `9 o'clock`, `1400 GMT`.
///
/// `2:30` alone may be morning or afternoon, so it is not normalised; `02:30` and `14:30` are.
struct ClockScanner {
    let text: ScalarText
    let tokens: [Token]

    private static let wordsBeforeNamedTime: Set<String> = [
        "at", "by", "until", "till", "before", "after", "around", "about", "since", "from", "to", "past", "between",
        "and",
        "until", "near", "just", "shortly", "12",
    ]

    func scan(into cover: inout CoverMap) {
        for index in tokens.indices where !cover.covers(tokens[index].start) {
            guard let found = tokens[index].kind == .number ? clock(at: index) : named(at: index) else { continue }
            cover.insert(found)
        }
    }

    private func token(_ index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

    private func twoDigits(_ index: Int, below limit: Int) -> Int? {
        guard let token = token(index), token.kind == .number, token.lower.utf8.count == 2, token.gap == .none,
            let value = Int(token.lower), value < limit
        else { return nil }
        return value
    }

    private func named(at index: Int) -> Candidate? {
        let token = tokens[index]
        guard token.lower == "noon" || token.lower == "midnight", !token.isCapitalized else { return nil }
        guard let previous = self.token(index - 1), Self.wordsBeforeNamedTime.contains(previous.lower) else {
            return nil
        }
        return Candidate(
            type: .time, start: token.start, end: token.end, normalized: token.lower == "noon" ? "12:00" : "00:00")
    }

    private func clock(at index: Int) -> Candidate? {
        let number = tokens[index]
        // Not the tail of something longer: "1:2:30", "4.30.15", "€5".
        if number.gap == .none, let previous = token(index - 1), previous.kind != .symbol || !isOpening(previous.first)
        {
            return nil
        }
        if let colon = token(index + 1), colon.isSymbol(":"), colon.gap == .none { return colonTime(at: index) }
        if let time = hoursOnly(at: index) { return time }
        return militaryTime(at: index)
    }

    private func isOpening(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isOpener || scalar.isDash || scalar == "~" || scalar == "@"
    }

    private func colonTime(at index: Int) -> Candidate? {
        guard tokens[index].lower.utf8.count <= 2, let hour = Int(tokens[index].lower), hour < 24,
            let minute = twoDigits(index + 2, below: 60)
        else { return nil }
        var end = index + 3
        var second: Int?
        if token(end)?.isSymbol(":") == true, let value = twoDigits(end + 1, below: 60) {
            second = value
            end += 2
        }
        let suffix = halfOfDay(at: end)
        if suffix == nil {
            // A ratio, a score or a verse goes on or is led by a name.
            if let next = token(end), next.gap == .none, next.isSymbol(":") || next.isWord || next.kind == .number {
                return nil
            }
            if let previous = token(index - 1), previous.isWord, previous.isCapitalized,
                !previous.isInitial || previous.classes.contains(.firstName),
                previous.classes.isDisjoint(with: [.weekday, .month, .stopWord])
            {
                return nil
            }
        }
        if suffix != nil, !(1...12).contains(hour) { return nil }
        // A zone is written with the 24-hour clock.
        let isZoned = token(end).map { $0.isAllCaps && $0.classes.contains(.zone) } == true
        let isCertain =
            suffix != nil || isZoned || hour > 12 || hour == 0 || tokens[index].lower.utf8.count == 2 && hour < 10
        let normalized =
            isCertain ? Self.format(hour: Self.hour(hour, isAfternoon: suffix?.isAfternoon), minute, second) : nil
        return candidate(index, suffix?.end ?? end, normalized: normalized)
    }

    /// `5pm`, `2.30pm`, `10 a.m.`, `9 o'clock`.
    private func hoursOnly(at index: Int) -> Candidate? {
        let parts = tokens[index].lower.split(separator: ".", omittingEmptySubsequences: false)
        guard let hour = Int(parts[0]), (1...12).contains(hour), parts[0].utf8.count <= 2 else { return nil }
        if parts.count == 1, let word = token(index + 1), word.lower == "o'clock" {
            return candidate(index, index + 2, normalized: nil)
        }
        guard let suffix = halfOfDay(at: index + 1) else { return nil }
        var minute = 0
        if parts.count > 1 {
            guard parts[1].utf8.count == 2, let value = Int(parts[1]), value < 60 else { return nil }
            minute = value
        }
        return candidate(
            index, suffix.end,
            normalized: Self.format(hour: Self.hour(hour, isAfternoon: suffix.isAfternoon), minute, nil))
    }

    /// `1400 GMT`, `0630 hours`.
    private func militaryTime(at index: Int) -> Candidate? {
        let digits = tokens[index].lower
        guard digits.utf8.count == 4, let value = Int(digits), value / 100 < 24, value % 100 < 60,
            let next = token(index + 1), next.isWord, next.gap == .space,
            (next.isAllCaps && ["gmt", "utc"].contains(next.lower))
                || (["hours", "hrs"].contains(next.lower)
                    && ["at", "by", "until", "since"].contains(token(index - 1)?.lower))
        else { return nil }
        return candidate(index, index + 2, normalized: Self.format(hour: value / 100, value % 100, nil))
    }

    /// `am`, `p.m.` after the digits, and the token after it.
    private func halfOfDay(at index: Int) -> (isAfternoon: Bool, end: Int)? {
        guard let token = token(index), token.isWord, token.gap == .none || token.gap == .space else { return nil }
        switch token.lower {
        case "am", "a.m.": return (false, index + 1)
        case "pm", "p.m.": return (true, index + 1)
        default: return nil
        }
    }

    private func candidate(_ first: Int, _ afterLast: Int, normalized: String?) -> Candidate {
        var end = afterLast
        if let zone = token(end), zone.isWord, zone.isAllCaps, zone.classes.contains(.zone), zone.gap == .space {
            end += 1
        }
        return Candidate(type: .time, start: tokens[first].start, end: tokens[end - 1].end, normalized: normalized)
    }

    private static func hour(_ hour: Int, isAfternoon: Bool?) -> Int {
        guard let isAfternoon else { return hour }
        return hour % 12 + (isAfternoon ? 12 : 0)
    }

    private static func format(hour: Int, _ minute: Int, _ second: Int?) -> String {
        let parts = [hour, minute] + (second.map { [$0] } ?? [])
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
