/// The deliveries of one connection that wait for their acknowledgement, and the fewest acknowledgements that settle
/// them.
///
/// Everything up to the lowest delivery still open goes with one `multiple` acknowledgement. Deliveries beyond a gap
/// wait for it to close; when too many do, they are acknowledged one by one, so that a single slow delivery does not
/// use the prefetch up.
struct AckWindow: Equatable {
    /// An acknowledgement to send.
    struct Acknowledgement: Equatable {
        let tag: UInt64
        let multiple: Bool
    }

    /// Settled deliveries beyond a gap that may wait for it.
    static let patience = 64

    /// The connection that the tags belong to.
    private(set) var generation: UInt64 = 0
    private var lowestOpen: UInt64 = 1
    private var waiting: Set<UInt64> = []
    private var acknowledged = TagRanges()
    /// The highest tag that was handed on.
    private var highest: UInt64 = 0

    /// Starts over with the tags of another connection.
    mutating func begin(generation: UInt64) {
        guard generation != self.generation else { return }
        self = AckWindow()
        self.generation = generation
    }

    /// Notes a delivery. Tags that were passed over were given back to the broker before they came here.
    mutating func deliver(_ tag: UInt64) {
        if tag > highest + 1 { acknowledged.insert(highest + 1...tag - 1) }
        highest = max(highest, tag)
    }

    /// How many pieces it remembers the deliveries in that are settled beyond one that is not.
    var pieces: Int { acknowledged.ranges.count + waiting.count }

    /// Settles deliveries.
    mutating func settle(_ tags: some Sequence<UInt64>) -> [Acknowledgement] {
        for tag in tags where tag >= lowestOpen && !acknowledged.contains(tag) { waiting.insert(tag) }
        var result: [Acknowledgement] = []
        var last: UInt64?
        while true {
            if waiting.remove(lowestOpen) != nil {
                last = lowestOpen
                lowestOpen += 1
            } else if let end = acknowledged.removeRange(from: lowestOpen) {
                lowestOpen = end + 1
            } else {
                break
            }
        }
        if let last { result.append(Acknowledgement(tag: last, multiple: true)) }
        if waiting.count > Self.patience {
            result += waiting.sorted().map { Acknowledgement(tag: $0, multiple: false) }
            for tag in waiting { acknowledged.insert(tag...tag) }
            waiting.removeAll()
        }
        return result
    }
}
