/// What is going to happen in a case, in the order of time; of what is due at the same time, what was noted first comes
/// first.
struct CaseAgenda {
    private struct Entry {
        let due: Timestamp
        let arrival: Arrival
        /// The code of the refusal that is expected; nil when none is.
        let refusal: String?
    }

    /// The next one last, so that taking it moves nothing.
    private var entries: [Entry] = []

    /// When the next thing happens; nil when nothing does.
    var nextDue: Timestamp? { entries.last?.due }

    mutating func add(_ arrival: Arrival, at due: Timestamp, refusal: String? = nil) {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].due > due { low = middle + 1 } else { high = middle }
        }
        entries.insert(Entry(due: due, arrival: arrival, refusal: refusal), at: low)
    }

    mutating func removeNext() -> (due: Timestamp, arrival: Arrival, refusal: String?)? {
        entries.popLast().map { ($0.due, $0.arrival, $0.refusal) }
    }

    /// The signals and cancels that are left, with their times.
    var controls: [(due: Timestamp, arrival: Arrival, refusal: String?)] {
        entries.reversed().compactMap { entry in
            switch entry.arrival {
            case .signalReceived, .cancelRequested: (entry.due, entry.arrival, entry.refusal)
            default: nil
            }
        }
    }
}
