/// A cron expression in a time zone: the moments at which something is due.
///
/// Where clocks are put forward, times of day that do not exist that day are due at the first moment after the gap,
/// together and once. Where they are put back, a time of day that comes twice is due the first time. An expression that
/// leaves no hour out (`*/10 * * * *`) says minutes and not times of day: for it the minutes count that there are, and those
/// that come twice count twice.
public struct CronTimetable: Sendable {
    /// The times of day.
    public let expression: CronExpression
    /// The zone's rules.
    public let zone: TimeZoneRules

    /// A timetable.
    public init(_ expression: CronExpression, in zone: TimeZoneRules) {
        self.expression = expression
        self.zone = zone
    }

    /// The first moment after another at which something is due.
    ///
    /// - Parameter moment: Seconds since the Unix epoch; some ten thousand years around it.
    /// - Returns: Seconds since the Unix epoch, or nil when nothing is ever due any more.
    public func next(after moment: Int64) -> Int64? {
        guard (-Self.farthest...Self.farthest).contains(moment) else { return nil }
        let isByMinute = expression.isForEveryHour
        // Two days before, so that it is known which local times have been before.
        var span = zone.span(at: moment - 2 * 86_400)
        var passed = Int64.min
        while true {
            let isFirst = passed == .min
            let start = isFirst ? moment - 2 * 86_400 + span.offset : span.start + span.offset
            let end = span.end == .max ? Int64.max : span.end + span.offset
            if !isFirst, !isByMinute, span.start > moment, passed < start,
                expression.next(from: passed, before: start) != nil
            {
                return span.start
            }
            let from = max(isByMinute || isFirst ? start : max(start, passed), moment + 1 + span.offset)
            if let local = expression.next(from: from, before: end) { return local - span.offset }
            guard span.end != .max, span.end - moment <= Self.calendar else { return nil }
            passed = max(passed, end)
            span = zone.span(at: span.end)
        }
    }

    /// Times farther from the epoch than this are not looked at.
    private static let farthest: Int64 = 400_000_000_000
    /// The 400 years after which the calendar begins anew, and one more.
    private static let calendar: Int64 = 401 * 366 * 86_400
}
