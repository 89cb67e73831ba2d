/// What the first pass has found, by the short forms that later mentions may use.
struct NameDirectory {
    struct Person {
        var fullName: String?
        /// Particles and surname in small letters: `van`, `der`, `berg`.
        var surname: [String]
        /// The token after the first mention; only later ones are linked.
        var knownFrom: Int
    }

    struct ShortForm {
        var words: [String]
        var canonical: String
    }

    /// People by the first word of their surname.
    private(set) var people: [String: Person] = [:]
    /// Organisations by the first word of their name without its corporate suffix.
    private(set) var organizations: [String: [ShortForm]] = [:]
    /// Organisations by their initials, in small letters.
    var acronyms: [String: String] = [:]
    /// Places of one word, in small letters.
    var places: [String: String] = [:]

    mutating func addPerson(_ fullName: String, surname: [String], at index: Int) {
        guard let key = surname.first else { return }
        guard let known = people[key] else {
            people[key] = Person(fullName: fullName, surname: surname, knownFrom: index)
            return
        }
        guard known.fullName != fullName else { return }
        // A bare surname that was there first gets the full name; a second bearer makes it ambiguous.
        let isBare = known.fullName?.contains(" ") == false
        people[key]?.fullName = isBare ? fullName : nil
    }

    mutating func addOrganization(_ canonical: String, tokens: [Token]) {
        var words = tokens.filter { $0.kind != .symbol }
        let suffixes: WordClasses = [.corporateSuffix]
        guard let last = words.last, !last.classes.isDisjoint(with: suffixes) || last.lower == "group" else { return }
        words.removeLast()
        guard let first = words.first, words.count + 1 >= tokens.filter({ $0.kind != .symbol }).count else { return }
        if words.count == 1, !first.classes.isDisjoint(with: [.demonym, .commonCapital, .stopWord, .firstName]) {
            return
        }
        let form = ShortForm(words: words.map(\.lower), canonical: canonical)
        if organizations[first.lower]?.contains(where: { $0.words == form.words }) == true { return }
        organizations[first.lower, default: []].append(form)
    }
}
