/// The formats of RFC 3339.
enum DateTimeFormat {
    private static let daysBeforeLeap = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    /// `full-date`: a day that exists.
    static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
            1...12 ~= month
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = daysBeforeLeap[month - 1] + (month == 2 && isLeap ? 1 : 0)
        return 1...days ~= day
    }

    /// `full-time`: with an offset; second 60 only where a leap second can be, at the end of a day in UTC.
    static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        guard text.count >= 9, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"),
            let hour = number(text[0..<2]), let minute = number(text[3..<5]), let second = number(text[6..<8]),
            hour < 24, minute < 60, second <= 60
        else { return false }
        var rest = text[8...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0.isASCIIDigit }
            guard !digits.isEmpty else { return false }
            rest = rest[digits.endIndex...]
        }
        guard let offset = offsetMinutes(Array(rest)) else { return false }
        guard second == 60 else { return true }
        let minuteInUTC = ((hour * 60 + minute - offset) % 1_440 + 1_440) % 1_440
        return minuteInUTC == 1_439
    }

    /// `date-time`, with `T` in either case between its halves.
    static func isDateTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count > 11, bytes[bytes.startIndex + 10] | 0x20 == UInt8(ascii: "t") else { return false }
        return isDate(bytes.prefix(10)) && isTime(bytes.dropFirst(11))
    }

    /// A duration of ISO 8601: weeks alone, or units in their order with at least one of them.
    static func isDuration(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "P") else { return false }
        var rest = bytes.dropFirst()
        if rest.last == UInt8(ascii: "W") { return take("W", &rest) == 1 && rest.isEmpty }
        let days = take("YMD", &rest)
        guard rest.first == UInt8(ascii: "T") else { return days > 0 && rest.isEmpty }
        rest = rest.dropFirst()
        return take("HMS", &rest) > 0 && rest.isEmpty
    }

    /// Takes numbers with these units, each at most once and in this order; answers how many.
    private static func take(_ units: String, _ rest: inout ArraySlice<UInt8>) -> Int {
        var units = units.utf8[...]
        var count = 0
        while true {
            let digits = rest.prefix { $0.isASCIIDigit }
            guard !digits.isEmpty, let unit = rest[digits.endIndex...].first, let place = units.firstIndex(of: unit)
            else { return count }
            units = units[units.index(after: place)...]
            rest = rest[(digits.endIndex + 1)...]
            count += 1
        }
    }

    private static func offsetMinutes(_ text: [UInt8]) -> Int? {
        if text.count == 1, text[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard text.count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            text[3] == UInt8(ascii: ":"), let hours = number(text[1..<3]), let minutes = number(text[4..<6]),
            hours < 24, minutes < 60
        else { return nil }
        return (text[0] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
