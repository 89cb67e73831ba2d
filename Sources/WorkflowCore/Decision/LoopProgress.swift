/// How far a step with `foreach` is.
struct LoopProgress: Sendable, Equatable {
    /// How many items there are.
    let count: Int
    /// How many have started; the number of the next one.
    var started = 0
    /// How many have succeeded.
    var succeeded = 0
    /// How many have failed.
    var failed = 0

    /// How many are at work.
    var atWork: Int { started - succeeded - failed }

    /// What is known of the step by now.
    enum Verdict {
        case goesOn, succeeds, fails
    }

    /// What is known of the step by now.
    func verdict(_ loop: StepLoop) -> Verdict {
        if failed > loop.tolerated(of: count) { return .fails }
        if let needed = loop.needed(of: count), succeeded >= needed { return .succeeds }
        return succeeded + failed == count ? .succeeds : .goesOn
    }
}
