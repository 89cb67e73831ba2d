/// What a time zone's clocks show: how far they are ahead of UTC, from when until when.
public struct TimeZoneRules: Sendable, Hashable {
    /// A time during which the offset stays the same.
    struct Span: Hashable {
        /// The first second, or `Int64.min`.
        let start: Int64
        /// The first second after it, or `Int64.max`.
        let end: Int64
        /// Seconds that local time is ahead of UTC.
        let offset: Int64
    }

    /// A moment at which an offset begins.
    struct Transition: Hashable {
        let time: Int64
        let offset: Int64
    }

    /// In ascending order.
    private let transitions: [Transition]
    /// Before the first of them.
    private let firstOffset: Int64
    /// What goes on after the last of them.
    private let tail: PosixZone?

    init(transitions: [Transition], firstOffset: Int64, tail: PosixZone?) {
        self.transitions = transitions
        self.firstOffset = firstOffset
        self.tail = tail
    }

    /// UTC, the whole time.
    public static let utc = TimeZoneRules(transitions: [], firstOffset: 0, tail: nil)

    /// How many seconds local time is ahead of UTC.
    ///
    /// - Parameter moment: Seconds since the Unix epoch.
    public func offset(at moment: Int64) -> Int64 { span(at: moment).offset }

    /// The span that a moment is in.
    func span(at moment: Int64) -> Span {
        // The number of transitions that have been by then.
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].time <= moment { low = middle + 1 } else { high = middle }
        }
        let last = low == 0 ? nil : transitions[low - 1]
        if low < transitions.count {
            return Span(
                start: last?.time ?? .min, end: transitions[low].time, offset: last?.offset ?? firstOffset)
        }
        let start = last?.time ?? .min
        let offset = last?.offset ?? firstOffset
        guard let tail else { return Span(start: start, end: .max, offset: offset) }
        guard tail.summer != nil else {
            return Span(start: start, end: .max, offset: last == nil ? tail.offset : offset)
        }
        let around = tail.transitions(around: moment).filter { $0.time > start }
        guard let index = around.lastIndex(where: { $0.time <= moment }) else {
            return Span(start: start, end: around.first?.time ?? .max, offset: last == nil ? tail.offset : offset)
        }
        let next = index + 1 < around.count ? around[index + 1].time : Int64.max
        return Span(start: around[index].time, end: next, offset: around[index].offset)
    }
}
