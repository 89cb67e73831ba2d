import WorkflowCore

/// What a lane takes the lines of workflows with `concurrency` for: whether a new execution may start with the commit that
/// accepts it, or has to wait for its turn first.
///
/// A guess that spares a commit and no more: the journal knows, and refuses what starts without a slot.
struct SlotOutlook {
    /// Lines to remember. Forgetting one costs a commit that is refused.
    private static let limit = 10_000

    /// The lines in which somebody had to wait when it was last asked.
    private var crowded: Set<SlotClaim.Line> = []
    /// How many have started in each line with the batch that is made up.
    private var starting: [SlotClaim.Line: Int] = [:]

    /// Another batch begins.
    mutating func beginBatch() {
        if !starting.isEmpty { starting = [:] }
    }

    /// Whether to let one more execution start; if so, it is counted.
    mutating func admits(_ line: SlotClaim.Line, limit: Int) -> Bool {
        guard !crowded.contains(line), starting[line, default: 0] < limit else { return false }
        starting[line, default: 0] += 1
        return true
    }

    /// The journal had no slot for an execution of the line.
    mutating func sawNoSlot(in line: SlotClaim.Line) {
        if crowded.count >= Self.limit { crowded = [] }
        crowded.insert(line)
    }

    /// The journal had a slot for one that would have waited.
    mutating func sawSlot(in line: SlotClaim.Line) {
        crowded.remove(line)
    }
}
