/// Turns the bytes of a file into text.
public enum DefinitionText {
    /// The text of a file in UTF-8, without a byte order mark.
    ///
    /// - Parameters:
    ///   - bytes: What the file holds.
    ///   - file: What the error calls it.
    /// - Throws: `DefinitionErrors` with the place of the first byte that is no UTF-8.
    public static func decode(_ bytes: some Collection<UInt8>, file: String) throws(DefinitionErrors) -> String {
        var bytes = Array(bytes)
        for mark in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] where bytes.starts(with: mark) {
            let message = "The file is UTF-16, as its byte order mark says; save it as UTF-8."
            throw DefinitionErrors(errors: [DefinitionError(file: file, message: message)])
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw DefinitionErrors(errors: [invalidByte(in: bytes, file: file)])
    }

    private static func invalidByte(in bytes: [UInt8], file: String) -> DefinitionError {
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        var before = String.UnicodeScalarView()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&rest) {
            before.append(scalar)
            offset += UTF8.width(scalar)
        }
        let lines = String(before).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let byte = offset < bytes.count ? bytes[offset] : 0
        let hexadecimal = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        // What follows on the line is shown as far as it can be.
        let tail = bytes[min(offset, bytes.count)...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let line = lines.last ?? ""
        return DefinitionError(
            file: file, line: max(1, lines.count), column: line.unicodeScalars.count + 1, key: "",
            message: "The byte 0x\(hexadecimal) here is no UTF-8; save the file as UTF-8.",
            sourceLine: line + String(decoding: tail, as: UTF8.self))
    }
}

extension UTF8 {
    /// How many bytes a character takes.
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int { String(Character(scalar)).utf8.count }
}
