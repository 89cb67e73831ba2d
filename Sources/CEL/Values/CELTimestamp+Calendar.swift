extension CELTimestamp {
    /// A moment on the calendar and the clock of some zone.
    struct Fields: Sendable, Hashable {
        var year: Int64
        /// 1 to 12.
        var month: Int64
        /// 1 to 31.
        var day: Int64
        var hour: Int64
        var minute: Int64
        var second: Int64
        /// 0 for Sunday.
        var weekday: Int64
        /// 0 for the first of January.
        var dayOfYear: Int64
    }

    /// The fields in a zone so many seconds ahead of UTC.
    func fields(offsetSeconds: Int64) -> Fields {
        let local = seconds + offsetSeconds
        let days = local.flooredQuotient(by: 86_400)
        let clock = local - days * 86_400
        let (year, month, day) = Self.date(fromDays: days)
        return Fields(
            year: year, month: month, day: day, hour: clock / 3_600, minute: clock / 60 % 60, second: clock % 60,
            weekday: days + 4 - (days + 4).flooredQuotient(by: 7) * 7,
            dayOfYear: days - Self.days(year: year, month: 1, day: 1))
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    ///
    /// Years are counted from March, so that the leap day comes last; H. Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms".
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date so many days after 1970-01-01; the inverse of ``days(year:month:day:)``.
    static func date(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    static func daysInMonth(_ month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
