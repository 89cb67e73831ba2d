/// People: after a title, by a listed first name, or by what is said of them.
extension NameScanner {
    private static let maximumTitleTokens = 6
    /// How far after the comma the occupation may stand: "Ingrid Solheim, a marine biologist".
    private static let maximumDescriptionTokens = 6

    /// A listed first name with a capitalised word after it: it may be a person though it is also a place.
    func opensPersonName(_ index: Int) -> Bool {
        let token = tokens[index]
        guard token.classes.contains(.firstName), follows(index + 1), let next = self.token(index + 1) else {
            return false
        }
        return isNameWord(index + 1) && next.classes.isDisjoint(with: [.demonym, .country, .placeNoun])
    }

    /// `Mr Smith`, `President Joe Biden`, `spokeswoman Ann Lee`; the range is the name without the title.
    func titledPerson(at index: Int) -> Range<Int>? {
        var position = index
        var last: Int?
        while position < tokens.count, position - index < Self.maximumTitleTokens {
            if position > index, !follows(position) { break }
            guard isTitleWord(position) else { break }
            last = position
            position += 1
            if let stop = token(position), stop.isSymbol("."), stop.gap == .none,
                tokens[position - 1].lower.utf8.count <= 5
            {
                position += 1
            }
        }
        guard let last, follows(position), let name = personName(at: position, isAfterTitle: true) else { return nil }
        return isAcceptable(name, after: last) ? name : nil
    }

    private func isTitleWord(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, !isTaken[index] else { return false }
        return !token.classes.isDisjoint(with: [.honorific, .title, .rank, .occupation, .titlePrefix])
    }

    /// How much a name must show depends on how sure its title is.
    private func isAcceptable(_ name: Range<Int>, after last: Int) -> Bool {
        let title = tokens[last]
        let words = tokens[name].filter { $0.isWord && $0.isCapitalized }
        guard let first = words.first, let final = words.last else { return false }
        if title.classes.contains(.honorific) { return title.isCapitalized }
        // "President Street", "Prince George County", "minister France".
        if !final.classes.isDisjoint(with: [.placeNoun, .organizationNoun, .corporateSuffix]), name.count == 1 {
            return false
        }
        if first.isAllCaps || PhraseTable.organizations.match(tokens, at: name.lowerBound) != nil { return false }
        let isPlace = PhraseTable.places.match(tokens, at: name.lowerBound) != nil
        if isPlace, !first.classes.contains(.firstName) || name.count == 1 { return false }
        if first.classes.contains(.firstName), first.classes.isDisjoint(with: .ambiguousFirstName) { return true }
        if title.classes.contains(.title) { return first.classes.isDisjoint(with: [.demonym, .month]) }
        if title.classes.contains(.rank), title.isCapitalized {
            return first.classes.isDisjoint(with: [.demonym, .month])
        }
        return words.count >= 2 && first.classes.isDisjoint(with: [.demonym, .placeHead, .direction])
    }

    /// `Jane Doe`, `John F. Kennedy`, `Maria de la Cruz`: a listed first name, then a surname.
    func listedPerson(at index: Int) -> Range<Int>? {
        let token = tokens[index]
        let head = token.lower.split(separator: "-").first.map(String.init) ?? token.lower
        guard token.isCapitalized, !token.isAllCaps || token.end - token.start > 2,
            WordLexicon.has(head, .firstName), !token.classes.contains(.stopWord) || !token.isInitial,
            let name = personName(at: index, isAfterTitle: false), name.count >= 2
        else { return nil }
        let words = tokens[name].filter { $0.isWord && $0.isCapitalized && $0.end - $0.start > 1 }
        guard words.count >= 2, let last = words.last else { return nil }
        if isStyled[token.sentence], token.classes.contains(.ambiguousFirstName) { return nil }
        if token.classes.contains(.ambiguousFirstName) {
            if !last.classes.isDisjoint(with: [.demonym, .country, .placeNoun, .month, .direction]) { return nil }
            if PhraseTable.places.match(tokens, at: name.lowerBound + 1) != nil { return nil }
            if PhraseTable.organizations.match(tokens, at: name.lowerBound + 1) != nil { return nil }
            if token.isInitial, opensQuestion(index) || !actsAsName(after: name.upperBound) { return nil }
        }
        if let saint = self.token(index - 1)?.isSymbol(".") == true ? self.token(index - 2) : self.token(index - 1),
            saint.isCapitalized, ["st", "saint"].contains(saint.lower)
        {
            return nil
        }
        return name
    }

    /// What follows a subject or an apposition: at a sentence's beginning "Rich Nations" needs that much to be a
    /// person.
    private func actsAsName(after end: Int) -> Bool {
        guard let next = token(end) else { return false }
        if next.kind == .possessive || next.isSymbol(",") || next.classes.contains(.speechVerb) { return true }
        return ["and", "who", "was", "is", "has", "had", "will", "of"].contains(next.lower)
    }

    /// "Will Parliament vote?" and "May Johnson resign?" begin with a verb.
    private func opensQuestion(_ index: Int) -> Bool {
        guard tokens[index].classes.contains(.stopWord) else { return false }
        for position in index..<min(tokens.count, index + 60) {
            guard tokens[position].sentence == tokens[index].sentence else { return false }
            if tokens[position].isSymbol("?") { return true }
        }
        return false
    }

    /// Unlisted names that the words around them reveal: an age, `who`, or an occupation after a comma, a verb of
    /// saying.
    mutating func describedPerson(at index: Int) -> Range<Int>? {
        guard tokens[index].isCapitalized, !tokens[index].isInitial || follows(index + 1),
            let name = personName(at: index, isAfterTitle: false), (2...4).contains(name.count)
        else { return nil }
        for word in tokens[name] where word.isWord {
            let wrong: WordClasses = [
                .demonym, .month, .placeNoun, .placeHead, .direction, .organizationHead, .country,
            ]
            if !word.classes.isDisjoint(with: wrong) || word.isAllCaps { return nil }
        }
        let words = tokens[name].filter { $0.isWord && $0.isCapitalized && $0.end - $0.start > 1 }
        guard words.count >= 2, (words.last?.end ?? 0) - (words.last?.start ?? 0) > 2 else { return nil }
        if isDescribedAsPerson(after: name.upperBound) { return name }
        let isSpeaker = token(name.upperBound)?.classes.contains(.speechVerb) == true
        let isSpokenOf = token(index - 1)?.classes.contains(.speechVerb) == true
        if isSpeaker || isSpokenOf { pendingPeople.append(name) }
        return nil
    }

    private func isDescribedAsPerson(after end: Int) -> Bool {
        guard let comma = token(end), comma.isSymbol(","), let next = token(end + 1) else { return false }
        if next.kind == .number, let age = Int(next.lower), (5...110).contains(age),
            token(end + 2)?.isSymbol(",") == true
        {
            return true
        }
        if next.lower == "who" || next.lower == "whose" { return true }
        guard ["a", "an", "the", "its", "his", "her", "their"].contains(next.lower) || isTitleWord(end + 1) else {
            return false
        }
        for position in end + 1..<min(tokens.count, end + 1 + Self.maximumDescriptionTokens) {
            let token = tokens[position]
            if token.isSymbol(",") || token.isSymbol(".") || token.sentence != comma.sentence { return false }
            if token.isWord, ["of", "at", "for", "from", "in", "to", "with", "by", "on"].contains(token.lower) {
                return false
            }
            if !token.classes.isDisjoint(with: [.title, .rank, .occupation]), !token.isCapitalized || position > end + 1
            {
                // "the engineering firm" is no engineer; the occupation ends its phrase.
                let after = self.token(position + 1)
                return after?.kind == .symbol || after?.classes.contains(.stopWord) == true
            }
        }
        return false
    }

    // MARK: Shape of a name

    /// Words of a name from an index: capitalised words, initials, particles, a suffix such as `Jr.`.
    func personName(at index: Int, isAfterTitle: Bool) -> Range<Int>? {
        guard isNameWord(index) || isInitialLetter(index) else { return nil }
        var end = index
        var words = 0
        while end < tokens.count, end - index < Self.maximumNameTokens, words < 4 {
            if end > index, !follows(end) { break }
            if isInitialLetter(end) {
                end += 2
            } else if let particle = particleEnd(end, hasName: words > 0) {
                end = particle
            } else if isNameWord(end), words == 0 || continuesName(end, after: words) {
                end += 1
                words += 1
            } else {
                break
            }
        }
        guard words > 0 else { return nil }
        if follows(end), PersonWords.nameSuffixes.contains(tokens[end].lower), tokens[end].isCapitalized {
            let isShort = tokens[end].lower == "jr" || tokens[end].lower == "sr"
            end += 1
            if isShort, let stop = token(end), stop.isSymbol("."), stop.gap == .none,
                token(end + 1)?.sentence == stop.sentence
            {
                end += 1
            }
        }
        return index..<end
    }

    private func isInitialLetter(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized, token.end - token.start == 1,
            let stop = self.token(index + 1), stop.isSymbol("."), stop.gap == .none
        else { return false }
        return isNameWord(index + 2) || isInitialLetterShape(index + 2)
    }

    private func isInitialLetterShape(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized else { return false }
        return token.end - token.start == 1 && self.token(index + 1)?.isSymbol(".") == true
    }

    /// The end of `van der`, if a capitalised name follows it.
    private func particleEnd(_ index: Int, hasName: Bool) -> Int? {
        guard hasName else { return nil }
        var end = index
        while end - index < 3, let token = token(end), token.isWord, !isTaken[end], token.classes.contains(.particle) {
            end += 1
        }
        return end > index && follows(end) && isNameWord(end) ? end : nil
    }

    /// A second and later word of a name; a surname may also be a place, a month or a nationality.
    private func continuesName(_ index: Int, after words: Int) -> Bool {
        if PersonWords.nameSuffixes.contains(tokens[index].lower) { return false }
        if words == 1 { return true }
        let other: WordClasses = [.demonym, .country, .month, .placeNoun, .placeHead, .direction]
        return tokens[index].classes.isDisjoint(with: other) && PhraseTable.places.match(tokens, at: index) == nil
    }

    func isNameWord(_ index: Int) -> Bool {
        guard let token = token(index), token.isWord, token.isCapitalized, !isTaken[index], !token.lower.isEmpty,
            token.end - token.start > 1
        else { return false }
        if token.isAllCaps, token.end - token.start < 3 || !isStyled[token.sentence] { return false }
        if token.classes.contains(.firstName) { return token.classes.isDisjoint(with: [.speechVerb, .honorific]) }
        return token.classes.isDisjoint(with: .neverInPersonName.subtracting(.organizationNoun))
            && (token.classes.isDisjoint(with: .organizationNoun) || isSurnameNoun(token))
    }

    /// Nouns of organisations that are also surnames.
    private func isSurnameNoun(_ token: Token) -> Bool { ["church", "post", "fisher", "marsh"].contains(token.lower) }

    /// Particles and last word of a full name, in small letters.
    func surname(of range: Range<Int>) -> [String] {
        var words = tokens[range].filter { $0.isWord && !PersonWords.nameSuffixes.contains($0.lower) }
        guard let last = words.popLast() else { return [] }
        var surname = [last.lower]
        while words.count > 1, let word = words.popLast(), word.classes.contains(.particle) {
            surname.insert(word.lower, at: 0)
        }
        return surname
    }
}
