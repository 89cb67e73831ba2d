/// Cuts a text into tokens in one pass.
///
/// `O'Neill`, `Jean-Luc`, `AT&T`, `U.S.` and `COVID-19` are one token each; `London-based` is three; a possessive `'s`
/// and every punctuation mark stand alone.
struct Tokenizer {
    /// Longer words are in no list; not lowering them bounds the work on a text that is one huge word.
    static let maximumListedWordCodePoints = 40

    private let text: ScalarText
    private let lexicon: [String: WordClasses]

    init(_ text: ScalarText, lexicon: [String: WordClasses] = WordLexicon.classes) {
        self.text = text
        self.lexicon = lexicon
    }

    /// The tokens in order; without sentences, every token is in sentence 0 and none is initial.
    func tokens(sentences: [SentenceRange] = []) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(text.count / 5)
        var offset = 0
        var gap = Token.Gap.none
        while offset < text.count {
            let scalar = text.scalars[offset]
            if scalar.isSpace {
                (offset, gap) = skipSpace(from: offset)
                continue
            }
            let token: Token
            if scalar.isDigit {
                token = number(from: offset, gap: gap)
            } else if scalar.isLetter && !scalar.isCombiningMark {
                token = word(from: offset, gap: gap)
            } else if let possessive = possessive(from: offset, after: tokens.last, gap: gap) {
                token = possessive
            } else {
                token = Token(start: offset, end: offset + 1, kind: .symbol, gap: gap, first: scalar, lower: "")
            }
            tokens.append(token)
            offset = token.end
            gap = .none
        }
        assign(sentences, to: &tokens)
        return tokens
    }

    private func skipSpace(from start: Int) -> (Int, Token.Gap) {
        var offset = start
        var lineEnds = 0
        while offset < text.count, text.scalars[offset].isSpace {
            if text.scalars[offset].isLineEnd { lineEnds += 1 }
            offset += 1
        }
        return (offset, lineEnds == 0 ? .space : lineEnds == 1 ? .lineBreak : .paragraphBreak)
    }

    /// Digits with groups of three after commas and one decimal part: `1,234.56`.
    private func number(from start: Int, gap: Token.Gap) -> Token {
        var offset = start
        while text.scalar(at: offset)?.isDigit == true { offset += 1 }
        while text.scalar(at: offset) == ",", isThreeDigits(at: offset + 1) { offset += 4 }
        if text.scalar(at: offset) == ".", text.scalar(at: offset + 1)?.isDigit == true {
            offset += 1
            while text.scalar(at: offset)?.isDigit == true { offset += 1 }
        }
        let isListed = offset - start <= Self.maximumListedWordCodePoints
        return Token(
            start: start, end: offset, kind: .number, gap: gap, first: text.scalars[start],
            lower: isListed ? text.string(start..<offset) : "")
    }

    private func isThreeDigits(at offset: Int) -> Bool {
        for index in offset..<offset + 3 where text.scalar(at: index)?.isDigit != true { return false }
        return text.scalar(at: offset + 3)?.isDigit != true
    }

    private func possessive(from offset: Int, after previous: Token?, gap: Token.Gap) -> Token? {
        guard isPossessive(at: offset), gap == .none, previous?.kind == .word || previous?.kind == .number else {
            return nil
        }
        return Token(
            start: offset, end: offset + 2, kind: .possessive, gap: .none, first: text.scalars[offset], lower: "'s")
    }

    private func isPossessive(at offset: Int) -> Bool {
        guard let mark = text.scalar(at: offset), mark == "'" || mark == "’",
            let letter = text.scalar(at: offset + 1), letter == "s" || letter == "S"
        else { return false }
        return text.scalar(at: offset + 2).map { !$0.isLetter && !$0.isDigit } ?? true
    }

    private func word(from start: Int, gap: Token.Gap) -> Token {
        var offset = dottedAcronymEnd(from: start) ?? start
        if offset == start { offset = plainWordEnd(from: start) }
        var token = Token(start: start, end: offset, kind: .word, gap: gap, first: text.scalars[start], lower: "")
        var letters = 0
        var hasSmall = false
        for scalar in text.scalars[start..<offset] {
            if scalar.isLetter { letters += 1 }
            if scalar.isLower { hasSmall = true }
        }
        token.isCapitalized = token.first.isUpper
        token.isAllCaps = token.isCapitalized && !hasSmall && letters >= 2
        if offset - start <= Self.maximumListedWordCodePoints {
            token.lower = lowered(start..<offset)
            token.classes = lexicon[token.lower] ?? []
            // al-Assad begins small and is a name all the same.
            if token.lower.hasPrefix("al-") || token.lower.hasPrefix("el-") {
                token.isCapitalized = text.scalars[start + 3].isUpper || token.isCapitalized
            }
        }
        return token
    }

    /// `U.S.`, `p.m.`, `e.g.`: two or more single letters, each with its full stop.
    private func dottedAcronymEnd(from start: Int) -> Int? {
        var offset = start
        var letters = 0
        while let scalar = text.scalar(at: offset), scalar.isLetter, text.scalar(at: offset + 1) == "." {
            offset += 2
            letters += 1
        }
        guard letters >= 2 else { return nil }
        // In `U.S.example` the last pair is not an acronym's.
        return text.scalar(at: offset)?.isLetter == true ? nil : offset
    }

    private func plainWordEnd(from start: Int) -> Int {
        var offset = start
        while let scalar = text.scalar(at: offset) {
            if scalar.isLetter || scalar.isDigit {
                offset += 1
                continue
            }
            guard let next = text.scalar(at: offset + 1) else { break }
            let joins: Bool
            switch scalar {
            case "'", "’": joins = next.isLetter && !isPossessive(at: offset)
            case "-", "‑": joins = next.isDigit || next.isUpper
            case "&": joins = next.isLetter
            default: joins = false
            }
            guard joins else { break }
            offset += 2
        }
        return offset
    }

    private func lowered(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.scalars[range] {
            switch scalar.value {
            case 0x41...0x5A: view.append(Unicode.Scalar(UInt8(scalar.value | 0x20)))
            case 0x2019: view.append("'")
            case 0x2011: view.append("-")
            case 0..<0x80: view.append(scalar)
            default: view.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(view)
    }

    private func assign(_ sentences: [SentenceRange], to tokens: inout [Token]) {
        guard !sentences.isEmpty else { return }
        var sentence = 0
        var awaitsFirstWord = true
        for index in tokens.indices {
            while sentence + 1 < sentences.count, tokens[index].start >= sentences[sentence + 1].start {
                sentence += 1
                awaitsFirstWord = true
            }
            tokens[index].sentence = sentence
            switch tokens[index].kind {
            case .word, .number:
                tokens[index].isInitial = awaitsFirstWord && tokens[index].kind == .word
                awaitsFirstWord = false
            case .symbol:
                let scalar = tokens[index].first
                let opensQuote = scalar == "“" || scalar == "‘" || (scalar == "\"" && tokens[index].gap != .none)
                if opensQuote || scalar == ":" || scalar == "•" { awaitsFirstWord = true }
            case .possessive: break
            }
        }
    }
}
