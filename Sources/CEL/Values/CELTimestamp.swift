/// A point in time with nanoseconds, from the year 1 to the end of 9999, UTC.
public struct CELTimestamp: Sendable, Hashable, Comparable {
    /// 0001-01-01T00:00:00Z in seconds since 1970.
    static let minimumSeconds: Int64 = -62_135_596_800
    /// 9999-12-31T23:59:59Z in seconds since 1970.
    static let maximumSeconds: Int64 = 253_402_300_799

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// Nanoseconds past ``seconds``, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// Creates a point in time; nil outside the years 1 to 9999 or with nanoseconds out of range.
    public init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard (Self.minimumSeconds...Self.maximumSeconds).contains(seconds),
            (0..<1_000_000_000).contains(nanoseconds)
        else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Whether the left is earlier.
    public static func < (lhs: CELTimestamp, rhs: CELTimestamp) -> Bool {
        (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
    }

    func adding(_ duration: CELDuration) throws(CELError) -> CELTimestamp {
        try shifted(seconds: duration.nanoseconds / 1_000_000_000, nanoseconds: duration.nanoseconds % 1_000_000_000)
    }

    func subtracting(_ duration: CELDuration) throws(CELError) -> CELTimestamp {
        try shifted(
            seconds: -(duration.nanoseconds / 1_000_000_000), nanoseconds: -(duration.nanoseconds % 1_000_000_000))
    }

    func subtracting(_ other: CELTimestamp) throws(CELError) -> CELDuration {
        let whole = (seconds - other.seconds).multipliedReportingOverflow(by: CELDuration.nanosecondsPerSecond)
        let total = whole.partialValue.addingReportingOverflow(Int64(nanoseconds - other.nanoseconds))
        guard !whole.overflow, !total.overflow else { throw CELDuration.overflow() }
        return CELDuration(nanoseconds: total.partialValue)
    }

    private func shifted(seconds: Int64, nanoseconds: Int64) throws(CELError) -> CELTimestamp {
        // Neither sum can overflow: both parts are at most a few hundred thousand million.
        var wholeSeconds = self.seconds + seconds
        var rest = Int64(self.nanoseconds) + nanoseconds
        if rest < 0 {
            rest += 1_000_000_000
            wholeSeconds -= 1
        } else if rest >= 1_000_000_000 {
            rest -= 1_000_000_000
            wholeSeconds += 1
        }
        guard let result = CELTimestamp(seconds: wholeSeconds, nanoseconds: Int32(rest)) else {
            throw Self.outOfRange()
        }
        return result
    }

    static func outOfRange() -> CELError {
        CELError(.overflow, "The timestamp is out of range: it must lie in the years 0001 to 9999")
    }
}
