/// The second pass: short mentions of what has been found.
extension NameScanner {
    /// Takes the names before or after a verb of saying whose surname also stands alone somewhere.
    mutating func confirmPendingPeople() {
        guard !pendingPeople.isEmpty else { return }
        var lone: Set<String> = []
        for index in tokens.indices where tokens[index].isCapitalized && !isTaken[index] && !tokens[index].isAllCaps {
            let isAfterName = follows(index) && tokens[index - 1].isCapitalized && !tokens[index - 1].isInitial
            let isBeforeName = follows(index + 1) && tokens[index + 1].isCapitalized
            if !isAfterName, !isBeforeName { lone.insert(tokens[index].lower) }
        }
        for range in pendingPeople where !isTaken[range].contains(true) {
            guard let surname = surname(of: range).last, lone.contains(surname) else { continue }
            _ = takePerson(range)
        }
    }

    mutating func linkLaterMentions() {
        var index = 0
        while index < tokens.count {
            guard tokens[index].isWord, !isTaken[index], let end = linkedEnd(at: index) else {
                index += 1
                continue
            }
            index = end
        }
    }

    private mutating func linkedEnd(at index: Int) -> Int? {
        let token = tokens[index]
        if token.isAllCaps, let canonical = directory.acronyms[token.lower] {
            record(index..<index + 1, .organization, normalized: canonical)
            return index + 1
        }
        if let end = linkedOrganization(at: index) ?? linkedPerson(at: index) { return end }
        if token.isCapitalized, let canonical = directory.places[token.lower], !isBesideName(index..<index + 1),
            token.classes.isDisjoint(with: .ambiguousPlace)
        {
            record(index..<index + 1, .place, normalized: canonical)
            return index + 1
        }
        return nil
    }

    private mutating func linkedOrganization(at index: Int) -> Int? {
        guard tokens[index].isCapitalized, let forms = directory.organizations[tokens[index].lower] else { return nil }
        for form in forms {
            let range = index..<index + form.words.count
            guard range.upperBound <= tokens.count, !isTaken[range].contains(true), !isBesideName(range),
                zip(range, form.words).allSatisfy({ tokens[$0].lower == $1 && tokens[$0].isCapitalized })
            else { continue }
            record(range, .organization, normalized: form.canonical)
            return range.upperBound
        }
        return nil
    }

    private mutating func linkedPerson(at index: Int) -> Int? {
        guard let person = directory.people[tokens[index].lower], index >= person.knownFrom else { return nil }
        let range = index..<index + person.surname.count
        guard range.upperBound <= tokens.count, !isTaken[range].contains(true), !isBesideName(range),
            tokens[range.upperBound - 1].isCapitalized,
            zip(range, person.surname).allSatisfy({ tokens[$0].lower == $1 })
        else { return nil }
        if isCommonWord(index), !actsAsPerson(range) { return nil }
        record(range, .person, normalized: person.fullName)
        return range.upperBound
    }

    /// A surname that is also a word, a month or a place needs more than its capital.
    private func isCommonWord(_ index: Int) -> Bool {
        let classes = tokens[index].classes
        let common: WordClasses = [.stopWord, .month, .demonym, .commonCapital, .placeNoun, .direction, .country]
        return !classes.isDisjoint(with: common) || PhraseTable.places.match(tokens, at: index) != nil
    }

    private func actsAsPerson(_ range: Range<Int>) -> Bool {
        if let next = token(range.upperBound), next.classes.contains(.speechVerb) || next.kind == .possessive {
            return true
        }
        guard let previous = token(range.lowerBound - 1) else { return false }
        return previous.classes.contains(.speechVerb)
    }

    /// Another capitalised word right before or after makes it part of some other name.
    private func isBesideName(_ range: Range<Int>) -> Bool {
        if let next = token(range.upperBound), next.isWord, next.isCapitalized, follows(range.upperBound),
            next.classes.isDisjoint(with: [.stopWord, .month, .weekday])
        {
            return true
        }
        guard let previous = token(range.lowerBound - 1), previous.isWord, previous.isCapitalized,
            !isTaken[range.lowerBound - 1], tokens[range.lowerBound].gap == .space,
            previous.sentence == tokens[range.lowerBound].sentence
        else { return false }
        return !previous.isInitial
            && previous.classes.isDisjoint(with: [.stopWord, .title, .honorific, .rank, .occupation])
    }
}
