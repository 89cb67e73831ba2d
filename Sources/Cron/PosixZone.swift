/// A time zone as the variable `TZ` of POSIX says it, with the hours of RFC 8536 (section 3.3.1): `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixZone: Sendable, Hashable {
    /// When within a year clocks are changed.
    enum Day: Hashable {
        /// The n-th day of the year from 1, the 29th of February not counted.
        case julian(Int)
        /// The n-th day of the year from 0.
        case ordinal(Int)
        /// A weekday (0 is Sunday) of a month, the n-th; the fifth is the last.
        case weekday(month: Int, week: Int, day: Int)
    }

    /// A change of clocks: the day, and the seconds after its midnight by the clock before the change.
    struct Change: Hashable {
        let day: Day
        let time: Int64
    }

    /// The part of the year with another offset.
    struct Summer: Hashable {
        let offset: Int64
        let start: Change
        let end: Change
    }

    /// Seconds that standard time is ahead of UTC.
    let offset: Int64
    let summer: Summer?

    /// The changes of the years around a moment, in order.
    func transitions(around moment: Int64) -> [TimeZoneRules.Transition] {
        guard let summer else { return [] }
        let year = CivilDate(daysSinceEpoch: floorDivide(moment + offset, 86_400)).year
        var found: [TimeZoneRules.Transition] = []
        for year in (year - 1)...(year + 1) {
            let start = summer.start.local(year: year) - offset
            let end = summer.end.local(year: year) - summer.offset
            found.append(TimeZoneRules.Transition(time: end, offset: offset))
            found.append(TimeZoneRules.Transition(time: start, offset: summer.offset))
        }
        // Where summer lasts all year, one ends as the next begins: the end comes first, as it was put in.
        return found.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }
}

extension PosixZone.Change {
    /// The change in a year, by the clock before it.
    fileprivate func local(year: Int64) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        let number: Int64 =
            switch day {
            case .ordinal(let day): newYear + Int64(day)
            case .julian(let day): newYear + Int64(day) - (CivilDate.isLeap(year) && day >= 60 ? 0 : 1)
            case .weekday(let month, let week, let weekday): Self.day(year, month, week, weekday)
            }
        return number * 86_400 + time
    }

    private static func day(_ year: Int64, _ month: Int, _ week: Int, _ weekday: Int) -> Int64 {
        let first = CivilDate(year: year, month: month, day: 1)
        let start = first.daysSinceEpoch
        let ahead = (weekday - CivilDate.weekday(daysSinceEpoch: start) + 7) % 7
        var day = start + Int64(ahead + 7 * (week - 1))
        let next = first.startOfNextMonth.daysSinceEpoch
        while day >= next { day -= 7 }
        return day
    }
}

extension PosixZone {
    /// Reads the text; nil when it is none.
    init?(_ text: some StringProtocol) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard reader.name(), let behind = reader.time(most: 24) else { return nil }
        offset = -behind
        guard !reader.rest.isEmpty else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        var summerOffset = offset + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let behind = reader.time(most: 24) else { return nil }
            summerOffset = -behind
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
        summer = Summer(offset: summerOffset, start: start, end: end)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ sign: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: sign) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// A name of three letters or more, or anything between angle brackets.
        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { (0x41...0x5A).contains($0 & ~0x20) }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(_ range: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.count <= 3, let number = Int(String(decoding: digits, as: UTF8.self)), range.contains(number)
            else { return nil }
            rest = rest.dropFirst(digits.count)
            return number
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time(most hours: Int) -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard var seconds = number(0...hours).map({ Int64($0) * 3600 }) else { return nil }
            for unit: Int64 in [60, 1] where take(":") {
                guard let part = number(0...59) else { return nil }
                seconds += Int64(part) * unit
            }
            return isNegative ? -seconds : seconds
        }

        /// `,date[/time]`; two o'clock unless it says.
        mutating func change() -> Change? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Change(day: day, time: 7200) }
            // Hours of more than a day are an extension of RFC 8536.
            return time(most: 167).map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Day? {
            if take("J") { return number(1...365).map { .julian($0) } }
            guard take("M") else { return number(0...365).map { .ordinal($0) } }
            guard let month = number(1...12), take("."), let week = number(1...5), take("."), let day = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
