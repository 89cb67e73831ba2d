import FoundationEssentials

/// A moment with the resolution of PostgreSQL: whole microseconds since 1970-01-01 00:00:00 UTC.
///
/// Sent as `timestamptz`. Unlike a floating-point date it survives the round trip unchanged.
public struct PostgresTimestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01 00:00:00 UTC. The two extreme values mean plus and minus infinity.
    public var microsecondsSinceUnixEpoch: Int64

    /// A moment by its microseconds since 1970-01-01 00:00:00 UTC.
    public init(microsecondsSinceUnixEpoch: Int64) {
        self.microsecondsSinceUnixEpoch = microsecondsSinceUnixEpoch
    }

    /// The microsecond nearest to a date; dates beyond the range become infinite.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        self.init(
            microsecondsSinceUnixEpoch: Int64(exactly: microseconds) ?? (microseconds < 0 ? Int64.min : Int64.max))
    }

    /// The same moment as a date, which holds it to about a microsecond.
    public var date: Date {
        Date(timeIntervalSince1970: Double(microsecondsSinceUnixEpoch) / 1_000_000)
    }

    /// PostgreSQL's `infinity`, later than every other moment.
    public static let infinity = Self(microsecondsSinceUnixEpoch: .max)
    /// PostgreSQL's `-infinity`, earlier than every other moment.
    public static let negativeInfinity = Self(microsecondsSinceUnixEpoch: .min)

    /// Earlier before later.
    public static func < (left: Self, right: Self) -> Bool {
        left.microsecondsSinceUnixEpoch < right.microsecondsSinceUnixEpoch
    }

    /// From 1970-01-01 to 2000-01-01, where PostgreSQL starts to count.
    static let epochOffsetMicroseconds: Int64 = 946_684_800_000_000

    /// The number on the wire. What is too early for it becomes a value that the server refuses as out of range.
    var wireMicroseconds: Int64 {
        if self == .infinity || self == .negativeInfinity { return microsecondsSinceUnixEpoch }
        let (value, overflow) = microsecondsSinceUnixEpoch.subtractingReportingOverflow(Self.epochOffsetMicroseconds)
        return overflow ? Int64.min + 1 : value
    }

    /// The moment for a number on the wire; nil for the last decades of year 294276, which do not fit.
    init?(wireMicroseconds: Int64) {
        if wireMicroseconds == .max || wireMicroseconds == .min {
            self.init(microsecondsSinceUnixEpoch: wireMicroseconds)
            return
        }
        let (value, overflow) = wireMicroseconds.addingReportingOverflow(Self.epochOffsetMicroseconds)
        if overflow || value == .max { return nil }
        self.init(microsecondsSinceUnixEpoch: value)
    }
}
