/// Faults that are put into the in-memory journal on purpose, to see that the checks of a simulation find them.
public enum Sabotage: String, Sendable, CaseIterable {
    /// A commit is taken whatever its fencing token is.
    case ignoresFencing
    /// A commit is taken though its events are there: one that is made again is applied twice.
    case ignoresCopies
    /// A commit is taken though its writer belongs to somebody else by now.
    case ignoresHeirs
    /// Two executions may have the same idempotency key.
    case ignoresKeys
    /// Executions are handed out though events of their last owner wait to be published.
    case claimsTooEarly
    /// Further callers are forgotten.
    case forgetsCallers
    /// A copy of a control message is taken for a new one.
    case forgetsControlKeys
    /// A commit that applies control messages leaves them open.
    case leavesControlsOpen
    /// A commit writes nothing of what it sends to other executions.
    case forgetsSends
    /// Nobody is told what a coordinator that is gone has settled.
    case forgetsAnswers
    /// A schedule begins anew with each start of a coordinator.
    case forgetsTicks
    /// A commit of the last batch of an execution leaves the lease behind.
    case leavesLocks
    /// Of the steps that a commit changes, the last is not written.
    case losesSteps
    /// One slot too many is granted in each line.
    case grantsTooMany
    /// Slots are granted to whoever came last.
    case grantsOutOfOrder
    /// The slots of executions that end are not freed.
    case keepsSlots
    /// The events of a dead writer are read from one position too far.
    case skipsAnEvent
}
