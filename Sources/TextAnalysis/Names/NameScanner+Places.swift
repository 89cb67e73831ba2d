/// Places: those of the gazetteer, and those that the words around them give away.
extension NameScanner {
    /// A place of the gazetteer; with `North` and the like before it they are one name.
    func knownPlace(at index: Int) -> (range: Range<Int>, canonical: String)? {
        guard tokens[index].isCapitalized else { return nil }
        var start = index
        if tokens[index].classes.contains(.direction), follows(index + 1),
            PhraseTable.places.match(tokens, at: index) == nil
        {
            start = index + 1
        }
        guard let match = PhraseTable.places.match(tokens, at: start) else { return nil }
        let range = index..<start + match.count
        guard !isTaken[range].contains(true) else { return nil }
        let first = tokens[start]
        if match.count == 1 {
            if first.isAllCaps, isStyled[first.sentence], first.end - first.start <= 3 { return nil }
            if first.classes.contains(.ambiguousPlace), start == index, !actsAsPlace(index) { return nil }
            if isPartOfLongerName(after: range.upperBound) { return nil }
        }
        return (range, start == index ? match.canonical : string(range))
    }

    /// "Paris Match", "Berlin Wall": an unlisted capitalised word follows, so it is not the place that is meant,
    /// unless that word begins a name or a title of its own.
    private func isPartOfLongerName(after end: Int) -> Bool {
        guard follows(end), let next = token(end), next.isCapitalized, next.isWord else { return false }
        let own: WordClasses = [
            .firstName, .title, .rank, .occupation, .titlePrefix, .honorific, .stopWord, .organizationNoun, .placeNoun,
            .demonym, .country, .commonCapital, .month, .weekday, .speechVerb,
        ]
        return next.classes.isDisjoint(with: own) && PhraseTable.places.match(tokens, at: end) == nil
            && PhraseTable.organizations.match(tokens, at: end) == nil && !next.isAllCaps && next.lower.utf8.count > 1
    }

    private func actsAsPlace(_ index: Int) -> Bool {
        if let previous = token(index - 1), previous.isWord, previous.sentence == tokens[index].sentence,
            previous.classes.contains(.locativePreposition)
                || ["of", "and", "between", "with"].contains(previous.lower)
        {
            return tokens[index].gap == .space || tokens[index].gap == .lineBreak
        }
        guard let next = token(index + 1) else { return false }
        if next.kind == .possessive || next.classes.contains(.speechVerb) { return true }
        return next.isSymbol(",") && token(index + 2)?.classes.contains(.country) == true
    }

    /// `Lake Inari`, `Kestrel Bay`, `Harwick, Maine`, `the town of Harwick`.
    func builtPlace(at index: Int) -> Range<Int>? {
        if tokens[index].classes.contains(.settlement), token(index + 1)?.lower == "of", follows(index + 2),
            isPlaceWord(index + 2)
        {
            return index + 2..<placeRunEnd(from: index + 2)
        }
        guard isPlaceWord(index) || tokens[index].classes.contains(.placeHead), tokens[index].isCapitalized else {
            return nil
        }
        return headedPlace(at: index) ?? suffixedPlace(at: index) ?? placeBeforeCountry(at: index)
            ?? placeAfterPreposition(at: index)
    }

    /// An unlisted capitalised word that can name a place.
    private func isPlaceWord(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized, !isTaken[index], token.end - token.start > 2
        else { return false }
        let wrong: WordClasses = [
            .stopWord, .weekday, .month, .speechVerb, .organizationNoun, .corporateSuffix, .honorific, .title,
            .currencyCode, .placeHead,
        ]
        return token.classes.isDisjoint(with: wrong)
    }

    private func placeRunEnd(from index: Int) -> Int {
        var end = index + 1
        while end - index < 3, follows(end), isPlaceWord(end), tokens[end].classes.isDisjoint(with: .firstName) {
            end += 1
        }
        return end
    }

    private func headedPlace(at index: Int) -> Range<Int>? {
        guard tokens[index].classes.contains(.placeHead), tokens[index].isCapitalized else { return nil }
        var name = index + 1
        if follows(name), tokens[name].lower == "of" { name += 1 }
        guard follows(name), isPlaceWord(name), tokens[name].classes.isDisjoint(with: [.demonym, .commonCapital]) else {
            return nil
        }
        return index..<name + 1
    }

    private func suffixedPlace(at index: Int) -> Range<Int>? {
        guard !tokens[index].isInitial || tokens[index].classes.isDisjoint(with: .commonCapital) else { return nil }
        var end = index + 1
        while end - index < 4, follows(end), isPlaceWord(end) {
            if tokens[end].classes.contains(.placeNoun) {
                while end - index < 4, follows(end + 1), isPlaceWord(end + 1),
                    tokens[end + 1].classes.contains(.placeNoun)
                {
                    end += 1
                }
                let isListed = opensPersonName(index) && end == index + 1
                return isListed ? nil : index..<end + 1
            }
            end += 1
        }
        return nil
    }

    /// `Harwick, Maine`: an unlisted name, a comma, a state or country.
    private func placeBeforeCountry(at index: Int) -> Range<Int>? {
        let end = placeRunEnd(from: index)
        guard let comma = token(end), comma.isSymbol(","), let state = token(end + 1), state.classes.contains(.country),
            state.isCapitalized,
            tokens[index].classes.isDisjoint(with: [.demonym, .commonCapital, .firstName, .occupation])
        else { return nil }
        guard let previous = token(index - 1), previous.sentence == tokens[index].sentence else {
            // A dateline: HARWICK, Maine.
            return tokens[index].isAllCaps ? index..<end : nil
        }
        return previous.classes.contains(.locativePreposition) || previous.lower == "of" ? index..<end : nil
    }

    /// `near Harwick`, `based in Harwick`: the preposition alone would also take "in Parliament".
    private func placeAfterPreposition(at index: Int) -> Range<Int>? {
        guard let preposition = token(index - 1), preposition.isWord, follows(index),
            tokens[index].classes.isDisjoint(with: [.demonym, .commonCapital, .firstName, .occupation, .rank]),
            !tokens[index].isAllCaps
        else { return nil }
        let isNear = ["near", "outside"].contains(preposition.lower)
        let verbs: Set<String> = [
            "based", "born", "lives", "live", "lived", "living", "headquartered", "arrived", "raised", "located",
            "harbour", "harbor", "home", "houses", "residents", "schools", "hospital", "streets", "resident",
        ]
        let isIn = preposition.lower == "in" && token(index - 2).map { verbs.contains($0.lower) } == true
        guard isNear || isIn else { return nil }
        let end = placeRunEnd(from: index)
        // "near Smith's house" names no place.
        if token(end)?.kind == .possessive { return nil }
        return index..<end
    }
}
