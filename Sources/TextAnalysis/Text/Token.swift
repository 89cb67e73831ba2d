/// A word, a number or a single other character of the text, with what the scanners need to know of it.
struct Token: Sendable {
    enum Kind: Sendable { case word, number, possessive, symbol }
    enum Gap: Sendable { case none, space, lineBreak, paragraphBreak }

    var start: Int
    var end: Int
    var kind: Kind
    /// What separates it from the token before.
    var gap: Gap
    /// The first code point, enough to tell symbols apart.
    var first: Unicode.Scalar
    /// The word in small letters with straight apostrophes, the number as written, or empty (a symbol, an overlong
    /// word).
    var lower: String
    /// Which word lists hold it.
    var classes: WordClasses = []
    var isCapitalized = false
    /// Two letters or more and no small letter.
    var isAllCaps = false
    /// Index of the sentence that holds it.
    var sentence = 0
    /// The first word of a sentence, a quotation or what follows a colon: its capital tells nothing.
    var isInitial = false

    func isSymbol(_ scalar: Unicode.Scalar) -> Bool { kind == .symbol && first == scalar }
    var isWord: Bool { kind == .word }
    var range: Range<Int> { start..<end }
}
