import CEL
import Cron

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

    /// The time in a text by RFC 3339, e.g. `2026-11-22T17:02:00+01:00`; nil when it is none. Nanoseconds are cut off.
    public init?(rfc3339 text: String) {
        guard let time = CELTimestamp(text: text) else { return nil }
        self.init(microsecondsSinceEpoch: time.seconds * 1_000_000 + Int64(time.nanoseconds) / 1000)
    }

    /// RFC 3339 in UTC with six fractional digits, e.g. `2026-11-22T16:02:00.000123Z`.
    public var rfc3339: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        appendRFC3339(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text of ``rfc3339``, without making a string of it: every event carries one.
    func appendRFC3339(to bytes: inout [UInt8]) {
        let days = Self.floorDivide(microsecondsSinceEpoch, 86_400_000_000)
        // Wraps at the very first day there is, where the product is out of range and the difference is not.
        let withinDay = microsecondsSinceEpoch &- days &* 86_400_000_000
        let date = CivilDate(daysSinceEpoch: days)
        let seconds = withinDay / 1_000_000
        Self.append(date.year, width: 4, to: &bytes)
        func append(_ mark: Unicode.Scalar, _ value: Int64, width: Int) {
            bytes.append(UInt8(ascii: mark))
            Self.append(value, width: width, to: &bytes)
        }
        append("-", Int64(date.month), width: 2)
        append("-", Int64(date.day), width: 2)
        append("T", seconds / 3600, width: 2)
        append(":", seconds / 60 % 60, width: 2)
        append(":", seconds % 60, width: 2)
        append(".", withinDay % 1_000_000, width: 6)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// A number with leading zeros up to a width, and a minus sign before them where it is negative.
    private static func append(_ value: Int64, width: Int, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        var digits = 1
        while digits < width || value.magnitude / divisor >= 10 {
            divisor *= 10
            digits += 1
        }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value.magnitude / divisor % 10))
            divisor /= 10
        }
    }
}
