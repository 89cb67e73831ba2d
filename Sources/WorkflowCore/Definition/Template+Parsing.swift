import CEL

extension Template {
    /// A piece of a string as the scanner cuts it: text, or the source of an expression with its place in the string,
    /// in Unicode scalars.
    enum Segment: Equatable {
        case literal(String)
        case expression(String, offset: Int)
    }

    /// Cuts a string into text and `${ … }` expressions.
    ///
    /// The end of an expression is the brace that closes it: braces inside CEL maps and string literals are passed
    /// over.
    /// - Returns: nil when an expression is not closed.
    static func segments(of text: String) -> [Segment]? {
        let bytes = Array(text.utf8)
        var segments: [Segment] = []
        var literal: [UInt8] = []
        var index = 0
        var scalars = 0
        var counted = 0
        func byte(_ position: Int) -> UInt8? { position < bytes.count ? bytes[position] : nil }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "$"), byte(index + 1) == UInt8(ascii: "$"),
                byte(index + 2) == UInt8(ascii: "{")
            {
                literal += Array("${".utf8)
                index += 3
            } else if bytes[index] == UInt8(ascii: "$"), byte(index + 1) == UInt8(ascii: "{") {
                guard let end = closingBrace(bytes, from: index + 2) else { return nil }
                if !literal.isEmpty { segments.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                let source = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                scalars += bytes[counted..<(index + 2)].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
                counted = index + 2
                segments.append(.expression(source, offset: scalars))
                index = end + 1
            } else {
                literal.append(bytes[index])
                index += 1
            }
        }
        if !literal.isEmpty { segments.append(.literal(String(decoding: literal, as: UTF8.self))) }
        return segments
    }

    private static func closingBrace(_ bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let end = endOfLiteral(bytes, at: index, from: start) else { return nil }
                index = end
                continue
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                if depth == 0 { return index }
                depth -= 1
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The index after a string literal of CEL: quoted once or three times, raw or with escapes.
    private static func endOfLiteral(_ bytes: [UInt8], at open: Int, from start: Int) -> Int? {
        let quote = bytes[open]
        let letters = bytes[start..<open].suffix(3).reversed().prefix { isWord($0) }
        let isRaw = letters.count <= 2 && letters.contains { $0 | 0x20 == UInt8(ascii: "r") }
        let isTriple = open + 2 < bytes.count && bytes[open + 1] == quote && bytes[open + 2] == quote
        var index = open + (isTriple ? 3 : 1)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), !isRaw {
                index += 2
            } else if bytes[index] != quote {
                index += 1
            } else if !isTriple {
                return index + 1
            } else if index + 2 < bytes.count, bytes[index + 1] == quote, bytes[index + 2] == quote {
                return index + 3
            } else {
                index += 1
            }
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
