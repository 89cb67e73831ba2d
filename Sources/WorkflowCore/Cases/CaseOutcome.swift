/// What a case came to.
struct CaseOutcome {
    /// The execution's status, or `REJECTED`.
    var status = ""
    /// The execution as it was left; nil when it never began.
    var state: ExecutionState?
    /// The key under which it would wait for others; nil where its workflow has no limit.
    var concurrencyKey: String?
    /// Why it failed, was cancelled or rejected.
    var error: WorkflowError?
    /// Its events as `TYPE` or `TYPE step`.
    var events: [String] = []
    /// From its start to its end by the clock of the case.
    var durationMicroseconds: Int64 = 0

    /// A span of the case's clock. Events are a microsecond apart so that they have an order; that is no time that passes.
    static func text(_ microseconds: Int64) -> String {
        microseconds < 1000 ? "0s" : DurationText.text(microseconds / 1000 * 1000)
    }
}
