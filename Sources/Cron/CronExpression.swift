/// When something is due, by minute, as the table of cron says it: five fields for minute, hour, day of the month, month and
/// day of the week.
///
/// A field is `*`, a value, a range `a-b`, `*/n` or `a-b/n` for every n-th value, or several of these with commas between them.
/// Months and days of the week have English names of three letters; Sunday is 0 and 7. Where neither of the two fields for
/// days begins with `*`, a day that fits one of them is enough, and otherwise it has to fit both (as in Vixie cron). `@hourly`,
/// `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` stand for expressions.
///
/// It knows nothing of time zones: the times here are those of a clock on a wall, in seconds since 1970-01-01T00:00 by the
/// same clock.
public struct CronExpression: Sendable, Hashable {
    /// As it was written.
    public let text: String

    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    private let anyOfTheDays: Bool

    private static let words = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// The longest text that is looked into.
    private static let longestText = 1000

    /// After so many days the calendar begins anew, weekdays included: 400 years.
    private static let daysOfCalendar: Int64 = 146_097

    /// Reads an expression.
    ///
    /// - Throws: `CronError` with the place and what to write; also for an expression that no day ever fits, such as the
    ///   30th of February.
    public init(_ text: String) throws(CronError) {
        guard text.unicodeScalars.count <= Self.longestText else {
            throw CronError(
                "A cron expression is no longer than \(Self.longestText) characters.", offset: Self.longestText)
        }
        var pieces = Self.pieces(of: text)
        if let word = pieces.first, word.text.first == "@" {
            guard let expression = Self.words[word.string.lowercased()], pieces.count == 1 else {
                throw CronError(
                    "'\(text)' is not known; write one of \(Self.words.keys.sorted().joined(separator: ", ")), or five fields.",
                    offset: word.offset)
            }
            pieces = Self.pieces(of: expression)
        }
        guard pieces.count == CronField.all.count else {
            let names = "minute, hour, day of the month, month, day of the week"
            throw CronError(
                "A cron expression has five fields (\(names)); found \(pieces.count)."
                    + (pieces.count == 6 ? " There is none for seconds or years." : ""),
                offset: pieces.count > 5 ? pieces[5].offset : 0)
        }
        var values: [UInt64] = []
        for (field, piece) in zip(CronField.all, pieces) { values.append(try field.values(of: piece)) }
        self.text = text
        minutes = values[0]
        hours = values[1]
        days = values[2]
        months = values[3]
        weekdays = values[4]
        anyOfTheDays = pieces[2].text.first != "*" && pieces[4].text.first != "*"
        guard next(from: 0) != nil else {
            throw CronError(
                "No day ever fits '\(text)': none of its months has such a day. Write a day that there is.",
                offset: pieces[2].offset)
        }
    }

    /// Whether it leaves no hour of a day out, so that it says which minutes rather than which times of day.
    var isForEveryHour: Bool { hours == 0xFF_FFFF }

    /// The first minute that fits, from a time on a wall clock on and before another.
    ///
    /// - Returns: Seconds of the same clock, or nil when there is none within the 400 years that the calendar has.
    func next(from start: Int64, before end: Int64 = .max) -> Int64? {
        let firstMinute = -floorDivide(-start, 60)
        var day = floorDivide(firstMinute, 1440)
        var minute = Int(firstMinute - day * 1440)
        let lastDay = day + Self.daysOfCalendar
        while day <= lastDay, day * 86_400 < end {
            let date = CivilDate(daysSinceEpoch: day)
            guard has(date.month, in: months) else {
                day = date.startOfNextMonth.daysSinceEpoch
                minute = 0
                continue
            }
            if fits(date, day: day), let found = self.firstMinute(from: minute) {
                let time = day * 86_400 + Int64(found) * 60
                return time < end ? time : nil
            }
            day += 1
            minute = 0
        }
        return nil
    }

    private func fits(_ date: CivilDate, day: Int64) -> Bool {
        let isDay = has(date.day, in: days)
        let isWeekday = has(CivilDate.weekday(daysSinceEpoch: day), in: weekdays)
        return anyOfTheDays ? isDay || isWeekday : isDay && isWeekday
    }

    /// The first minute of a day that fits, from one on.
    private func firstMinute(from minute: Int) -> Int? {
        let hour = minute / 60
        if has(hour, in: hours), let found = first(in: minutes, from: minute % 60) { return hour * 60 + found }
        guard let later = first(in: hours, from: hour + 1), let found = first(in: minutes, from: 0) else { return nil }
        return later * 60 + found
    }

    private func has(_ value: Int, in bits: UInt64) -> Bool { bits >> UInt64(value) & 1 == 1 }

    /// The lowest bit from one on.
    private func first(in bits: UInt64, from value: Int) -> Int? {
        let rest = (bits >> UInt64(value)) << UInt64(value)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The text between blanks.
    private static func pieces(of text: String) -> [CronField.Piece] {
        var pieces: [CronField.Piece] = []
        let scalars = text[...].unicodeScalars
        var rest = scalars[...]
        var offset = 0
        while let start = rest.firstIndex(where: { $0 != " " && $0 != "\t" }) {
            offset += rest.distance(from: rest.startIndex, to: start)
            let end = rest[start...].firstIndex { $0 == " " || $0 == "\t" } ?? rest.endIndex
            pieces.append(CronField.Piece(text: rest[start..<end], offset: offset))
            offset += rest.distance(from: start, to: end)
            rest = rest[end...]
        }
        return pieces
    }
}
