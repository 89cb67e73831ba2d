/// A span of time in nanoseconds, about 292 years either way.
public struct CELDuration: Sendable, Hashable, Comparable {
    static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// The whole span in nanoseconds.
    public let nanoseconds: Int64

    /// Creates a span from nanoseconds.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Creates a span from Swift's; nil if it does not fit. Fractions of a nanosecond are cut off.
    public init?(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let scaled = seconds.multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        let total = scaled.partialValue.addingReportingOverflow(attoseconds / Self.nanosecondsPerSecond)
        guard !scaled.overflow, !total.overflow else { return nil }
        nanoseconds = total.partialValue
    }

    /// The same span as Swift's `Duration`.
    public var duration: Duration { .nanoseconds(nanoseconds) }

    /// Whether the left span is shorter.
    public static func < (lhs: CELDuration, rhs: CELDuration) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

    static func overflow() -> CELError {
        CELError(.overflow, "The duration is out of range: it must fit in about 292 years")
    }

    func adding(_ other: CELDuration) throws(CELError) -> CELDuration {
        let sum = nanoseconds.addingReportingOverflow(other.nanoseconds)
        guard !sum.overflow else { throw Self.overflow() }
        return CELDuration(nanoseconds: sum.partialValue)
    }

    func subtracting(_ other: CELDuration) throws(CELError) -> CELDuration {
        let difference = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        guard !difference.overflow else { throw Self.overflow() }
        return CELDuration(nanoseconds: difference.partialValue)
    }
}
