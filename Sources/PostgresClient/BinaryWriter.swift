import FoundationEssentials

/// Writes values in PostgreSQL's binary form, big-endian.
///
/// Lengths and counts are truncated to 32 bits here: whoever sends the buffer refuses one that is anywhere near that.
enum BinaryWriter {
    /// The version byte in front of binary `jsonb`.
    static let jsonbVersion: UInt8 = 1

    static func bool(_ value: Bool, _ buffer: inout [UInt8]) {
        buffer.append(value ? 1 : 0)
    }

    static func integer<Value: FixedWidthInteger>(_ value: Value, _ buffer: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
    }

    static func double(_ value: Double, _ buffer: inout [UInt8]) {
        integer(value.bitPattern, &buffer)
    }

    static func text(_ value: String, _ buffer: inout [UInt8]) {
        buffer.append(contentsOf: value.utf8)
    }

    static func uuid(_ value: UUID, _ buffer: inout [UInt8]) {
        withUnsafeBytes(of: value.uuid) { buffer.append(contentsOf: $0) }
    }

    static func bytes(_ value: [UInt8], _ buffer: inout [UInt8]) {
        buffer.append(contentsOf: value)
    }

    static func jsonb(_ value: [UInt8], _ buffer: inout [UInt8]) {
        buffer.append(jsonbVersion)
        buffer.append(contentsOf: value)
    }

    static func timestamp(_ value: PostgresTimestamp, _ buffer: inout [UInt8]) {
        integer(value.wireMicroseconds, &buffer)
    }

    /// A one-dimensional array: dimensions, null flag, element type, count, lower bound, then length and bytes of
    /// each element, -1 standing for NULL (`array_send` in the server). An empty array has no dimensions.
    static func array<Element>(
        _ elements: [Element?], of type: PostgresTypeOID, _ buffer: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        integer(Int32(elements.isEmpty ? 0 : 1), &buffer)
        let flagPosition = buffer.count + 3
        integer(Int32(0), &buffer)
        integer(type.rawValue, &buffer)
        if elements.isEmpty { return }
        integer(Int32(truncatingIfNeeded: elements.count), &buffer)
        integer(Int32(1), &buffer)
        for element in elements {
            let lengthPosition = buffer.count
            integer(Int32(-1), &buffer)
            guard let element else {
                buffer[flagPosition] = 1
                continue
            }
            write(element, &buffer)
            let length = UInt32(truncatingIfNeeded: buffer.count - lengthPosition - 4)
            for byte in 0..<4 {
                buffer[lengthPosition + byte] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * byte))
            }
        }
    }
}
