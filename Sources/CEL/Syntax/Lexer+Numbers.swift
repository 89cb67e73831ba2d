extension Lexer {
    /// Reads a number; its sign, if any, is the parser's.
    mutating func number() throws(CELError) -> Token.Kind {
        let start = position
        if current == 0x30, Ascii.isLetter(byte(at: offset + 1), "x") { return try hexNumber(from: start) }
        let first = offset
        skipDigits()
        var isDouble = false
        if current == Ascii.dot, Ascii.isDigit(byte(at: offset + 1)) {
            isDouble = true
            advance()
            skipDigits()
        }
        if Ascii.isLetter(current, "e"), let length = exponentLength() {
            isDouble = true
            advance(length)
        }
        let text = String(decoding: bytes[first..<offset], as: UTF8.self)
        if isDouble {
            guard let value = Double(text) else { throw failure("'\(text)' is no number", at: start) }
            try endNumber()
            return .double(value)
        }
        return try integer(UInt64(text), from: start)
    }

    private mutating func hexNumber(from start: CELPosition) throws(CELError) -> Token.Kind {
        advance(2)
        let first = offset
        while Ascii.hexValue(current) != nil { advance() }
        return try integer(UInt64(String(decoding: bytes[first..<offset], as: UTF8.self), radix: 16), from: start)
    }

    private mutating func integer(_ value: UInt64?, from start: CELPosition) throws(CELError) -> Token.Kind {
        guard let value else { throw failure("The integer is malformed or does not fit in 64 bits", at: start) }
        let isUnsigned = Ascii.isLetter(current, "u")
        if isUnsigned { advance() }
        try endNumber()
        return isUnsigned ? .uint(value) : .int(value)
    }

    /// A letter right after a number is a slip, not the next token.
    private func endNumber() throws(CELError) {
        if let byte = current, Ascii.isNameStart(byte) {
            throw failure("A number is followed by a letter; put a space or an operator between them")
        }
    }

    private mutating func skipDigits() {
        while Ascii.isDigit(current) { advance() }
    }

    private func exponentLength() -> Int? {
        var length = 1
        if byte(at: offset + length) == 0x2B || byte(at: offset + length) == 0x2D { length += 1 }
        guard Ascii.isDigit(byte(at: offset + length)) else { return nil }
        while Ascii.isDigit(byte(at: offset + length)) { length += 1 }
        return length
    }
}
