extension PatternParser {
    /// What an escape stands for, inside a class or outside.
    enum Escape {
        case scalar(UInt32)
        case set(ScalarSet.Content)
    }

    /// Reads an escape outside a class, the backslash at `start` is behind us; nil for `\Q` and `\E`.
    mutating func parseEscape(_ start: Int) throws(LinearRegexError) -> RegexNode? {
        switch peek() {
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.notWordBoundary)
        case "A" where dialect == .re2: return assertion(.textStart)
        case "z" where dialect == .re2: return assertion(.textEnd)
        case "Z", "G": throw unsupported("The anchor '\\\(scalars[position])'", start)
        case "K", "R", "X", "C": throw unsupported("The escape '\\\(scalars[position])'", start)
        case "k": throw unsupported("The backreference '\\k'", start)
        case let digit? where digit != "0" && isDigit(digit) && !isOctal():
            throw unsupported("The backreference '\\\(digit)'", start)
        case "Q" where dialect == .re2:
            position += 1
            isQuoting = true
            return nil
        case "E" where dialect == .re2:
            position += 1
            return nil
        default: break
        }
        switch try parseSharedEscape(start) {
        case .scalar(let value): return literal(value)
        case .set(let content): return .set(ScalarSet(content, ignoresCase: flags.ignoresCase))
        }
    }

    /// Reads an escape that means the same inside a class and outside.
    mutating func parseSharedEscape(_ start: Int) throws(LinearRegexError) -> Escape {
        guard let kind = peek() else { throw syntax("A pattern must not end in a single '\\'; write '\\\\'.", start) }
        position += 1
        let spaces = dialect == .ecma ? ScalarSet.ecmaSpaceRanges : ScalarSet.re2SpaceRanges
        switch kind {
        case "d": return .set(.init(ranges: ScalarSet.digitRanges))
        case "D": return .set(.init(ranges: ScalarSet.complement(of: ScalarSet.digitRanges)))
        case "w": return .set(.init(ranges: ScalarSet.wordRanges))
        case "W": return .set(.init(ranges: ScalarSet.complement(of: ScalarSet.wordRanges)))
        case "s": return .set(.init(ranges: spaces))
        case "S": return .set(.init(ranges: ScalarSet.complement(of: spaces)))
        case "p", "P": return .set(.init(properties: [try parseProperty(start, isNegated: kind == "P")]))
        case "t": return .scalar(0x09)
        case "n": return .scalar(0x0A)
        case "v": return .scalar(0x0B)
        case "f": return .scalar(0x0C)
        case "r": return .scalar(0x0D)
        case "a" where dialect == .re2: return .scalar(0x07)
        case "x": return .scalar(try parseHex(start))
        case "u" where dialect == .ecma: return .scalar(try parseUnicode(start))
        case "c" where dialect == .ecma: return .scalar(try parseControl(start))
        case "0"..."7" where dialect == .re2: return .scalar(parseOctal(kind))
        case "0" where dialect == .ecma && !isDigit(peek()): return .scalar(0)
        default:
            // Letters and digits are kept for meanings of their own: an unknown one is a mistake.
            guard kind.isASCII, !ScalarSet.wordRanges.contains(where: { $0 ~= kind.value }) || kind == "_" else {
                throw syntax("The escape '\\\(kind)' is not known; write the character itself.", start)
            }
            return .scalar(kind.value)
        }
    }

    private mutating func assertion(_ kind: RegexAssertion) -> RegexNode {
        position += 1
        return .assertion(kind)
    }

    /// Reads a property behind `\p` or `\P`: one letter, or a name in braces with `^` for its complement.
    private mutating func parseProperty(_ start: Int, isNegated: Bool) throws(LinearRegexError) -> ScalarProperty {
        var isNegated = isNegated
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let next = peek(), next != "}" {
                name.unicodeScalars.append(next)
                position += 1
            }
            guard take("}") else { throw syntax("The property name is not closed; add a '}'.", start) }
        } else if dialect == .re2, let letter = peek() {
            name.unicodeScalars.append(letter)
            position += 1
        } else {
            throw syntax("A property name in braces is expected, as in '\\p{Letter}'.", start)
        }
        guard let kind = ScalarProperty.named(name) else { throw unsupported("The property '\(name)'", start) }
        return ScalarProperty(kind: kind, isNegated: isNegated)
    }

    /// Reads two digits behind `\x`, or any number of them in braces.
    private mutating func parseHex(_ start: Int) throws(LinearRegexError) -> UInt32 {
        if dialect == .re2, take("{") { return try parseBracedHex(start) }
        guard let value = parseHexDigits(2) else { throw syntax("Two hexadecimal digits are expected here.", start) }
        return value
    }

    private mutating func parseUnicode(_ start: Int) throws(LinearRegexError) -> UInt32 {
        if take("{") { return try parseBracedHex(start) }
        guard let unit = parseHexDigits(4) else { throw syntax("Four hexadecimal digits are expected here.", start) }
        guard 0xD800...0xDFFF ~= unit else { return unit }
        guard unit < 0xDC00, take(text: "\\u"), let low = parseHexDigits(4), 0xDC00...0xDFFF ~= low else {
            throw syntax("Half of a surrogate pair matches nothing; write the whole pair or '\\u{…}'.", start)
        }
        return 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
    }

    private mutating func parseBracedHex(_ start: Int) throws(LinearRegexError) -> UInt32 {
        var value: UInt32 = 0
        var hasDigit = false
        while let digit = peek()?.properties.numericHex {
            value = min(value << 4 | digit, ScalarSet.lastScalar + 1)
            hasDigit = true
            position += 1
        }
        guard hasDigit, take("}"), Unicode.Scalar(value) != nil else {
            throw syntax("The hexadecimal number of a Unicode scalar followed by '}' is expected here.", start)
        }
        return value
    }

    private mutating func parseHexDigits(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.properties.numericHex else { return nil }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private mutating func parseControl(_ start: Int) throws(LinearRegexError) -> UInt32 {
        guard let letter = peek(), ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) else {
            throw syntax("A letter is expected after '\\c'.", start)
        }
        position += 1
        return letter.value % 32
    }

    /// Up to three octal digits, as RE2 reads them.
    private mutating func parseOctal(_ first: Unicode.Scalar) -> UInt32 {
        var value = first.value - 0x30
        for _ in 0..<2 {
            guard let next = peek(), ("0"..."7").contains(next) else { break }
            value = value * 8 + next.value - 0x30
            position += 1
        }
        return value
    }

    /// Whether the digit here starts an octal number of RE2 rather than a backreference.
    private func isOctal() -> Bool {
        guard dialect == .re2, let next = peek(1), let first = peek() else { return false }
        return ("0"..."7").contains(next) && ("1"..."7").contains(first)
    }

    private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return ("0"..."9").contains(scalar)
    }
}

extension Unicode.Scalar.Properties {
    /// The value of an ASCII hexadecimal digit, or nil.
    fileprivate var numericHex: UInt32? {
        guard isASCIIHexDigit else { return nil }
        let value = lowercaseMapping.unicodeScalars.first?.value ?? 0
        return value < 0x3A ? value - 0x30 : value - 0x61 + 10
    }
}
