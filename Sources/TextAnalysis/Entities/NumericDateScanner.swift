/// Finds dates of digits alone: `2024-03-12`, `2024-03-12T14:30Z`, `12/03/2024`, `25.12.2024`, `2019–2023`.
///
/// The order of day and month in `12/03/2024` is a matter of country, so it is normalised only if one of them is
/// past 12 or both are the same.
struct NumericDateScanner {
    static let years = 1500...2100

    let text: ScalarText

    func scan(into cover: inout CoverMap) {
        var offset = 0
        while offset < text.count {
            guard text.scalars[offset].isDigit else {
                offset += 1
                continue
            }
            let isFree = !cover.covers(offset) && !isJoined(before: offset)
            if isFree, let date = isoDate(at: offset) ?? separatedDate(at: offset) ?? yearRange(at: offset) {
                cover.insert(date)
                offset = date.end
            } else {
                while text.scalar(at: offset)?.isDigit == true { offset += 1 }
            }
        }
    }

    /// Part of a longer number, word or path.
    private func isJoined(before offset: Int) -> Bool {
        guard let scalar = text.scalar(at: offset - 1) else { return false }
        if scalar.isLetter || scalar.isDigit { return true }
        switch scalar {
        case "-", "/", ".", ",", "+", "$", "€", "£", "_", ":", "#": return true
        default: return false
        }
    }

    private func digits(at offset: Int, _ counts: ClosedRange<Int>) -> (value: Int, end: Int)? {
        var end = offset
        var value = 0
        while let scalar = text.scalar(at: end), scalar.isDigit {
            guard end - offset < counts.upperBound else { return nil }
            value = value * 10 + Int(scalar.value - 0x30)
            end += 1
        }
        return counts.contains(end - offset) ? (value, end) : nil
    }

    /// Nothing that would make the digits part of something longer.
    private func isEnd(_ offset: Int) -> Bool {
        guard let scalar = text.scalar(at: offset) else { return true }
        if scalar.isLetter { return false }
        let next = text.scalar(at: offset + 1)
        return !((scalar == "-" || scalar == "/" || scalar == "." || scalar == ",") && next?.isDigit == true)
    }

    private func isoDate(at start: Int) -> Candidate? {
        guard let year = digits(at: start, 4...4), Self.years.contains(year.value), text.scalar(at: year.end) == "-",
            let month = digits(at: year.end + 1, 2...2), (1...12).contains(month.value),
            text.scalar(at: month.end) == "-", let day = digits(at: month.end + 1, 2...2),
            (1...CalendarWords.dayCount(month: month.value, year: year.value)).contains(day.value)
        else { return nil }
        let end = clockEnd(after: day.end) ?? day.end
        guard isEnd(end) else { return nil }
        return Candidate(type: .date, start: start, end: end, normalized: text.string(start..<end))
    }

    /// The end of `T14:30`, `T14:30:05.123Z`, `T14:30+01:00`.
    private func clockEnd(after offset: Int) -> Int? {
        guard text.scalar(at: offset) == "T", let hour = digits(at: offset + 1, 2...2), hour.value < 24,
            text.scalar(at: hour.end) == ":", let minute = digits(at: hour.end + 1, 2...2), minute.value < 60
        else { return nil }
        var end = minute.end
        if text.scalar(at: end) == ":", let second = digits(at: end + 1, 2...2) { end = second.end }
        if text.scalar(at: end) == ".", let fraction = digits(at: end + 1, 1...9) { end = fraction.end }
        if text.scalar(at: end) == "Z" { return end + 1 }
        if text.scalar(at: end) == "+" || text.scalar(at: end) == "-", let hour = digits(at: end + 1, 2...2),
            text.scalar(at: hour.end) == ":", let minute = digits(at: hour.end + 1, 2...2)
        {
            return minute.end
        }
        return end
    }

    private func separatedDate(at start: Int) -> Candidate? {
        guard let first = digits(at: start, 1...2), let separator = text.scalar(at: first.end),
            separator == "/" || separator == ".", let second = digits(at: first.end + 1, 1...2),
            text.scalar(at: second.end) == separator
        else { return nil }
        let isShort = separator == "/" && digits(at: second.end + 1, 2...2) != nil
        guard let year = isShort ? digits(at: second.end + 1, 2...2) : digits(at: second.end + 1, 4...4),
            isEnd(year.end),
            isShort || Self.years.contains(year.value)
        else { return nil }
        let knownYear = isShort ? nil : year.value
        let dayFirst = isValid(day: first.value, month: second.value, year: knownYear)
        let monthFirst = isValid(day: second.value, month: first.value, year: knownYear)
        guard dayFirst || monthFirst else { return nil }
        var normalized: String?
        if let knownYear, dayFirst != monthFirst || first.value == second.value {
            let (day, month) = dayFirst ? (first.value, second.value) : (second.value, first.value)
            normalized = Self.iso(year: knownYear, month: month, day: day)
        }
        return Candidate(type: .date, start: start, end: year.end, normalized: normalized)
    }

    /// `2019–2023`, two plausible years in order; a hyphen will do.
    private func yearRange(at start: Int) -> Candidate? {
        guard let from = digits(at: start, 4...4), Self.years.contains(from.value),
            let dash = text.scalar(at: from.end),
            dash == "-" || dash == "–", let to = digits(at: from.end + 1, 4...4), Self.years.contains(to.value),
            from.value < to.value, isEnd(to.end)
        else { return nil }
        return Candidate(type: .date, start: start, end: to.end, normalized: "\(from.value)/\(to.value)")
    }

    private func isValid(day: Int, month: Int, year: Int?) -> Bool {
        (1...12).contains(month) && day >= 1 && day <= CalendarWords.dayCount(month: month, year: year)
    }

    static func iso(year: Int, month: Int, day: Int? = nil) -> String {
        let yearAndMonth = "\(year)-\(month < 10 ? "0" : "")\(month)"
        guard let day else { return yearAndMonth }
        return yearAndMonth + "-\(day < 10 ? "0" : "")\(day)"
    }
}
