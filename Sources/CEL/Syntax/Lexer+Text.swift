extension Lexer {
    /// Reads a string or bytes literal with its prefix, if one starts here.
    mutating func textLiteral() throws(CELError) -> Token.Kind? {
        var isRaw = false
        var isBytes = false
        var length = 0
        while let byte = byte(at: offset + length), byte != Ascii.doubleQuote, byte != Ascii.singleQuote {
            if Ascii.isLetter(byte, "r"), !isRaw {
                isRaw = true
            } else if Ascii.isLetter(byte, "b"), !isBytes {
                isBytes = true
            } else {
                return nil
            }
            length += 1
        }
        guard let quote = byte(at: offset + length) else { return nil }
        let start = position
        advance(length)
        let isTriple = byte(at: offset + 1) == quote && byte(at: offset + 2) == quote
        advance(isTriple ? 3 : 1)
        var content: [UInt8] = []
        while !isClosed(by: quote, isTriple: isTriple) {
            guard let byte = current else { throw failure("The string has no end; close its quotes", at: start) }
            if !isTriple, byte == Ascii.lineFeed || byte == Ascii.carriageReturn {
                throw failure("The string does not end in its line; write \\n or use triple quotes", at: start)
            }
            if byte == Ascii.backslash, !isRaw {
                try escape(isBytes: isBytes, into: &content)
            } else {
                content.append(byte)
                advance()
            }
        }
        advance(isTriple ? 3 : 1)
        return isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private func isClosed(by quote: UInt8, isTriple: Bool) -> Bool {
        guard current == quote else { return false }
        return !isTriple || (byte(at: offset + 1) == quote && byte(at: offset + 2) == quote)
    }

    private mutating func escape(isBytes: Bool, into content: inout [UInt8]) throws(CELError) {
        let start = position
        guard let byte = byte(at: offset + 1) else { throw failure("The string has no end; close its quotes") }
        switch byte {
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try numericEscape(digits: 2, radixBits: 4, skipping: 2, isOctet: isBytes, into: &content)
        case UInt8(ascii: "u") where !isBytes:
            try numericEscape(digits: 4, radixBits: 4, skipping: 2, isOctet: false, into: &content)
        case UInt8(ascii: "U") where !isBytes:
            try numericEscape(digits: 8, radixBits: 4, skipping: 2, isOctet: false, into: &content)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            try numericEscape(digits: 3, radixBits: 3, skipping: 1, isOctet: isBytes, into: &content)
        default:
            guard let plain = Self.plainEscapes[byte] else {
                throw failure("The string has an unknown escape; write \\\\ for a backslash", at: start)
            }
            content.append(plain)
            advance(2)
        }
    }

    private mutating func numericEscape(
        digits: Int, radixBits: UInt32, skipping: Int, isOctet: Bool, into content: inout [UInt8]
    ) throws(CELError) {
        let start = position
        var value: UInt32 = 0
        for index in 0..<digits {
            guard let digit = Ascii.hexValue(byte(at: offset + skipping + index)), digit < 1 << radixBits else {
                throw failure(
                    "The escape needs \(digits) \(radixBits == 3 ? "octal" : "hexadecimal") digits", at: start)
            }
            value = value << radixBits | digit
        }
        if isOctet {
            content.append(UInt8(truncatingIfNeeded: value))
        } else {
            guard let scalar = Unicode.Scalar(value) else {
                throw failure("The escape names no Unicode scalar value", at: start)
            }
            content.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        }
        advance(skipping + digits)
    }

    private static let plainEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "?"): 0x3F, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "`"): 0x60,
    ]
}
