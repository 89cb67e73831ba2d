/// Finds people, organisations and places by lists and by the words around capitalised ones.
///
/// Two passes. The first goes from left to right and takes names that stand on their own evidence; the second links the
/// later, shorter mentions (a surname, initials, a company without its suffix, a town) to what the first found.
struct NameScanner {
    /// How many tokens a name may have; longer runs of capitals are headings or noise.
    static let maximumNameTokens = 8

    let text: ScalarText
    let tokens: [Token]
    /// Sentences written in capitals or in title case, where a capital tells nothing.
    let isStyled: [Bool]
    var isTaken: [Bool]
    var results: [Candidate] = []
    var directory = NameDirectory()
    /// Two or three unlisted capitalised words before a verb of saying: people if the surname comes again alone.
    var pendingPeople: [Range<Int>] = []

    init(text: ScalarText, tokens: [Token], sentences: [SentenceRange], cover: CoverMap) {
        self.text = text
        self.tokens = tokens
        isTaken = tokens.map { cover.covers($0.start) }
        isStyled = Self.styledSentences(tokens: tokens, sentences: sentences)
    }

    mutating func scan() -> [Candidate] {
        var index = 0
        while index < tokens.count {
            index = isCandidateStart(index) ? scanName(at: index) : index + 1
        }
        confirmPendingPeople()
        linkLaterMentions()
        return results
    }

    /// Tries the readings in order of how sure they are; returns where to go on.
    private mutating func scanName(at index: Int) -> Int {
        let isWritten = !isStyled[tokens[index].sentence]
        let known = knownOrganization(at: index)
        let place = knownPlace(at: index)
        let built = isWritten ? builtOrganization(at: index) : nil
        if let built, built.count > (known?.range.count ?? 0), built.upperBound > (place?.range.upperBound ?? 0) {
            return take(built, .organization)
        }
        if let known { return take(known.range, .organization, canonical: known.canonical) }
        if let place, place.range.count > 1 || !opensPersonName(index) {
            return takePlace(place.range, canonical: place.canonical)
        }
        if isWritten, let person = titledPerson(at: index) { return takePerson(person) }
        if let person = listedPerson(at: index) { return takePerson(person) }
        if let place { return takePlace(place.range, canonical: place.canonical) }
        guard isWritten else { return index + 1 }
        if let place = builtPlace(at: index) { return takePlace(place, canonical: placeName(place)) }
        if let person = describedPerson(at: index) { return takePerson(person) }
        return index + 1
    }

    // MARK: Taking

    mutating func take(_ range: Range<Int>, _ type: EntityType, canonical: String? = nil) -> Int {
        let canonical = canonical ?? string(range)
        record(range, type, normalized: canonical)
        if type == .organization { directory.addOrganization(canonical, tokens: Array(tokens[range])) }
        if type == .organization, let acronym = definedAcronym(after: range) {
            record(acronym..<acronym + 1, .organization, normalized: canonical)
            directory.acronyms[tokens[acronym].lower] = canonical
        }
        return range.upperBound
    }

    private mutating func takePlace(_ range: Range<Int>, canonical: String) -> Int {
        record(range, .place, normalized: canonical)
        if range.count == 1 { directory.places[tokens[range.lowerBound].lower] = canonical }
        return range.upperBound
    }

    /// A dateline's NORWICK is Norwick in the text below it.
    private func placeName(_ range: Range<Int>) -> String {
        let words = tokens[range]
        guard words.allSatisfy({ $0.isAllCaps }) else { return string(range) }
        return words.map { $0.lower.prefix(1).uppercased() + $0.lower.dropFirst() }.joined(separator: " ")
    }

    mutating func takePerson(_ range: Range<Int>) -> Int {
        if range.count == 1 {
            // "Mr Smith" may follow "Jane Smith" or come first.
            let key = tokens[range.lowerBound].lower
            let known = directory.people[key]
            record(range, .person, normalized: known?.fullName ?? string(range))
            if known == nil { directory.addPerson(string(range), surname: [key], at: range.upperBound) }
            return range.upperBound
        }
        let fullName = string(range)
        record(range, .person, normalized: fullName)
        directory.addPerson(fullName, surname: surname(of: range), at: range.upperBound)
        return range.upperBound
    }

    mutating func record(_ range: Range<Int>, _ type: EntityType, normalized: String?) {
        for index in range { isTaken[index] = true }
        results.append(
            Candidate(
                type: type, start: tokens[range.lowerBound].start, end: tokens[range.upperBound - 1].end,
                normalized: normalized))
    }

    // MARK: Looking

    func string(_ range: Range<Int>) -> String {
        text.collapsedString(tokens[range.lowerBound].start..<tokens[range.upperBound - 1].end)
    }

    func token(_ index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

    /// A word of the same sentence after white space.
    func follows(_ index: Int) -> Bool {
        guard let token = token(index), index > 0, !isTaken[index] else { return false }
        return (token.gap == .space || token.gap == .lineBreak) && token.sentence == tokens[index - 1].sentence
    }

    private func isCandidateStart(_ index: Int) -> Bool {
        let token = tokens[index]
        guard token.isWord, !isTaken[index] else { return false }
        if token.isCapitalized { return true }
        // "spokeswoman Jane Doe", "said Jane Doe" begin with the small word.
        return !token.classes.isDisjoint(with: [.title, .honorific, .rank, .occupation, .titlePrefix, .settlement])
    }

    /// Sentences with no full stop that begin with a capital and capitalise most longer words, or all in capitals.
    private static func styledSentences(tokens: [Token], sentences: [SentenceRange]) -> [Bool] {
        var opensCapitalized: [Bool?] = Array(repeating: nil, count: sentences.count)
        var words = [Int](repeating: 0, count: sentences.count)
        var longWords = words
        var capitalized = words
        var allCaps = words
        for token in tokens where token.isWord {
            let sentence = token.sentence
            if opensCapitalized[sentence] == nil { opensCapitalized[sentence] = token.isCapitalized }
            guard token.end - token.start > 1 else { continue }
            words[sentence] += 1
            if token.isAllCaps { allCaps[sentence] += 1 }
            guard token.end - token.start > 3 else { continue }
            longWords[sentence] += 1
            if token.isCapitalized { capitalized[sentence] += 1 }
        }
        return sentences.indices.map { index in
            let isTitle =
                sentences[index].isHeading && opensCapitalized[index] == true && longWords[index] >= 5
                && capitalized[index] * 10 >= longWords[index] * 7
            return isTitle || (words[index] >= 3 && allCaps[index] * 10 >= words[index] * 7)
        }
    }
}
