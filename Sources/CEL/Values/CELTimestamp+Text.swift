extension CELTimestamp: CustomStringConvertible {
    /// Reads the date and time format of RFC 3339; nil for another form or a moment out of range.
    ///
    /// A leap second (`:60`) is refused: there is no such second since 1970 to count.
    public init?(text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"), let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t"),
            let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2), let nanoseconds = reader.fraction(),
            let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= Self.daysInMonth(month, year: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        self.init(
            seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanoseconds: Int32(nanoseconds))
    }

    /// The moment in RFC 3339, UTC, with as many decimals as it needs.
    public var description: String {
        let fields = fields(offsetSeconds: 0)
        let date = "\(Self.pad(fields.year, 4))-\(Self.pad(fields.month, 2))-\(Self.pad(fields.day, 2))"
        let clock = "\(Self.pad(fields.hour, 2)):\(Self.pad(fields.minute, 2)):\(Self.pad(fields.second, 2))"
        return "\(date)T\(clock)\(Self.fraction(nanoseconds: UInt64(nanoseconds)))Z"
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// `.5` for half a second, nothing for none.
    static func fraction(nanoseconds: UInt64) -> String {
        guard nanoseconds > 0 else { return "" }
        let digits = String(nanoseconds)
        var fraction = String(repeating: "0", count: 9 - digits.count) + digits
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "." + fraction
    }
}
