/// Organisations: known ones, and ones that their own words give away.
extension NameScanner {
    /// Hospitals and universities are named after them: "Queen Elizabeth Hospital".
    private static let royalTitles: Set<String> = ["king", "queen", "prince", "princess", "duke"]

    /// An organisation of the lists; names that are common words need a verb of saying or a possessive after them.
    func knownOrganization(at index: Int) -> (range: Range<Int>, canonical: String)? {
        guard tokens[index].isCapitalized, let match = PhraseTable.organizations.match(tokens, at: index) else {
            return nil
        }
        let range = index..<index + match.count
        guard !isTaken[range].contains(true) else { return nil }
        if match.count == 1 {
            let token = tokens[index]
            if token.isAllCaps, isStyled[token.sentence] { return nil }
            if token.classes.contains(.ambiguousOrganization), !actsAsOrganization(after: index) { return nil }
        }
        return (range, match.canonical)
    }

    private func actsAsOrganization(after index: Int) -> Bool {
        guard let next = token(index + 1) else { return false }
        if next.kind == .possessive { return true }
        if next.classes.contains(.speechVerb) { return true }
        return ["shares", "stock", "executives", "plans", "reported", "launched", "unveiled", "employees", "investors"]
            .contains(next.lower)
    }

    /// `Harwick Energy plc`, `Institute of Marine Research`, `Northern Fisheries Council`.
    func builtOrganization(at index: Int) -> Range<Int>? {
        guard isOrganizationWord(index), !opensWithVerbForm(index) else { return nil }
        if let person = token(index), person.classes.contains(.honorific) { return nil }
        var end = index
        var best: Int?
        while end < tokens.count, end - index < Self.maximumNameTokens {
            if end > index, !joinsOrganization(end) { break }
            let token = tokens[end]
            if token.isWord {
                if end > index, token.classes.contains(.corporateSuffix) { best = end + 1 }
                if end > index, token.classes.contains(.organizationNoun) { best = end + 1 }
                if token.classes.contains(.organizationHead), let complement = complementEnd(after: end) {
                    best = complement
                    break
                }
            }
            end += 1
        }
        // "Acme Widgets, Inc."
        let beforeComma = best ?? end
        if let comma = token(beforeComma), comma.isSymbol(","), let suffix = token(beforeComma + 1),
            suffix.isCapitalized,
            suffix.classes.contains(.corporateSuffix)
        {
            best = beforeComma + 2
        }
        guard var end = best else { return nil }
        // The full stop of "Inc." where it does not end the sentence.
        if tokens[end - 1].classes.contains(.corporateSuffix), let stop = token(end), stop.isSymbol("."),
            stop.gap == .none,
            token(end + 1)?.sentence == tokens[index].sentence
        {
            end += 1
        }
        return isPlausibleOrganization(index..<end) ? index..<end : nil
    }

    /// A capitalised word that may be part of an organisation's name.
    private func isOrganizationWord(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized, !isTaken[index] else {
            return false
        }
        guard token.classes.isDisjoint(with: [.stopWord, .speechVerb, .weekday]) else { return false }
        // A title breaks the name unless it is one word of it: "Justice Department".
        let titles: WordClasses = [.title, .rank, .honorific, .titlePrefix]
        guard !token.classes.isDisjoint(with: titles) else { return true }
        if Self.royalTitles.contains(token.lower), self.token(index + 1)?.classes.contains(.firstName) == true,
            let noun = self.token(index + 2), noun.isCapitalized, noun.classes.contains(.organizationNoun)
        {
            return true
        }
        return self.token(index + 1)?.classes.contains(.organizationNoun) == true
            && self.token(index + 1)?.isCapitalized == true
    }

    private func joinsOrganization(_ index: Int) -> Bool {
        guard follows(index) else {
            // "Jones, Inc." is looked at by the caller; hyphens and full stops end a name here.
            return false
        }
        let token = tokens[index]
        if token.isSymbol("&") { return self.token(index + 1)?.isCapitalized == true }
        if token.classes.contains(.corporateSuffix), token.lower == "plc" { return true }
        return isOrganizationWord(index)
    }

    /// The end of `of Defence`, `for Transport and Housing`, `of the Sea`, after the head of a name.
    private func complementEnd(after head: Int) -> Int? {
        guard follows(head + 1), let link = token(head + 1), link.isWord, ["of", "for", "on"].contains(link.lower)
        else {
            return nil
        }
        var end = head + 2
        if follows(end), tokens[end].lower == "the" { end += 1 }
        guard isComplementWord(end) else { return nil }
        while end < tokens.count, end - head < Self.maximumNameTokens {
            if isComplementWord(end) {
                end += 1
            } else if follows(end), tokens[end].lower == "and" || tokens[end].isSymbol("&"), isGovernmental(head),
                isComplementWord(end + 1), tokens[end + 1].classes.isDisjoint(with: [.firstName, .country])
            {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    private func isGovernmental(_ head: Int) -> Bool {
        ["ministry", "department", "committee", "institute", "chamber"].contains(tokens[head].lower)
    }

    private func isComplementWord(_ index: Int) -> Bool { follows(index) && isOrganizationWord(index) }

    /// At a sentence's beginning "Visiting Oxford University" is not a name.
    private func opensWithVerbForm(_ index: Int) -> Bool {
        let token = tokens[index]
        guard token.isInitial else { return false }
        return ["ing", "ed", "ly"].contains { token.lower.hasSuffix($0) } && token.lower.utf8.count > 5
    }

    /// At least one word that tells it from others of its kind: "City Council", not "Council".
    private func isPlausibleOrganization(_ range: Range<Int>) -> Bool {
        let words = tokens[range].filter { $0.isWord }
        guard words.count >= 2 else { return false }
        // "New Year Party", "Christmas Club" are occasions.
        let occasions: Set<String> = [
            "year", "day", "christmas", "easter", "cup", "birthday", "tea", "dinner", "garden",
        ]
        if words.contains(where: { occasions.contains($0.lower) }) { return false }
        let telling = words.filter { $0.classes.isDisjoint(with: [.corporateSuffix, .stopWord]) }
        if telling.isEmpty { return false }
        if words.count == 2, words[0].classes.contains(.firstName),
            words[1].classes.isDisjoint(with: [.corporateSuffix]),
            words[0].classes.isDisjoint(with: .ambiguousFirstName)
        {
            // "Jack Church" is more likely a man than a church.
            return ["bank", "university", "foundation", "institute", "motors", "college"].contains(words[1].lower)
        }
        return true
    }

    /// Capitals in brackets right after a name whose first letter they share: `(CMN)`.
    func definedAcronym(after range: Range<Int>) -> Int? {
        let index = range.upperBound + 1
        guard let open = token(range.upperBound), open.isSymbol("("), let acronym = token(index), acronym.isWord,
            acronym.isAllCaps, (2...8).contains(acronym.end - acronym.start), !isTaken[index],
            token(index + 1)?.isSymbol(")") == true, acronym.first == tokens[range.lowerBound].first
        else { return nil }
        return index
    }
}
