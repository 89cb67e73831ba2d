/// Names of one or more words, found by their first word and matched longest first.
struct PhraseTable: Sendable {
    struct Phrase: Sendable {
        struct Word: Sendable {
            let lower: String
            let symbol: Unicode.Scalar?
            let isCapitalized: Bool
            let isAllCaps: Bool
        }
        let words: [Word]
        let canonical: String
    }

    private var phrasesByFirstWord: [String: [Phrase]] = [:]

    /// Builds the table from names, cut by the tokenizer that cuts the text, so that both agree.
    init(names: [String], aliases: [String: String] = [:]) {
        for name in names where aliases[name] == nil { insert(name, canonical: name) }
        for (name, canonical) in aliases { insert(name, canonical: canonical) }
        for key in phrasesByFirstWord.keys {
            phrasesByFirstWord[key]?.sort { $0.words.count > $1.words.count }
        }
    }

    private mutating func insert(_ name: String, canonical: String) {
        let words = Tokenizer(ScalarText(name), lexicon: [:]).tokens().map { token in
            Phrase.Word(
                lower: token.lower, symbol: token.kind == .symbol ? token.first : nil,
                isCapitalized: token.isCapitalized, isAllCaps: token.isAllCaps)
        }
        guard let first = words.first else { return }
        phrasesByFirstWord[first.lower, default: []].append(Phrase(words: words, canonical: canonical))
    }

    /// The longest name that begins at a token: how many tokens it has and its canonical form.
    func match(_ tokens: [Token], at index: Int) -> (count: Int, canonical: String)? {
        guard let candidates = phrasesByFirstWord[tokens[index].lower] else { return nil }
        for phrase in candidates where matches(phrase, tokens, at: index) {
            return (phrase.words.count, phrase.canonical)
        }
        return nil
    }

    private func matches(_ phrase: Phrase, _ tokens: [Token], at index: Int) -> Bool {
        guard index + phrase.words.count <= tokens.count else { return false }
        for (offset, word) in phrase.words.enumerated() {
            let token = tokens[index + offset]
            if let symbol = word.symbol {
                guard token.isSymbol(symbol) else { return false }
            } else {
                guard token.lower == word.lower, !word.isCapitalized || token.isCapitalized,
                    !word.isAllCaps || token.isAllCaps
                else { return false }
            }
            if offset > 0, token.gap == .paragraphBreak { return false }
        }
        return true
    }

    static let places = PhraseTable(
        names: WordList.phrases(
            [
                Gazetteer.countries, Gazetteer.states, Gazetteer.cities, Gazetteer.americanCities, Gazetteer.regions,
            ].joined(separator: "\n")),
        aliases: Gazetteer.aliases)

    static let organizations = PhraseTable(
        names: WordList.phrases(KnownOrganizations.names)
            + WordList.set(OrganizationWords.ambiguous).sorted().map { $0.prefix(1).uppercased() + $0.dropFirst() },
        aliases: KnownOrganizations.acronyms)
}
