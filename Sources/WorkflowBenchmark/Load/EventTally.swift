/// Counts published events as a subscriber sees them, and holds them to the promise: within an execution, first copies
/// come in order and without a gap.
struct EventTally: Sendable {
    /// An execution's id, as the two halves of the UUID.
    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
    }

    private var highest: [Key: Int] = [:]
    /// Messages seen, copies included; one may hold several events.
    private(set) var received = 0
    /// First copies.
    private(set) var distinct = 0
    /// Further copies of an event that had come before.
    private(set) var duplicates = 0
    /// Events that came before one with a lower sequence had come at all.
    private(set) var outOfOrder = 0
    /// Messages whose id is not that of an event.
    private(set) var unreadable = 0

    init(expectedExecutions: Int) {
        highest.reserveCapacity(expectedExecutions)
    }

    /// Takes in a message by its `message_id`, `<execution id>/<sequence>`.
    ///
    /// - Parameter first: The sequence of its first event, where it holds several; the id has that of the last.
    mutating func count(messageID: String?, first: Int64? = nil) {
        received += 1
        guard let (key, sequence) = messageID.flatMap({ Self.read($0) }) else {
            unreadable += 1
            return
        }
        let first = first.flatMap { Int(exactly: $0) } ?? sequence
        guard (1...sequence).contains(first) else {
            unreadable += 1
            return
        }
        let last = highest[key, default: 0]
        if first > last + 1 { outOfOrder += 1 }
        let fresh = max(0, sequence - max(last, first - 1))
        distinct += fresh
        duplicates += sequence - first + 1 - fresh
        if fresh > 0 { highest[key] = sequence }
    }

    /// Reads the 36 characters of a UUID and the number after the slash, straight from the bytes.
    private static func read(_ text: String) -> (Key, Int)? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        var sequence = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position < 36 {
                if byte == UInt8(ascii: "-") { continue }
                guard let digit = hexadecimal(byte) else { return nil }
                if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
                digits += 1
            } else if position == 36 {
                guard byte == UInt8(ascii: "/") else { return nil }
            } else {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), sequence < 1_000_000_000 else {
                    return nil
                }
                sequence = sequence * 10 + Int(byte - UInt8(ascii: "0"))
            }
        }
        return digits == 32 && sequence > 0 ? (Key(high: high, low: low), sequence) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
