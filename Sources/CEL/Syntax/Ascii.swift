/// The ASCII bytes that the lexer looks for.
enum Ascii {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let doubleQuote: UInt8 = 0x22
    static let singleQuote: UInt8 = 0x27
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let backslash: UInt8 = 0x5C
    static let backtick: UInt8 = 0x60

    static func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }

    static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// Tab, line feed, form feed, carriage return or space.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
    }

    /// `.`, `-`, `/` or space.
    static func isQuotedNamePunctuation(_ byte: UInt8) -> Bool { (0x2D...0x2F).contains(byte) || byte == 0x20 }

    static func hexValue(_ byte: UInt8?) -> UInt32? {
        switch byte {
        case .some(0x30...0x39): byte.map { UInt32($0) - 0x30 }
        case .some(0x41...0x46): byte.map { UInt32($0) - 0x41 + 10 }
        case .some(0x61...0x66): byte.map { UInt32($0) - 0x61 + 10 }
        default: nil
        }
    }

    /// Whether the byte is the letter, in either case. The letter is given in lower case.
    static func isLetter(_ byte: UInt8?, _ letter: Unicode.Scalar) -> Bool {
        byte.map { UInt32($0 | 0x20) == letter.value } ?? false
    }
}
