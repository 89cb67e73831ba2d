/// Finds money and percentages: `$1.2 billion`, `€300m`, `45 million euros`, `USD 3,000`, `12.5%`, `12 per cent`.
struct AmountScanner {
    let text: ScalarText
    let tokens: [Token]

    func scan(into cover: inout CoverMap) {
        var index = 0
        while index < tokens.count {
            guard !cover.covers(tokens[index].start), let found = symbolMoney(at: index) ?? countedAmount(at: index)
            else {
                index += 1
                continue
            }
            cover.insert(
                Candidate(
                    type: found.type, start: tokens[found.start].start, end: tokens[found.end - 1].end,
                    normalized: found.normalized))
            index = max(found.end, index + 1)
        }
    }

    private struct Found {
        var type: EntityType
        var start: Int
        var end: Int
        var normalized: String?
    }

    /// A number with what multiplies it; `end` is the token after.
    private struct Amount {
        var digits: String
        var power: Int
        var end: Int
        var isCertain: Bool
        var value: String? { isCertain ? DecimalText.normalize(digits, timesTenTo: power) : nil }
    }

    private func token(_ index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

    // MARK: Numbers

    private func amount(at index: Int, allowsLetters: Bool) -> Amount? {
        guard let number = token(index), number.kind == .number, !number.lower.isEmpty else { return nil }
        var amount = Amount(digits: number.lower, power: 0, end: index + 1, isCertain: true)
        // The rest of a number in another notation (`1.234,56`, `1.2.3`) makes its value a guess.
        while let mark = token(amount.end), mark.isSymbol(",") || mark.isSymbol("."), mark.gap == .none,
            let rest = token(amount.end + 1), rest.kind == .number, rest.gap == .none
        {
            amount.end += 2
            amount.isCertain = false
        }
        multiply(&amount, allowsLetters: allowsLetters)
        return amount
    }

    /// Takes `million`, `bn`, `-billion`, and letters that touch the digits.
    private func multiply(_ amount: inout Amount, allowsLetters: Bool) {
        var index = amount.end
        if let dash = token(index), dash.isSymbol("-"), dash.gap == .none, token(index + 1)?.gap == Token.Gap.none {
            index += 1
        }
        guard let word = token(index), word.isWord, let power = NumberWords.powers[word.lower] else { return }
        let isLetter = word.lower.utf8.count <= 3
        if isLetter {
            guard allowsLetters, word.gap == .none || (word.lower.utf8.count > 1 && word.gap == .space) else { return }
        } else if word.gap == .paragraphBreak {
            return
        }
        amount.power += power
        amount.end = index + 1
        if let second = token(amount.end), second.classes.contains(.multiplier), second.gap == .space,
            let power = NumberWords.powers[second.lower]
        {
            amount.power += power
            amount.end += 1
        }
    }

    /// `two million`, `a billion`, `twelve`.
    private func wordAmount(at index: Int) -> Amount? {
        let word = tokens[index]
        guard word.isWord else { return nil }
        let isArticle = word.lower == "a"
        guard let value = isArticle ? 1 : NumberWords.small[word.lower] else { return nil }
        var amount = Amount(digits: "\(value)", power: 0, end: index + 1, isCertain: true)
        multiply(&amount, allowsLetters: false)
        return isArticle && amount.end == index + 1 ? nil : amount
    }

    // MARK: Money

    /// A symbol or a code, then the amount.
    private func symbolMoney(at index: Int) -> Found? {
        let token = tokens[index]
        if token.kind == .symbol, let code = Currencies.symbols[token.first] {
            guard self.token(index + 1)?.gap != .paragraphBreak, let amount = amount(at: index + 1, allowsLetters: true)
            else { return nil }
            return money(start: index, amount: amount, code: code)
        }
        guard token.isWord, let next = self.token(index + 1) else { return nil }
        if next.isSymbol("$"), next.gap == .none, let code = Currencies.dollarPrefixes[token.lower],
            let amount = amount(at: index + 2, allowsLetters: true)
        {
            return money(start: index, amount: amount, code: code)
        }
        if token.isAllCaps, token.classes.contains(.currencyCode), next.kind == .number, next.gap != .paragraphBreak,
            let amount = amount(at: index + 1, allowsLetters: true)
        {
            return money(start: index, amount: amount, code: token.lower.uppercased())
        }
        return nil
    }

    private func money(start: Int, amount: Amount, code: String?) -> Found {
        var normalized: String?
        if let code, let value = amount.value { normalized = "\(code) \(value)" }
        return Found(type: .money, start: start, end: amount.end, normalized: normalized)
    }

    /// An amount, then a currency or a percent sign.
    private func countedAmount(at index: Int) -> Found? {
        if tokens[index].kind == .number, let previous = token(index - 1), tokens[index].gap == .none,
            previous.kind != .symbol || previous.isSymbol("/") || previous.isSymbol(":")
        {
            return nil
        }
        guard
            let amount = tokens[index].kind == .number
                ? amount(at: index, allowsLetters: true) : wordAmount(at: index)
        else { return nil }
        return percentage(start: index, amount: amount) ?? nounMoney(start: index, amount: amount)
    }

    private func nounMoney(start: Int, amount: Amount) -> Found? {
        guard let next = token(amount.end), next.gap != .paragraphBreak else { return nil }
        if next.kind == .symbol, next.first != "$", let code = Currencies.symbols[next.first],
            next.gap == .none || token(amount.end + 1)?.kind != .number
        {
            return money(start: start, amount: extended(amount, to: amount.end + 1), code: code)
        }
        guard next.isWord, next.gap != .none else { return nil }
        if next.isAllCaps, next.classes.contains(.currencyCode) {
            return money(start: start, amount: extended(amount, to: amount.end + 1), code: next.lower.uppercased())
        }
        var noun = amount.end
        var adjective: String?
        // "Hong Kong dollars" keeps its code open; one adjective is enough for the rest.
        if next.isCapitalized, let after = token(noun + 1), after.classes.contains(.currencyWord) {
            adjective = next.lower == "u.s." ? "us" : next.lower
            noun += 1
        }
        guard let word = token(noun), word.classes.contains(.currencyWord) else { return nil }
        let isSterling = word.lower == "pounds" && token(noun + 1)?.lower == "sterling"
        if Currencies.nounsNeedingMultiplier.contains(word.lower), amount.power < 3, !isSterling { return nil }
        var code = Currencies.codesByNoun[word.lower]
        if let adjective { code = Currencies.codesByAdjective["\(adjective) \(word.lower)"] }
        return money(start: start, amount: extended(amount, to: noun + (isSterling ? 2 : 1)), code: code)
    }

    private func extended(_ amount: Amount, to end: Int) -> Amount {
        var amount = amount
        amount.end = end
        return amount
    }

    // MARK: Percentages

    private func percentage(start: Int, amount: Amount) -> Found? {
        guard let next = token(amount.end), next.gap != .paragraphBreak, amount.power == 0 else { return nil }
        var end: Int
        var isShare = true
        if next.isSymbol("%") || next.isSymbol("％") {
            end = amount.end + 1
        } else if next.isWord, next.lower == "percent" || next.lower == "pc" && tokens[start].kind == .number {
            end = amount.end + 1
        } else if next.lower == "per", token(amount.end + 1)?.lower == "cent" {
            end = amount.end + 2
        } else if next.lower == "percentage", ["point", "points"].contains(token(amount.end + 1)?.lower) {
            end = amount.end + 2
            isShare = false
        } else {
            return nil
        }
        var first = start
        var sign = ""
        if let before = token(start - 1), tokens[start].gap == .none, before.isSymbol("-") || before.isSymbol("−") {
            if token(start - 2)?.kind == .number, before.gap == .none {
                return Found(type: .percentage, start: start - 2, end: end, normalized: nil)
            }
            // A minus, not a hyphen or a dash between words.
            if before.gap != .none || start == 1 {
                first = start - 1
                sign = "-"
            }
        } else if let before = token(start - 1), before.isSymbol("–"), tokens[start].gap == .none, before.gap == .none,
            token(start - 2)?.kind == .number
        {
            return Found(type: .percentage, start: start - 2, end: end, normalized: nil)
        }
        let value = isShare ? amount.value.map { sign + $0 + "%" } : nil
        return Found(type: .percentage, start: first, end: end, normalized: value)
    }
}
