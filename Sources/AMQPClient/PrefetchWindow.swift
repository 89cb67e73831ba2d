/// How many deliveries to ask the broker for, so that those which are open stay within a number of bytes.
///
/// A prefetch counts messages, whatever their size, and belongs to a consumer for as long as it consumes. So the window
/// remembers the sizes of late, and says when another consumer should take the place of this one, with another prefetch,
/// or when there should be none for a while. What the broker has sent before it hears of that is given back unread: the
/// messages go into the queue again.
///
/// | phase | when | next |
/// | --- | --- | --- |
/// | idle | the consumer begins | consuming |
/// | consuming | open deliveries pass the limit | full |
/// | full | the consumer has ended | paused |
/// | paused | half the limit is free again | consuming |
struct PrefetchWindow: Equatable {
    enum Phase: Equatable {
        /// There is no consumer yet.
        case idle
        /// Deliveries come.
        case consuming
        /// Too much is open: the consumer is to end, and what still comes is given back.
        case full
        /// There is no consumer until something is settled.
        case paused
    }

    /// What to do about the consumer.
    enum Action: Equatable {
        /// End it.
        case pause
        /// Let one with this prefetch take its place.
        case consume(prefetch: UInt16)
    }

    /// How fast a large delivery is forgotten: each smaller one takes this part of the difference off.
    private static let memory = 256

    let maximum: UInt16
    /// Bytes of open deliveries; one more delivery may pass it.
    let byteLimit: Int
    /// What a delivery may have as long as none has come.
    let expectedBytes: Int
    private(set) var phase = Phase.idle
    private(set) var prefetch: UInt16 = 0
    private(set) var openBytes = 0
    private var sizes: [UInt64: Int] = [:]
    private var lowestOpen: UInt64 = 1
    /// About the largest delivery of late.
    private var largest: Int?

    init(maximum: UInt16, byteLimit: Int, expectedBytes: Int) {
        self.maximum = maximum
        self.byteLimit = byteLimit
        self.expectedBytes = expectedBytes
    }

    /// Starts over on a new connection, whose tags begin anew; sizes are remembered.
    mutating func begin() {
        phase = .idle
        sizes.removeAll()
        openBytes = 0
        lowestOpen = 1
    }

    /// The prefetch for a consumer that begins now: what is open already counts.
    var fitting: UInt16 {
        let room = max(0, byteLimit - openBytes) / max(1, largest ?? expectedBytes)
        return UInt16(min(max(1, room), Int(maximum)))
    }

    /// Notes that a consumer with this prefetch is about to begin.
    mutating func consume(prefetch: UInt16) {
        self.prefetch = prefetch
        phase = .consuming
    }

    /// Notes that the consumer has ended.
    mutating func paused() {
        if phase == .full { phase = .paused }
    }

    /// Notes a delivery.
    ///
    /// - Returns: false when it is to be given back.
    mutating func delivered(_ tag: UInt64, byteCount: Int) -> Bool {
        // Even an empty message takes some memory.
        let bytes = max(1, byteCount)
        let before = largest ?? 0
        largest = bytes >= before ? bytes : before - (before - bytes + Self.memory - 1) / Self.memory
        guard phase == .consuming || phase == .idle else { return false }
        sizes[tag] = bytes
        openBytes += bytes
        if openBytes > byteLimit && sizes.count > 1 { phase = .full }
        return true
    }

    /// Notes that a delivery is settled, or all up to it.
    mutating func settled(_ tag: UInt64, multiple: Bool) {
        for tag in (multiple ? min(lowestOpen, tag) : tag)...tag {
            if let bytes = sizes.removeValue(forKey: tag) { openBytes -= bytes }
        }
        if multiple { lowestOpen = max(lowestOpen, tag + 1) }
    }

    /// What to do now, if anything.
    var action: Action? {
        switch phase {
        case .idle: return nil
        case .full: return .pause
        case .paused: return openBytes <= byteLimit / 2 ? .consume(prefetch: fitting) : nil
        case .consuming:
            // Only for a real difference: each change costs the broker three commands.
            let fitting = fitting
            let whole = byteLimit / max(1, largest ?? expectedBytes)
            if fitting > prefetch && (fitting == maximum || Int(fitting) >= 2 * Int(prefetch)) {
                return .consume(prefetch: fitting)
            }
            if prefetch > 1 && whole <= Int(prefetch) / 2 { return .consume(prefetch: fitting) }
            return nil
        }
    }
}
