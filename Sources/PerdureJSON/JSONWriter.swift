/// Writes JSON straight into bytes, for envelopes that wrap a payload which is already encoded.
///
/// It puts the commas and colons; balanced `begin`/`end` calls and a key before each member are the caller's part.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public var bytes: [UInt8]
    private var needsComma = false

    /// Makes an empty writer with room for `capacity` bytes.
    public init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes an object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes an array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the name of the next member.
    public mutating func key(_ key: String) {
        comma()
        Self.appendString(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func string(_ value: String) {
        comma()
        Self.appendString(value, to: &bytes)
        needsComma = true
    }

    /// Writes an integer.
    public mutating func int(_ value: some FixedWidthInteger) {
        comma()
        Self.appendInteger(value, to: &bytes)
        needsComma = true
    }

    /// Writes a number in its shortest form that reads back the same; `null` when it is not finite.
    public mutating func double(_ value: Double) {
        comma()
        Self.appendDouble(value, to: &bytes)
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        comma()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes `null`.
    public mutating func null() {
        comma()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// Writes a value.
    public mutating func value(_ value: JSONValue) {
        comma()
        value.write(into: &bytes)
        needsComma = true
    }

    /// Writes bytes that are one encoded JSON value already; they are not checked.
    public mutating func raw(bytes encoded: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: encoded)
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
