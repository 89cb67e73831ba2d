/// How many more executions a lane can begin: in all, and of one workflow.
///
/// One workflow may have as many as the limit under way. All together may have an eighth more, and each workflow only
/// eight times as many as there are places left: so however many workflows have taken what they can, there are places
/// for one that has none yet, and whoever has more than its share waits until the others have theirs. (The dynamic
/// thresholds of A. K. Choudhury and E. L. Hahne, 1998, for the memory of switches.)
struct RequestRoom: Sendable {
    /// Places for workflows that have few, as a part of the limit; see above.
    private static let share = 8
    /// Bytes of inputs and outputs under way in a lane before new requests wait: 10,000 requests of 8 MiB would be 80 GB.
    static let bytes = 256 * 1024 * 1024

    /// No room.
    static let none = RequestRoom(limit: 0, held: [:], count: 0, byteCount: 0)

    private let limit: Int
    private let total: Int
    private var held: [String: Int]
    private var count: Int
    private var byteCount: Int

    /// - Parameters:
    ///   - limit: Executions of one workflow under way at most.
    ///   - held: How many are under way, by workflow.
    ///   - count: How many in all.
    ///   - byteCount: How many bytes they hold.
    init(limit: Int, held: [String: Int], count: Int, byteCount: Int) {
        self.limit = limit
        total = limit > 0 ? limit + max(1, limit / Self.share) : 0
        self.held = held
        self.count = count
        self.byteCount = byteCount
    }

    /// Whether there is room for any workflow.
    var isOpen: Bool { count < total && byteCount < Self.bytes }

    /// Whether there is room for one more execution of a workflow.
    func admits(_ workflow: String) -> Bool {
        guard isOpen else { return false }
        return held[workflow, default: 0] < min(limit, Self.share * (total - count))
    }

    /// Takes the room of one execution.
    mutating func take(_ workflow: String, byteCount bytes: Int) {
        held[workflow, default: 0] += 1
        count += 1
        byteCount += bytes
    }
}
