/// A point in time as PostgreSQL keeps it: whole microseconds since 1970-01-01T00:00:00Z.
///
/// The core never asks what time it is; every decision takes `now` as an argument, so that a simulator can own the
/// clock.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the Unix epoch, negative before it.
    public let microsecondsSinceEpoch: Int64

    /// A timestamp from microseconds since the Unix epoch.
    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    /// Whole seconds since the Unix epoch, as AMQP properties carry time.
    public var secondsSinceEpoch: Int64 { Self.floorDivide(microsecondsSinceEpoch, 1_000_000) }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    /// The timestamp `microseconds` later.
    public func advanced(byMicroseconds microseconds: Int64) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: microsecondsSinceEpoch &+ microseconds)
    }

    /// RFC 3339 in UTC with six fractional digits, e.g. `2026-11-22T16:02:00.000123Z`.
    public var rfc3339: String {
        let days = Self.floorDivide(microsecondsSinceEpoch, 86_400_000_000)
        // Wraps at the very first day there is, where the product is out of range and the difference is not.
        let withinDay = microsecondsSinceEpoch &- days &* 86_400_000_000
        let (year, month, day) = Self.civilDate(daysSinceEpoch: days)
        let seconds = withinDay / 1_000_000
        guard (0...9999).contains(year) else {
            return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
                + "T" + Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2)
                + ":" + Self.padded(seconds % 60, 2) + "." + Self.padded(withinDay % 1_000_000, 6) + "Z"
        }
        // In one piece, because every event has one.
        return String(unsafeUninitializedCapacity: 27) { text in
            var end = 0
            func write(_ value: Int64, _ width: Int, then separator: Unicode.Scalar) {
                var rest = value
                for index in stride(from: width - 1, through: 0, by: -1) {
                    text[end + index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                text[end + width] = UInt8(ascii: separator)
                end += width + 1
            }
            write(year, 4, then: "-")
            write(month, 2, then: "-")
            write(day, 2, then: "T")
            write(seconds / 3600, 2, then: ":")
            write(seconds / 60 % 60, 2, then: ":")
            write(seconds % 60, 2, then: ".")
            write(withinDay % 1_000_000, 6, then: "Z")
            return end
        }
    }

    /// Proleptic Gregorian date of a day number; Howard Hinnant's `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html).
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        if value < 0 { return "-" + padded(-value, width) }
        let digits = String(value)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
