/// Character classes with a fast path for ASCII, since the Unicode property look-up costs many times more.
extension Unicode.Scalar {
    /// A letter of any script, or a mark that belongs to the letter before it.
    var isLetter: Bool {
        if value < 0x80 { return (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }
        return properties.isAlphabetic || isCombiningMark
    }

    /// An accent or similar that modifies the scalar before it and cannot begin a word.
    var isCombiningMark: Bool {
        guard value >= 0x300 else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// One of 0 to 9; the digits of other scripts are not read as numbers.
    var isDigit: Bool { value >= 0x30 && value <= 0x39 }

    /// A capital letter (or a titlecase digraph).
    var isUpper: Bool {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A }
        return properties.isUppercase || properties.generalCategory == .titlecaseLetter
    }

    /// A small letter.
    var isLower: Bool {
        if value < 0x80 { return value >= 0x61 && value <= 0x7A }
        return properties.isLowercase
    }

    /// White space of any kind, line ends and a byte-order mark included.
    var isSpace: Bool {
        if value < 0x80 { return value == 0x20 || (value >= 0x09 && value <= 0x0D) }
        return value == 0xFEFF || properties.isWhitespace
    }

    /// A line end; of a CR LF pair only the LF counts.
    var isLineEnd: Bool { value == 0x0A || value == 0x2028 || value == 0x2029 || value == 0x85 }

    /// A mark that ends a sentence when the context agrees.
    var isTerminator: Bool {
        switch self {
        case ".", "!", "?", "…", "。", "！", "？": true
        default: false
        }
    }

    /// A terminator of scripts that put no space after it.
    var isWideTerminator: Bool { self == "。" || self == "！" || self == "？" }

    /// Quotes and brackets that may close after a terminator and still belong to its sentence.
    var isCloser: Bool {
        switch self {
        case "\"", "'", "”", "’", "»", ")", "]", "}", "」", "』": true
        default: false
        }
    }

    /// Quotes and brackets that may stand before the first word of a sentence.
    var isOpener: Bool {
        switch self {
        case "\"", "'", "“", "‘", "«", "(", "[", "{", "¿", "¡", "„", "「", "『": true
        default: false
        }
    }

    /// A hyphen or dash.
    var isDash: Bool { self == "-" || self == "–" || self == "—" || self == "‑" }
}
