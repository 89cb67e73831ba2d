/// Words of dates and times (own compilation).
enum CalendarWords {
    static let monthNumbers: [String: Int] = [
        "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
        "september": 9,
        "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7,
        "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
    ]
    static let months = monthNumbers.keys.joined(separator: " ")
    static let weekdays = "monday tuesday wednesday thursday friday saturday sunday"
    static let shortWeekdays: Set<String> = ["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"]
    static let zones = "gmt utc est edt cst cdt mst mdt pst pdt et ct pt cet cest bst eet eest ist jst aest aedt msk"
    static let temporalPrepositions =
        "in since until till during before after by from last next this early late mid through between of to"
    /// After last, next and this they make a relative date.
    static let periods: Set<String> = ["week", "weekend", "month", "quarter", "year", "decade", "century"]
    static let relativeDays: Set<String> = ["today", "yesterday", "tomorrow", "tonight"]

    /// Black Friday, Ash Wednesday: the name of an occasion rather than a day of this week.
    static let namedDayWords: Set<String> = [
        "black", "good", "cyber", "ash", "palm", "easter", "bloody", "holy", "whit", "super", "maundy", "shrove",
        "giving",
    ]

    /// Days of a month, 29 for a February whose year is not known.
    static func dayCount(month: Int, year: Int?) -> Int {
        switch month {
        case 4, 6, 9, 11: return 30
        case 2:
            guard let year else { return 29 }
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: return 31
        }
    }
}
