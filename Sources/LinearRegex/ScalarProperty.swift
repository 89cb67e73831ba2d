/// A Unicode property that `\p{…}` names.
struct ScalarProperty: Sendable {
    enum Kind: Sendable {
        /// One of these general categories, a bit each.
        case categories(UInt32)
        case alphabetic, uppercase, lowercase, whiteSpace, idStart, idContinue, ascii, any
    }

    let kind: Kind
    var isNegated: Bool

    func holds(_ scalar: Unicode.Scalar) -> Bool {
        let answer =
            switch kind {
            case .categories(let mask): mask & Self.bit(of: scalar.properties.generalCategory) != 0
            case .alphabetic: scalar.properties.isAlphabetic
            case .uppercase: scalar.properties.isUppercase
            case .lowercase: scalar.properties.isLowercase
            case .whiteSpace: scalar.properties.isWhitespace
            case .idStart: scalar.properties.isIDStart
            case .idContinue: scalar.properties.isIDContinue
            case .ascii: scalar.isASCII
            case .any: true
            }
        return answer != isNegated
    }

    /// The property called `name`, long or short as in the Unicode Character Database; nil when it is not provided.
    static func named(_ name: String) -> Kind? {
        var name = name
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
            return categoryMask(name).map { .categories($0) }
        }
        switch name {
        case "Alphabetic", "Alpha": return .alphabetic
        case "Uppercase", "Upper": return .uppercase
        case "Lowercase", "Lower": return .lowercase
        case "White_Space", "space": return .whiteSpace
        case "ID_Start", "IDS": return .idStart
        case "ID_Continue", "IDC": return .idContinue
        case "ASCII": return .ascii
        case "Any": return .any
        default: return categoryMask(name).map { .categories($0) }
        }
    }

    private static func categoryMask(_ name: String) -> UInt32? {
        let matching = categoryNames.enumerated().filter { _, names in
            names.long == name || names.short == name || names.group == name || names.short.prefix(1) == name
        }
        if name == "LC" || name == "Cased_Letter" { return 0b111 }
        return matching.isEmpty ? nil : matching.reduce(0) { $0 | 1 << UInt32($1.offset) }
    }

    /// In the order of the bits.
    private static let categoryNames: [(short: String, long: String, group: String)] = [
        ("Lu", "Uppercase_Letter", "Letter"), ("Ll", "Lowercase_Letter", "Letter"),
        ("Lt", "Titlecase_Letter", "Letter"), ("Lm", "Modifier_Letter", "Letter"), ("Lo", "Other_Letter", "Letter"),
        ("Mn", "Nonspacing_Mark", "Mark"), ("Mc", "Spacing_Mark", "Mark"), ("Me", "Enclosing_Mark", "Mark"),
        ("Nd", "Decimal_Number", "Number"), ("Nl", "Letter_Number", "Number"), ("No", "Other_Number", "Number"),
        ("Pc", "Connector_Punctuation", "Punctuation"), ("Pd", "Dash_Punctuation", "Punctuation"),
        ("Ps", "Open_Punctuation", "Punctuation"), ("Pe", "Close_Punctuation", "Punctuation"),
        ("Pi", "Initial_Punctuation", "Punctuation"), ("Pf", "Final_Punctuation", "Punctuation"),
        ("Po", "Other_Punctuation", "Punctuation"), ("Sm", "Math_Symbol", "Symbol"),
        ("Sc", "Currency_Symbol", "Symbol"), ("Sk", "Modifier_Symbol", "Symbol"), ("So", "Other_Symbol", "Symbol"),
        ("Zs", "Space_Separator", "Separator"), ("Zl", "Line_Separator", "Separator"),
        ("Zp", "Paragraph_Separator", "Separator"), ("Cc", "Control", "Other"), ("Cf", "Format", "Other"),
        ("Cs", "Surrogate", "Other"), ("Co", "Private_Use", "Other"), ("Cn", "Unassigned", "Other"),
    ]

    private static func bit(of category: Unicode.GeneralCategory) -> UInt32 {
        let place: UInt32 =
            switch category {
            case .uppercaseLetter: 0
            case .lowercaseLetter: 1
            case .titlecaseLetter: 2
            case .modifierLetter: 3
            case .otherLetter: 4
            case .nonspacingMark: 5
            case .spacingMark: 6
            case .enclosingMark: 7
            case .decimalNumber: 8
            case .letterNumber: 9
            case .otherNumber: 10
            case .connectorPunctuation: 11
            case .dashPunctuation: 12
            case .openPunctuation: 13
            case .closePunctuation: 14
            case .initialPunctuation: 15
            case .finalPunctuation: 16
            case .otherPunctuation: 17
            case .mathSymbol: 18
            case .currencySymbol: 19
            case .modifierSymbol: 20
            case .otherSymbol: 21
            case .spaceSeparator: 22
            case .lineSeparator: 23
            case .paragraphSeparator: 24
            case .control: 25
            case .format: 26
            case .surrogate: 27
            case .privateUse: 28
            case .unassigned: 29
            @unknown default: 29
            }
        return 1 << place
    }
}
