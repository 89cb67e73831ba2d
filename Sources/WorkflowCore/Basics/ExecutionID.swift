import FoundationEssentials

/// The identity of one execution: a UUID, written in lower case everywhere outside.
///
/// Ids that the runtime makes are version 7 (RFC 9562): their first 48 bits are the time in milliseconds, so that new
/// rows land at the right edge of every index. A caller may bring any UUID of its own.
public struct ExecutionID: Sendable, Hashable, CustomStringConvertible {
    /// The UUID itself.
    public let uuid: UUID

    /// An id from a UUID.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// An id from its text form in any case, or nil when the text is not a UUID.
    public init?(_ text: String) {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// A version 7 id made of a time and of random bits that the caller supplies.
    public init(now: Timestamp, randomBits high: UInt64, _ low: UInt64) {
        let milliseconds = UInt64(bitPattern: now.microsecondsSinceEpoch / 1000)
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (index * 8)) }
        uuid = UUID(
            uuid: (
                byte(milliseconds, 5), byte(milliseconds, 4), byte(milliseconds, 3), byte(milliseconds, 2),
                byte(milliseconds, 1), byte(milliseconds, 0),
                0x70 | (byte(high, 0) & 0x0F), byte(high, 1),
                0x80 | (byte(low, 0) & 0x3F), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }

    /// The id of the child that an attempt of a step starts: the same whoever starts it.
    ///
    /// A version 8 id (RFC 9562, section 5.8): the first 48 bits of its parent's, so that the rows of children lie beside one
    /// another in every index, then bits of a SHA-256 over the parent's id, the step and the attempt.
    ///
    /// - Parameter step: The step's index in the state.
    public static func child(of parent: ExecutionID, step: Int, attempt: Int) -> ExecutionID {
        let own = withUnsafeBytes(of: parent.uuid.uuid) { Array($0) }
        let digest = SHA256.digest(of: own + Array("child/\(step)/\(attempt)".utf8))
        return ExecutionID(
            UUID(
                uuid: (
                    own[0], own[1], own[2], own[3], own[4], own[5], 0x80 | (digest[0] & 0x0F), digest[1],
                    0x80 | (digest[2] & 0x3F), digest[3], digest[4], digest[5], digest[6], digest[7], digest[8],
                    digest[9]
                )))
    }

    /// The id that belongs to a name: the same wherever it is made. Version 8 (RFC 9562, section 5.8), from a SHA-256.
    public init(named name: String) {
        var bytes = SHA256.digest(of: Array(name.utf8))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        uuid = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// The second half of the UUID, which differs between ids that were made at the same time.
    var lowBits: UInt64 {
        let id = uuid.uuid
        return [id.8, id.9, id.10, id.11, id.12, id.13, id.14, id.15].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The UUID in lower case, e.g. `019ab3c4-…`.
    public var description: String {
        withUnsafeBytes(of: uuid.uuid) { source in
            String(unsafeUninitializedCapacity: 36) { text in
                var position = 0
                func put(_ byte: UInt8) {
                    text[position] = byte
                    position += 1
                }
                for (index, byte) in source.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 { put(UInt8(ascii: "-")) }
                    put(Self.hexDigit(byte >> 4))
                    put(Self.hexDigit(byte & 0x0F))
                }
                return position
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}
