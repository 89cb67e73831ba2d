extension JSONParser {
    /// Reads a string literal; `position` is at its opening quote and ends behind the closing one.
    mutating func parseString() throws(Failure) -> String {
        let start = position + 1
        var hasEscape = false
        position = start
        while true {
            guard position < source.count else { throw unexpectedEnd() }
            let byte = source[position]
            switch byte {
            case UInt8(ascii: "\""):
                let content = UnsafeBufferPointer(rebasing: source[start..<position])
                position += 1
                return hasEscape ? Self.unescape(content) : String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                hasEscape = true
                try checkEscape()
            case 0..<0x20:
                throw failure(.syntax, "A control character in a string must be escaped.")
            case 0x80...:
                try checkMultibyte()
            default:
                position += 1
            }
        }
    }

    /// Checks one escape and steps over it; a surrogate pair is one escape.
    private mutating func checkEscape() throws(Failure) {
        guard position + 1 < source.count else { throw unexpectedEnd() }
        switch source[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            let unit = try hexUnit(at: position + 2)
            if unit == 0, !allowsNUL {
                throw failure(.nulCharacter, "A string holds U+0000, which the database cannot store; remove it.")
            }
            guard 0xD800...0xDFFF ~= unit else {
                position += 6
                return
            }
            guard unit < 0xDC00, position + 7 < source.count, source[position + 6] == UInt8(ascii: "\\"),
                source[position + 7] == UInt8(ascii: "u"), 0xDC00...0xDFFF ~= (try hexUnit(at: position + 8))
            else {
                throw failure(.loneSurrogate, "A \\u escape names half of a surrogate pair; send the whole pair.")
            }
            position += 12
        default:
            throw failure(.syntax, "This escape does not exist in JSON.")
        }
    }

    private func hexUnit(at start: Int) throws(Failure) -> UInt32 {
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            guard index < source.count else { throw unexpectedEnd() }
            guard let digit = Self.hexValue(source[index]) else {
                throw Failure(code: .syntax, offset: index, message: "A \\u escape needs four hexadecimal digits.")
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// Checks one multibyte scalar by table 3-7 of the Unicode standard and steps over it.
    private mutating func checkMultibyte() throws(Failure) {
        let lead = source[position]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0:
            length = 3
            second = 0xA0...0xBF
        case 0xED:
            length = 3
            second = 0x80...0x9F
        case 0xE1...0xEF: length = 3
        case 0xF0:
            length = 4
            second = 0x90...0xBF
        case 0xF4:
            length = 4
            second = 0x80...0x8F
        case 0xF1...0xF3: length = 4
        default: throw invalidUTF8()
        }
        guard position + length <= source.count, second ~= source[position + 1] else { throw invalidUTF8() }
        for index in 2..<max(length, 2) where source[position + index] & 0xC0 != 0x80 { throw invalidUTF8() }
        position += length
    }

    private func invalidUTF8() -> Failure { failure(.invalidUTF8, "A string holds bytes that are not UTF-8.") }

    /// Decodes content whose escapes have been checked; the result is never longer than its source.
    private static func unescape(_ content: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: content.count) { target in
            var written = 0
            var read = 0
            while read < content.count {
                let byte = content[read]
                guard byte == UInt8(ascii: "\\") else {
                    target[written] = byte
                    written += 1
                    read += 1
                    continue
                }
                let kind = content[read + 1]
                read += 2
                guard kind == UInt8(ascii: "u") else {
                    target[written] = simpleEscape(kind)
                    written += 1
                    continue
                }
                var scalar = checkedHexUnit(content, read)
                read += 4
                if scalar & 0xFC00 == 0xD800 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + checkedHexUnit(content, read + 2) & 0x3FF
                    read += 6
                }
                for unit in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
                    target[written] = unit
                    written += 1
                }
            }
            return written
        }
    }

    private static func simpleEscape(_ kind: UInt8) -> UInt8 {
        switch kind {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: kind
        }
    }

    private static func checkedHexUnit(_ content: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
        var unit: UInt32 = 0
        for index in start..<start + 4 { unit = unit << 4 | (hexValue(content[index]) ?? 0) }
        return unit
    }

    private static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
