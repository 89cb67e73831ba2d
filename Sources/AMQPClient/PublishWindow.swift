/// The state of a confirmed publisher, free of IO: what waits, what is on its way, and who is told what.
///
/// | state | event | new state | what happens |
/// | --- | --- | --- | --- |
/// | down | `connected` | up | sequence numbers begin at 1 |
/// | up | `takeWritable` | up | messages move from waiting to in flight, within the limits |
/// | up | `confirm`, `returned` | up | outcomes; complete batches are resolved |
/// | up | `channelClosed` | recovering | unconfirmed messages wait again, first in line; a culprit found alone fails |
/// | recovering | `channelReopened` | up | sequence numbers begin at 1 |
/// | any | `disconnected` | down | as `channelClosed` |
/// | any | `cancel` | same | the batch is forgotten, its waiting messages are dropped |
/// | any | `finish` | down | all batches are given back unresolved |
///
/// **Finding a culprit.** A channel is closed because of one message, but the broker does not say which. So after each
/// close fewer messages go out at a time, an eighth as many, until one is alone in flight when it happens: that one is
/// to blame. An eighth, not one at once: a thousand suspects take four closes instead of a thousand round trips, and no
/// message is repeated more than four times. Confirms widen the limit again, one by one.
struct PublishWindow {
    /// A resolved call of `publish`.
    struct Resolved: Equatable {
        var batch: UInt64
        var outcomes: [AMQPPublishOutcome]
    }

    private struct Entry {
        let outgoing: OutgoingMessage
        var batch: UInt64
        var index: Int
        var headerBytes: Int
        var returned: AMQPPublishOutcome?

        var message: AMQPMessage { outgoing.message }

        /// What it takes up in buffers, with the method frame and the names in it.
        var cost: Int {
            message.body.count + headerBytes + WireLimits.frameOverheadBytes + message.exchange.utf8.count
                + message.routingKey.utf8.count
        }
    }

    private struct Batch {
        var outcomes: [AMQPPublishOutcome?]
        var missing: Int
    }

    private enum Link { case down, up, recovering }

    /// How far, in windows, confirmed messages may run ahead of the oldest unconfirmed one; bounds the bookkeeping
    /// where one slow queue holds its confirms back.
    private static let spanFactor = 16

    let window: Int
    let maxInFlightBytes: Int

    private var link = Link.down
    private var frameBytes = WireLimits.frameBytes
    private var waiting = FIFO<Entry>()
    /// Messages in flight by sequence number, the first one being `firstSequence`; `nil` once resolved.
    private var inFlight: [Entry?] = []
    private var firstSequence: UInt64 = 1
    private var inFlightCount = 0
    private var inFlightBytes = 0
    private var batches: [UInt64: Batch] = [:]
    /// How many may be in flight while a culprit is sought; the window in normal times.
    private var suspicionLimit: Int

    init(window: Int, maxInFlightBytes: Int) {
        self.window = max(1, window)
        self.maxInFlightBytes = max(1, maxInFlightBytes)
        suspicionLimit = self.window
    }

    /// Whether nothing is waiting or in flight that somebody waits for.
    var isIdle: Bool { batches.isEmpty }

    /// The number of the message that was written last on this channel.
    var lastSequence: UInt64 { firstSequence + UInt64(inFlight.count) - 1 }

    var oldestInFlight: (sequence: UInt64, message: AMQPMessage)? {
        for (offset, entry) in inFlight.enumerated() {
            if let entry { return (firstSequence + UInt64(offset), entry.message) }
        }
        return nil
    }

    // MARK: Messages

    /// Takes the messages of one call. Those that AMQP cannot express fail at once.
    mutating func enqueue(batch: UInt64, messages: [AMQPMessage], mandatory: Bool) -> [Resolved] {
        batches[batch] = Batch(outcomes: Array(repeating: nil, count: messages.count), missing: messages.count)
        var resolved: [Resolved] = []
        for (index, message) in messages.enumerated() {
            do throws(AMQPError) {
                let size = try message.headerSize()
                let outgoing = OutgoingMessage(message: message, mandatory: mandatory)
                waiting.append(Entry(outgoing: outgoing, batch: batch, index: index, headerBytes: size))
            } catch {
                resolve(batch, index, .failed(error), into: &resolved)
            }
        }
        return resolved
    }

    /// The next messages to write, in order; they count as in flight from now on. A message larger than the byte limit
    /// goes alone.
    mutating func takeWritable() -> (messages: [OutgoingMessage], resolved: [Resolved]) {
        var messages: [OutgoingMessage] = []
        var resolved: [Resolved] = []
        guard link == .up else { return ([], []) }
        while let next = waiting.first, inFlightCount < min(window, suspicionLimit),
            inFlight.count < window * PublishWindow.spanFactor,
            inFlightCount == 0 || inFlightBytes + next.cost <= maxInFlightBytes
        {
            _ = waiting.popFirst()
            guard next.headerBytes + WireLimits.frameOverheadBytes <= frameBytes else {
                resolve(next.batch, next.index, .failed(.headerTooLarge(frameBytes: frameBytes)), into: &resolved)
                continue
            }
            inFlight.append(next)
            inFlightCount += 1
            inFlightBytes += next.cost
            messages.append(next.outgoing)
        }
        return (messages, resolved)
    }

    /// Forgets a call whose task was cancelled. What is in flight stays so, and is not repeated.
    mutating func cancel(batch: UInt64) {
        guard batches.removeValue(forKey: batch) != nil else { return }
        waiting.removeAll { $0.batch == batch }
    }

    // MARK: The broker's answers

    mutating func confirm(_ confirm: AMQPConfirm) -> [Resolved] {
        var resolved: [Resolved] = []
        guard link == .up, confirm.sequence >= firstSequence else { return resolved }
        let last = Int(clamping: confirm.sequence - firstSequence)
        guard last < inFlight.count else { return resolved }
        for position in confirm.multiple ? 0...last : last...last {
            guard let entry = inFlight[position] else { continue }
            inFlight[position] = nil
            inFlightCount -= 1
            inFlightBytes -= entry.cost
            suspicionLimit = min(window, suspicionLimit + 1)
            let outcome = entry.returned ?? (confirm.accepted ? .confirmed : .rejected)
            resolve(entry.batch, entry.index, outcome, into: &resolved)
        }
        trim()
        return resolved
    }

    /// Notes that a mandatory message came back. The broker does not say which, so the oldest one in flight that looks
    /// the same is taken: returns keep the order of publishing.
    mutating func returned(_ message: AMQPMessage, replyCode: Int, replyText: String) {
        func matches(_ entry: Entry?, exactly: Bool) -> Bool {
            guard let entry, entry.outgoing.mandatory, entry.returned == nil,
                entry.message.routingKey == message.routingKey, entry.message.exchange == message.exchange
            else { return false }
            return !exactly
                || entry.message.properties.messageID == message.properties.messageID
                    && entry.message.properties.correlationID == message.properties.correlationID
                    && entry.message.body == message.body
        }
        let position =
            inFlight.firstIndex { matches($0, exactly: true) } ?? inFlight.firstIndex { matches($0, exactly: false) }
        guard let position else { return }
        inFlight[position]?.returned = .returned(replyCode: replyCode, replyText: replyText)
    }

    // MARK: The link

    mutating func connected(frameBytes: Int) {
        link = .up
        self.frameBytes = frameBytes
        firstSequence = 1
    }

    mutating func channelReopened() {
        guard link == .recovering else { return }
        link = .up
        firstSequence = 1
    }

    mutating func channelClosed(_ error: AMQPError) -> [Resolved] {
        link = .recovering
        return takeBack(error)
    }

    mutating func disconnected(_ error: AMQPError) -> [Resolved] {
        guard link != .down else { return [] }
        link = .down
        return takeBack(error)
    }

    /// Ends all calls; returns their ids.
    mutating func finish() -> [UInt64] {
        link = .down
        _ = waiting.removeAll()
        inFlight = []
        inFlightCount = 0
        inFlightBytes = 0
        defer { batches = [:] }
        return batches.keys.sorted()
    }

    /// Puts everything unconfirmed back in front of the line, less a culprit.
    private mutating func takeBack(_ error: AMQPError) -> [Resolved] {
        var resolved: [Resolved] = []
        let unconfirmed = inFlight.compactMap { $0 }
        if error.mayBeCausedByContent, let suspect = unconfirmed.first {
            if unconfirmed.count == 1 {
                resolve(suspect.batch, suspect.index, .failed(error), into: &resolved)
            }
            suspicionLimit = max(1, unconfirmed.count / 8)
        }
        let rest = waiting.removeAll()
        waiting = FIFO(
            (unconfirmed + rest).compactMap { entry in
                // Resolved just now, or nobody waits for it any more.
                guard let batch = batches[entry.batch], batch.outcomes[entry.index] == nil else { return nil }
                var entry = entry
                entry.returned = nil
                return entry
            })
        inFlight = []
        inFlightCount = 0
        inFlightBytes = 0
        return resolved
    }

    /// Drops what is resolved at the front; in one go, so that it costs little per message.
    private mutating func trim() {
        let done = inFlight.firstIndex { $0 != nil } ?? inFlight.count
        guard done == inFlight.count || done >= min(256, window) else { return }
        inFlight.removeFirst(done)
        firstSequence += UInt64(done)
    }

    private mutating func resolve(
        _ id: UInt64, _ index: Int, _ outcome: AMQPPublishOutcome, into resolved: inout [Resolved]
    ) {
        guard let position = batches.index(forKey: id) else { return }
        batches.values[position].outcomes[index] = outcome
        batches.values[position].missing -= 1
        guard batches.values[position].missing == 0 else { return }
        let outcomes = batches.remove(at: position).value.outcomes
        resolved.append(Resolved(batch: id, outcomes: outcomes.compactMap { $0 }))
    }
}
