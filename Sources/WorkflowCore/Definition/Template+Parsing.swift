import CEL

extension Template {
    /// A piece of a string as the scanner cuts it: text, or the source of an expression with its place in the string.
    enum Segment: Equatable {
        case literal(String)
        case expression(String, utf8Offset: Int)
    }

    /// Cuts a string into text and `${ … }` expressions.
    ///
    /// The end of an expression is the brace that closes it: braces inside CEL maps and string literals are passed over.
    /// - Returns: nil when an expression is not closed.
    static func segments(of text: String) -> [Segment]? {
        let bytes = Array(text.utf8)
        var segments: [Segment] = []
        var literal: [UInt8] = []
        var index = 0
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
                segments.append(.expression(source, utf8Offset: index + 2))
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
        var quote: UInt8?
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == UInt8(ascii: "\\") {
                    index += 1
                } else if byte == open {
                    quote = nil
                }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                if depth == 0 { return index }
                depth -= 1
            }
            index += 1
        }
        return nil
    }
}
