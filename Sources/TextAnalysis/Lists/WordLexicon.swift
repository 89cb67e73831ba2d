/// All single-word lists merged into one dictionary, built once on first use.
enum WordLexicon {
    static let classes: [String: WordClasses] = build()

    /// Whether a word in small letters belongs to any of the classes.
    static func has(_ word: String, _ wanted: WordClasses) -> Bool {
        guard let found = classes[word] else { return false }
        return !found.isDisjoint(with: wanted)
    }

    private static func build() -> [String: WordClasses] {
        let lists: [(String, WordClasses)] = [
            (StopWords.list, .stopWord), (CalendarWords.months, .month), (CalendarWords.weekdays, .weekday),
            (CalendarWords.zones, .zone), (CalendarWords.temporalPrepositions, .temporalPreposition),
            (PersonWords.honorifics, .honorific), (PersonWords.titles, .title), (PersonWords.ranks, .rank),
            (PersonWords.occupations, .occupation), (PersonWords.titlePrefixes, .titlePrefix),
            (PersonWords.particles, .particle), (PersonWords.speechVerbs, .speechVerb),
            (FirstNames.list, .firstName), (FirstNames.ambiguous, [.firstName, .ambiguousFirstName]),
            (OrganizationWords.nouns, .organizationNoun), (OrganizationWords.corporateSuffixes, .corporateSuffix),
            (OrganizationWords.heads, .organizationHead), (OrganizationWords.ambiguous, .ambiguousOrganization),
            (PlaceWords.nouns, .placeNoun), (PlaceWords.heads, .placeHead), (PlaceWords.demonyms, .demonym),
            (PlaceWords.prepositions, .locativePreposition), (PlaceWords.settlements, .settlement),
            (PlaceWords.directions, .direction), (PlaceWords.ambiguous, .ambiguousPlace),
            (CommonCapitals.list, .commonCapital), (NumberWords.multipliers, .multiplier),
            (NumberWords.small.keys.joined(separator: " "), .numberWord), (Currencies.nouns, .currencyWord),
            (Currencies.codes, .currencyCode), (PhoneWords.cues, .phoneCue),
        ]
        var classes: [String: WordClasses] = [:]
        for (list, wordClass) in lists {
            for word in WordList.set(list) { classes[word, default: []].formUnion(wordClass) }
        }
        for name in WordList.phrases(Gazetteer.countries + "," + Gazetteer.states) where !name.contains(" ") {
            classes[name.lowercased(), default: []].insert(.country)
        }
        return classes
    }
}
