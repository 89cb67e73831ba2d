/// What the word lists say of a word, as one set, so that each token costs one look-up.
struct WordClasses: OptionSet, Sendable {
    let rawValue: UInt64

    static let stopWord = Self(rawValue: 1 << 0)
    static let month = Self(rawValue: 1 << 1)
    static let weekday = Self(rawValue: 1 << 2)
    /// Time zones after a time: GMT, ET.
    static let zone = Self(rawValue: 1 << 3)
    /// Mr, Dr: any capitalised word after it is a name.
    static let honorific = Self(rawValue: 1 << 4)
    /// President, mayor, spokeswoman: one unlisted capitalised word after it is a name.
    static let title = Self(rawValue: 1 << 5)
    /// Captain, Judge: like a title when capitalised, like an occupation otherwise.
    static let rank = Self(rawValue: 1 << 6)
    /// Director, executive, biologist: two capitalised words after it are a name.
    static let occupation = Self(rawValue: 1 << 7)
    /// Prime, vice, deputy: belongs to the title that follows.
    static let titlePrefix = Self(rawValue: 1 << 8)
    static let firstName = Self(rawValue: 1 << 9)
    /// A first name that is also a common word, a month or a place.
    static let ambiguousFirstName = Self(rawValue: 1 << 10)
    /// Bank, University: ends the name of an organisation.
    static let organizationNoun = Self(rawValue: 1 << 11)
    /// Inc, Ltd, plc.
    static let corporateSuffix = Self(rawValue: 1 << 12)
    /// Ministry, Bank: begins a name that goes on with `of` or `for`.
    static let organizationHead = Self(rawValue: 1 << 13)
    static let speechVerb = Self(rawValue: 1 << 14)
    static let demonym = Self(rawValue: 1 << 15)
    /// van, de, bin: inside a surname.
    static let particle = Self(rawValue: 1 << 16)
    /// River, Bay: ends the name of a place.
    static let placeNoun = Self(rawValue: 1 << 17)
    /// Mount, Lake: begins the name of a place.
    static let placeHead = Self(rawValue: 1 << 18)
    /// Often capitalised, never part of a person's name.
    static let commonCapital = Self(rawValue: 1 << 19)
    static let locativePreposition = Self(rawValue: 1 << 20)
    static let temporalPreposition = Self(rawValue: 1 << 21)
    static let multiplier = Self(rawValue: 1 << 22)
    static let numberWord = Self(rawValue: 1 << 23)
    static let currencyWord = Self(rawValue: 1 << 24)
    static let phoneCue = Self(rawValue: 1 << 25)
    /// Town, village, port: `the town of` names a place.
    static let settlement = Self(rawValue: 1 << 26)
    static let direction = Self(rawValue: 1 << 27)
    static let currencyCode = Self(rawValue: 1 << 28)
    /// A place that is also a common word or a person's name.
    static let ambiguousPlace = Self(rawValue: 1 << 29)
    /// A company whose name is also a common word.
    static let ambiguousOrganization = Self(rawValue: 1 << 30)
    /// A country, a state or a large region by itself; stands after the comma in `City, State`.
    static let country = Self(rawValue: 1 << 31)

    /// Words that no person's name contains, first name known or not.
    static let neverInPersonName: Self = [
        .stopWord, .weekday, .organizationNoun, .corporateSuffix, .commonCapital, .title, .honorific, .occupation,
        .titlePrefix, .speechVerb, .currencyCode,
    ]
}
