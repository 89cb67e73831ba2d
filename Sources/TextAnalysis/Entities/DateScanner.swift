/// Finds dates written with words: `Tuesday, 12 March 2024`, `March 12`, `in March 2024`, `last Friday`, `the 1990s`.
struct DateScanner {
    let text: ScalarText
    let tokens: [Token]

    func scan(into cover: inout CoverMap) {
        var index = 0
        while index < tokens.count {
            guard !cover.covers(tokens[index].start), let found = date(at: index) else {
                index += 1
                continue
            }
            cover.insert(
                Candidate(
                    type: .date, start: tokens[found.start].start, end: tokens[found.end - 1].end,
                    normalized: found.normalized))
            index = max(found.end, index + 1)
        }
    }

    private struct Found {
        var start: Int
        var end: Int
        var normalized: String?
    }

    private func date(at index: Int) -> Found? {
        let token = tokens[index]
        switch token.kind {
        case .word:
            if token.isCapitalized, isWeekday(token) || CalendarWords.shortWeekdays.contains(token.lower) {
                return weekdayDate(at: index)
            }
            if isMonth(index) { return monthFirst(at: index) ?? bareMonth(at: index) }
            return relative(at: index) ?? quarter(at: index)
        case .number: return dayFirst(at: index) ?? decade(at: index) ?? bareYear(at: index)
        default: return nil
        }
    }

    // MARK: Parts

    private func isWeekday(_ token: Token) -> Bool { token.isWord && token.classes.contains(.weekday) }

    private func isMonth(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized else { return false }
        return token.classes.contains(.month)
    }

    private func token(_ index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

    private func lower(_ index: Int) -> String { token(index)?.lower ?? "" }

    private func month(_ index: Int) -> Int? { CalendarWords.monthNumbers[tokens[index].lower] }

    private func integer(_ index: Int, digits: ClosedRange<Int>) -> Int? {
        guard let token = token(index), token.kind == .number, digits.contains(token.lower.utf8.count) else {
            return nil
        }
        return Int(token.lower)
    }

    private func year(_ index: Int) -> Int? {
        guard let year = integer(index, digits: 4...4), NumericDateScanner.years.contains(year), isFreeEnd(index) else {
            return nil
        }
        return year
    }

    /// The number is not the beginning of something longer: `2024-25`, `2.5m`, `12%`.
    private func isFreeEnd(_ index: Int) -> Bool {
        guard let next = token(index + 1), next.gap == .none else { return true }
        if next.isWord || next.kind == .number { return false }
        if next.isSymbol("%") || next.isSymbol("/") || next.isSymbol("°") { return false }
        if next.first.isDash, token(index + 2)?.gap == Token.Gap.none { return token(index + 2)?.kind != .number }
        return true
    }

    /// A day of the month with or without `st`, `nd`, `rd`, `th`; the index after it.
    private func day(_ index: Int) -> (value: Int, next: Int)? {
        guard let value = integer(index, digits: 1...2), (1...31).contains(value) else { return nil }
        if let suffix = token(index + 1), suffix.isWord, suffix.gap == .none {
            guard ["st", "nd", "rd", "th"].contains(suffix.lower) else { return nil }
            return (value, index + 2)
        }
        return (value, index + 1)
    }

    private func skip(_ symbol: Unicode.Scalar, at index: Int) -> Int {
        token(index)?.isSymbol(symbol) == true ? index + 1 : index
    }

    private func normalized(year: Int?, month: Int, day: Int) -> String? {
        guard let year, day <= CalendarWords.dayCount(month: month, year: year) else { return nil }
        return NumericDateScanner.iso(year: year, month: month, day: day)
    }

    // MARK: Forms

    /// `12 March 2024`, `12th of March`, `12–14 March 2024`.
    private func dayFirst(at index: Int) -> Found? {
        guard let first = day(index) else { return nil }
        var next = first.next
        var last: Int?
        if let dash = token(next), dash.kind == .symbol, dash.first.isDash, let second = day(next + 1),
            second.value > first.value
        {
            last = second.value
            next = second.next
        }
        if token(next)?.lower == "of" { next += 1 }
        guard isMonth(next), let month = month(next), tokens[next].gap == .space || tokens[next].gap == .lineBreak,
            first.value <= CalendarWords.dayCount(month: month, year: nil), !isModalMay(next)
        else { return nil }
        return withYear(
            start: index, afterMonth: next + 1, isShort: tokens[next].lower.utf8.count <= 4, month: month,
            day: first.value, lastDay: last)
    }

    /// `March 12, 2024`, `March 12–14`, `March 2024`.
    private func monthFirst(at index: Int) -> Found? {
        guard let month = month(index) else { return nil }
        let afterMonth = tokens[index].lower.utf8.count <= 4 ? skip(".", at: index + 1) : index + 1
        if let first = day(afterMonth), first.value <= CalendarWords.dayCount(month: month, year: nil) {
            var next = first.next
            var last: Int?
            if let dash = token(next), dash.kind == .symbol, dash.first.isDash, let second = day(next + 1),
                second.value > first.value
            {
                last = second.value
                next = second.next
            }
            guard isFreeEnd(next - 1), token(next)?.isSymbol(":") != true else { return nil }
            return withYear(
                start: index, afterMonth: next, isShort: false, month: month, day: first.value, lastDay: last)
        }
        let yearIndex = token(afterMonth)?.lower == "of" ? afterMonth + 1 : skip(",", at: afterMonth)
        guard let year = year(yearIndex) else { return nil }
        return Found(
            start: index, end: yearIndex + 1, normalized: NumericDateScanner.iso(year: year, month: month))
    }

    private func withYear(start: Int, afterMonth: Int, isShort: Bool, month: Int, day: Int, lastDay: Int?) -> Found {
        var yearIndex = skip(",", at: isShort ? skip(".", at: afterMonth) : afterMonth)
        if yearIndex > afterMonth, year(yearIndex) == nil { yearIndex = afterMonth }
        let year = year(yearIndex)
        let first = normalized(year: year, month: month, day: day)
        let last = lastDay.flatMap { normalized(year: year, month: month, day: $0) }
        var result = first
        if lastDay != nil {
            result = nil
            if let first, let last { result = first + "/" + last }
        }
        return Found(start: start, end: year == nil ? afterMonth : yearIndex + 1, normalized: result)
    }

    /// `Tuesday, 12 March 2024`, `last Friday`, `Friday`.
    private func weekdayDate(at index: Int) -> Found? {
        let isShort = !isWeekday(tokens[index])
        let next = skip(",", at: isShort ? skip(".", at: index + 1) : index + 1)
        if let following = token(next) {
            var date = following.kind == .number ? dayFirst(at: next) : nil
            if date == nil, isMonth(next) { date = monthFirst(at: next) }
            if var date {
                date.start = index
                return date
            }
        }
        if isShort || CalendarWords.namedDayWords.contains(lower(index - 1)) { return nil }
        return Found(start: leadIn(before: index, words: ["last", "next", "this"]), end: index + 1)
    }

    /// A month alone, where the word before it says that it is one; `May` is also a verb and a surname.
    private func bareMonth(at index: Int) -> Found? {
        guard let previous = token(index - 1), previous.isWord, tokens[index].lower.utf8.count > 2 else { return nil }
        let isName = tokens[index].lower.utf8.count > 4 || ["may", "june", "july"].contains(tokens[index].lower)
        guard isName, tokens[index].gap == .space || tokens[index].gap == .lineBreak else { return nil }
        // "by May", "of August" are as often people; these words are not.
        let sure: Set<String> = ["in", "since", "until", "till", "during", "last", "next", "this", "early", "late"]
        let likely: Set<String> = ["by", "before", "after", "through", "from", "to", "mid", "between"]
        let isRisky = ["may", "march", "april", "june", "august"].contains(tokens[index].lower)
        let isPart =
            previous.lower == "of" && ["end", "beginning", "start", "middle", "month"].contains(lower(index - 2))
        let isSecond = ["and", "or", "to"].contains(previous.lower) && isMonth(index - 2)
        guard sure.contains(previous.lower) || isPart || isSecond || (likely.contains(previous.lower) && !isRisky)
        else {
            return nil
        }
        if let next = token(index + 1), next.isWord, next.isCapitalized, next.gap == .space,
            next.classes.isDisjoint(with: .stopWord), isRisky
        {
            return nil
        }
        return Found(start: leadIn(before: index, words: ["last", "next", "this"]), end: index + 1)
    }

    /// `12 May` is a date; `12 May be` is not.
    private func isModalMay(_ index: Int) -> Bool {
        guard tokens[index].lower == "may", let next = token(index + 1) else { return false }
        return next.isWord && ["be", "have", "not", "also", "need"].contains(next.lower)
    }

    private func leadIn(before index: Int, words: Set<String>) -> Int {
        guard let previous = token(index - 1), previous.isWord, words.contains(previous.lower) else { return index }
        return index - 1
    }

    /// `yesterday`, `last week`, `this month`.
    private func relative(at index: Int) -> Found? {
        let token = tokens[index]
        if CalendarWords.relativeDays.contains(token.lower) { return Found(start: index, end: index + 1) }
        guard ["last", "next", "this"].contains(token.lower), let period = self.token(index + 1), period.isWord,
            CalendarWords.periods.contains(period.lower), period.gap == .space || period.gap == .lineBreak
        else { return nil }
        // "the next year" and "this year" are dates; "last century's war" too; "next quarter final" is not.
        if period.lower == "quarter", let after = self.token(index + 2), after.isWord || after.first.isDash {
            return nil
        }
        return Found(start: index, end: index + 2)
    }

    /// `Q3 2024`.
    private func quarter(at index: Int) -> Found? {
        guard ["q1", "q2", "q3", "q4"].contains(tokens[index].lower), tokens[index].isCapitalized else { return nil }
        guard let year = year(index + 1) else { return nil }
        return Found(start: index, end: index + 2, normalized: "\(year)-\(tokens[index].lower.uppercased())")
    }

    /// `1990s`, `the late 1800s`.
    private func decade(at index: Int) -> Found? {
        guard let year = integer(index, digits: 4...4), NumericDateScanner.years.contains(year), year % 10 == 0,
            let suffix = token(index + 1), suffix.gap == .none, suffix.lower == "s" || suffix.kind == .possessive
        else { return nil }
        guard suffix.lower == "s" || token(index - 1)?.lower == "the" else { return nil }
        return Found(start: index, end: index + 2)
    }

    /// A year alone after a word of time, unless it counts something: `in 2019`, not `in 2000 homes`.
    private func bareYear(at index: Int) -> Found? {
        guard let year = year(index), let previous = token(index - 1), previous.isWord, tokens[index].gap != .none
        else {
            return nil
        }
        let sure: Set<String> = ["in", "since", "until", "till", "during", "early", "late", "mid", "year", "spring"]
        let seasons: Set<String> = ["summer", "autumn", "winter", "before", "after", "by", "from", "through", "of"]
        let continues =
            ["to", "and"].contains(previous.lower)
            && integer(index - 2, digits: 4...4).map { NumericDateScanner.years.contains($0) && $0 < year } == true
        guard sure.contains(previous.lower) || seasons.contains(previous.lower) || continues else { return nil }
        if let next = token(index + 1), next.gap == .space || next.gap == .lineBreak {
            if next.isWord, next.lower.hasSuffix("s"), next.classes.isDisjoint(with: .stopWord), !next.isCapitalized {
                return nil
            }
            if ["people", "men", "women", "km", "m", "kg", "feet", "per", "percent", "million", "euro", "yen"]
                .contains(next.lower)
            {
                return nil
            }
        }
        return Found(start: index, end: index + 1, normalized: "\(year)")
    }
}
