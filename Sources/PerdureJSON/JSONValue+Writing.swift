extension JSONValue {
    /// The compact encoding, members in their own order.
    public var jsonBytes: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }

    /// The compact encoding as text.
    public var jsonText: String { String(decoding: jsonBytes, as: UTF8.self) }

    /// The encoding to take digests of: equal values give equal bytes.
    ///
    /// Members are sorted by the UTF-8 bytes of their keys and a double that is a 64-bit integer is written as one.
    /// This is not RFC 8785, which sorts by UTF-16 and formats numbers as ECMAScript does.
    public var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes, isCanonical: true)
        return bytes
    }

    /// Appends the compact encoding to `bytes`.
    public func write(into bytes: inout [UInt8]) { write(into: &bytes, isCanonical: false) }

    /// The encoding for people: one member or element a line, `indent` spaces a level.
    public func prettyText(indent: Int = 2) -> String {
        var bytes: [UInt8] = []
        writePretty(into: &bytes, indent: max(indent, 0), level: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(into bytes: inout [UInt8], isCanonical: Bool) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): JSONWriter.appendInteger(value, to: &bytes)
        case .double(let value):
            if isCanonical, let integer = value.exactInt64 {
                JSONWriter.appendInteger(integer, to: &bytes)
            } else {
                JSONWriter.appendDouble(value, to: &bytes)
            }
        case .string(let value): JSONWriter.appendString(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(into: &bytes, isCanonical: isCanonical)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            let members = isCanonical ? object.membersSortedByKeyBytes : object.members
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in members.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.appendString(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(into: &bytes, isCanonical: isCanonical)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private func writePretty(into bytes: inout [UInt8], indent: Int, level: Int) {
        func newLine(_ bytes: inout [UInt8], _ level: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
        }
        switch self {
        case .array(let values) where !values.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(&bytes, level + 1)
                value.writePretty(into: &bytes, indent: indent, level: level + 1)
            }
            newLine(&bytes, level)
            bytes.append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in object.members.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(&bytes, level + 1)
                JSONWriter.appendString(member.key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.writePretty(into: &bytes, indent: indent, level: level + 1)
            }
            newLine(&bytes, level)
            bytes.append(UInt8(ascii: "}"))
        default:
            write(into: &bytes)
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact encoding as text.
    public var description: String { jsonText }
}

extension JSONObject {
    /// The members by the UTF-8 bytes of their keys, an order that every language can reproduce.
    fileprivate var membersSortedByKeyBytes: [Element] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
