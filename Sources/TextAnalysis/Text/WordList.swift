/// Reads the word lists of this module, which are kept as text so that they stay readable and compact.
enum WordList {
    /// The white-space separated words of a list, in small letters.
    static func set(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map { $0.lowercased() })
    }

    /// The entries of a list of phrases, separated by commas or line ends.
    static func phrases(_ list: String) -> [String] {
        list.split(whereSeparator: { $0 == "," || $0.isNewline }).compactMap { entry in
            let words = entry.split(separator: " ")
            return words.isEmpty ? nil : words.joined(separator: " ")
        }
    }
}
