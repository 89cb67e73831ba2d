import WorkflowCore

/// When the row that names an execution's owner is due to be renewed.
///
/// Whether an owner lives is decided by the one lease of its writer, so these renewals are only for whoever reads the
/// table. Each spans twice the time of the one before, so that executions which wait for long are written seldom.
struct LeaseBook {
    /// The longest span: a row is never further behind the truth than that.
    private static let longestSpan = Duration.seconds(3600)

    private var span: Duration
    private var renewsAt: Duration

    /// For an execution that is owned from now on.
    init(lease: Duration, uptime: Duration) {
        span = lease
        renewsAt = uptime + lease / 3
    }

    /// The span to renew the row for, when it is due; the next one is due when a third of it has passed.
    mutating func renewal(uptime: Duration) -> Duration? {
        guard uptime >= renewsAt else { return nil }
        span = min(span * 2, Self.longestSpan)
        renewsAt = uptime + span / 3
        return span
    }
}
