/// A light English stemmer: cuts plural, -ed, -ing, -ly and -ion endings so that forms of one word meet.
///
/// Its stems are keys for comparison, not words ("evacuat"); far simpler than Porter's and enough for sentence
/// similarity.
enum Stemmer {
    private static let minimumStemLetters = 3

    static func stem(_ word: String) -> String {
        var letters = Array(word.utf8)
        guard letters.count > minimumStemLetters, letters.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return word }
        cutPlural(&letters)
        if !cut("ingly", from: &letters), !cut("edly", from: &letters), !cut("ing", from: &letters) {
            _ = cut("ed", from: &letters) || cut("ly", from: &letters)
        }
        for ending in ["tion", "sion"] where ends(letters, with: ending) && letters.count >= minimumStemLetters + 5 {
            letters.removeLast(3)
        }
        if letters.last == UInt8(ascii: "e"), letters.count > minimumStemLetters { letters.removeLast() }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func cutPlural(_ letters: inout [UInt8]) {
        if ends(letters, with: "ies"), letters.count > 4 {
            letters.removeLast(3)
            letters.append(UInt8(ascii: "y"))
        } else if ["sses", "xes", "ches", "shes", "zes"].contains(where: { ends(letters, with: $0) }) {
            letters.removeLast(2)
        } else if letters.last == UInt8(ascii: "s"),
            !["ss", "us", "is"].contains(where: { ends(letters, with: $0) })
        {
            letters.removeLast()
        }
    }

    /// Cuts an ending if what stays has a vowel and is long enough; a doubled last consonant becomes single.
    private static func cut(_ ending: String, from letters: inout [UInt8]) -> Bool {
        let kept = letters.count - ending.utf8.count
        guard kept >= minimumStemLetters, ends(letters, with: ending), letters[..<kept].contains(where: isVowel) else {
            return false
        }
        letters.removeLast(ending.utf8.count)
        if kept > minimumStemLetters, letters[kept - 1] == letters[kept - 2], !isVowel(letters[kept - 1]),
            !"lsz".utf8.contains(letters[kept - 1])
        {
            letters.removeLast()
        }
        return true
    }

    private static func ends(_ letters: [UInt8], with ending: String) -> Bool {
        letters.count >= ending.utf8.count && letters.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }

    private static func isVowel(_ letter: UInt8) -> Bool { "aeiouy".utf8.contains(letter) }
}
