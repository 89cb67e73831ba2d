/// Cuts a source into tokens.
struct Lexer {
    let bytes: [UInt8]
    var offset = 0
    private var line = 1
    private var lineStart = 0
    /// Continuation bytes of the line so far: the column counts scalars.
    private var continuationBytes = 0

    init(_ source: String) { bytes = Array(source.utf8) }

    /// All tokens of a source; the last is `.end`.
    static func tokens(of source: String) throws(CELError) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    var position: CELPosition {
        CELPosition(utf8Offset: offset, line: line, column: offset - lineStart - continuationBytes + 1)
    }

    func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    var current: UInt8? { byte(at: offset) }

    /// Moves on by so many bytes and keeps count of lines.
    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == Ascii.lineFeed {
                line += 1
                lineStart = offset
                continuationBytes = 0
            } else if byte & 0xC0 == 0x80 {
                continuationBytes += 1
            }
        }
    }

    func failure(_ message: String, at position: CELPosition? = nil) -> CELError {
        CELError(.syntax, message, position: position ?? self.position)
    }

    private mutating func next() throws(CELError) -> Token {
        skipBlanks()
        let start = position
        guard let byte = current else { return Token(kind: .end, position: start) }
        if Ascii.isDigit(byte) || (byte == Ascii.dot && Ascii.isDigit(self.byte(at: offset + 1))) {
            return Token(kind: try number(), position: start)
        }
        if let literal = try textLiteral() { return Token(kind: literal, position: start) }
        if Ascii.isNameStart(byte) { return Token(kind: .name(name()), position: start) }
        if byte == Ascii.backtick { return Token(kind: try quotedName(), position: start) }
        guard let symbol = symbol() else {
            let scalar = currentScalar
            let doubled = ["=": "==", "&": "&&", "|": "||"][scalar]
            throw CELError(
                .syntax, "'\(scalar)' has no meaning here" + (doubled == nil ? "; remove it or put it in quotes" : ""),
                position: position, suggestion: doubled)
        }
        return Token(kind: .symbol(symbol), position: start)
    }

    private var currentScalar: String {
        let rest = bytes[offset..<min(offset + 4, bytes.count)]
        return String(decoding: rest, as: UTF8.self).unicodeScalars.first.map(String.init) ?? ""
    }

    private mutating func skipBlanks() {
        while let byte = current {
            if byte == Ascii.slash, self.byte(at: offset + 1) == Ascii.slash {
                while let byte = current, byte != Ascii.lineFeed { advance() }
            } else if Ascii.isBlank(byte) {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func name() -> String {
        let start = offset
        while let byte = current, Ascii.isNameStart(byte) || Ascii.isDigit(byte) { advance() }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func quotedName() throws(CELError) -> Token.Kind {
        let start = position
        advance()
        let first = offset
        while let byte = current, byte != Ascii.backtick {
            guard Ascii.isNameStart(byte) || Ascii.isDigit(byte) || Ascii.isQuotedNamePunctuation(byte) else {
                throw failure("A name in backticks takes letters, digits, '_', '.', '-', '/' and spaces only")
            }
            advance()
        }
        guard current != nil, offset > first else { throw failure("A name in backticks needs its end", at: start) }
        let name = String(decoding: bytes[first..<offset], as: UTF8.self)
        advance()
        return .quotedName(name)
    }

    private mutating func symbol() -> Token.Symbol? {
        for length in [2, 1] where offset + length <= bytes.count {
            let text = String(decoding: bytes[offset..<offset + length], as: UTF8.self)
            if let symbol = Token.Symbol(rawValue: text) {
                advance(length)
                return symbol
            }
        }
        return nil
    }
}
