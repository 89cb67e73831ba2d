import LinearRegex
import Testing

/// What patterns match, dialect by dialect.
@Suite("Matching")
struct MatchingTests {
    static let both: [(String, [String], [String])] = [
        ("", ["", "x"], []), ("abc", ["abc", "xabcx"], ["ab", "acb", ""]), ("a|b", ["a", "xb"], ["", "c"]),
        ("^a", ["a", "ab"], ["ba", "", "\na"]), ("a$", ["a", "ba"], ["ab", "a\n"]), ("^$", [""], ["a", "\n"]),
        ("^a*$", ["", "aaa"], ["ab"]), ("^a+$", ["a", "aa"], ["", "b"]), ("^a?b$", ["b", "ab"], ["aab"]),
        ("^a{3}$", ["aaa"], ["aa", "aaaa"]), ("^a{2,}$", ["aa", "aaaaa"], ["a"]),
        ("^a{1,3}$", ["a", "aaa"], ["", "aaaa"]), ("^(ab){2}$", ["abab"], ["ab", "ababab"]),
        ("^a{0}b$", ["b"], ["ab"]), ("^a{0,0}$", [""], ["a"]), ("a{,3}", ["a{,3}"], ["aaa"]), ("a{x}", ["a{x}"], ["a"]),
        ("^(a|bc)*d$", ["d", "abcad"], ["abd", "bd"]), ("^(?:a|b)+?$", ["abba"], ["abc"]),
        ("^(?<n>a)+$", ["aa"], ["b"]),
        ("^(|a)b$", ["b", "ab"], ["aab"]), ("^(a*)*$", ["", "aaa"], ["b"]), ("^(a|a?)+$", ["aaa", ""], ["b"]),
        ("^[abc]$", ["a", "c"], ["d", ""]), ("^[^abc]$", ["d", "é", "\n"], ["a", ""]),
        ("^[a-f0-9]+$", ["dead01"], ["xyz", "g"]), ("^[a\\-z]$", ["a", "-", "z"], ["b"]),
        ("^[-a]$", ["-", "a"], ["b"]),
        ("^[a-]$", ["-", "a"], ["b"]), ("^[\\]\\\\]$", ["]", "\\"], ["a"]), ("^[\\w-]+$", ["a-b_9"], ["a b"]),
        ("^[.*+?]$", [".", "?"], ["a"]), ("^\\d+$", ["0123456789"], ["٣", "a"]), ("^\\D$", ["a", "٣"], ["1"]),
        ("^\\w+$", ["aZ_09"], ["é", "-"]), ("^\\W$", ["é", "-"], ["a", "_"]), ("^\\s$", [" ", "\t", "\n"], ["a"]),
        ("^\\S$", ["a"], [" ", "\t"]), ("^[\\s\\d]+$", [" 1\t2"], ["a"]), ("^[^\\s]$", ["a"], [" "]),
        ("\\bfoo\\b", ["foo", "a foo b", "(foo)"], ["food", "_foo"]), ("o\\B", ["oo"], ["o", "o "]),
        ("^\\t\\n\\v\\f\\r$", ["\t\n\u{B}\u{C}\r"], ["tnvfr"]), ("^\\x41\\x7a$", ["Az"], ["x41"]),
        ("^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\/\\\\$", [".*+?()[]{}|^$/\\"], ["a"]),
        ("^.$", ["a", "é", "😀", "e"], ["", "ab", "\n", "e\u{301}"]), ("^..$", ["e\u{301}", "😀😀"], ["😀"]),
        ("^é$", ["é"], ["e\u{301}"]), ("^[à-ü]+$", ["éü"], ["e", "z"]), ("^[😀-😂]$", ["😁"], ["😃"]),
        ("^\\p{L}+$", ["aéжß漢"], ["1", "_"]), ("^\\p{Lu}\\p{Ll}$", ["Éé"], ["éÉ"]), ("^\\P{L}+$", ["12 _"], ["a"]),
        ("^\\p{Letter}$", ["漢"], ["1"]), ("^[\\p{N}\\-]+$", ["1-²Ⅷ"], ["a"]), ("^[^\\p{L}\\d]$", ["-"], ["é", "3"]),
        ("^\\p{Sc}$", ["€", "$"], ["a"]), ("(a+)+$", ["aaa"], ["aaab"]), ("x*", ["", "y"], []),
        ("^(a(b(c(d)?)?)?)?$", ["", "a", "ab", "abc", "abcd"], ["b", "abd"]),
    ]

    @Test("in both dialects", arguments: both)
    func inBothDialects(pattern: String, matching: [String], others: [String]) throws {
        for dialect in [LinearRegex.Dialect.re2, .ecma] {
            let regex = try LinearRegex(pattern, dialect: dialect)
            for text in matching { #expect(regex.matches(text), "'\(pattern)' should match '\(text)' in \(dialect)") }
            for text in others {
                #expect(!regex.matches(text), "'\(pattern)' should not match '\(text)' in \(dialect)")
            }
        }
    }

    static let re2Only: [(String, [String], [String])] = [
        ("(?i)^abc$", ["ABC", "aBc"], ["ab"]), ("(?i)^[a-c]+$", ["ABC"], ["d"]), ("(?i)^[^a]$", ["b"], ["A", "a"]),
        ("(?i)k", ["K", "\u{212A}"], ["j"]), ("(?i)\u{212A}", ["k", "K"], ["j"]), ("(?i)σ", ["Σ", "ς"], ["s"]),
        ("(?i)straße", ["STRAßE"], ["STRASSE"]), ("a(?i)b", ["aB", "ab"], ["AB"]), ("(?i:a)b", ["Ab"], ["AB"]),
        ("((?i)a)b", ["Ab"], ["AB"]), ("(?i)a(?-i)b", ["Ab"], ["AB"]), ("(?s)^.$", ["\n"], [""]),
        ("(?m)^b$", ["a\nb\nc", "b"], ["a\nbc"]), ("(?is)A.b", ["a\nB"], ["ab"]), ("(?m)\\Ab", ["b"], ["a\nb"]),
        ("\\Aa\\z", ["a"], ["a\n", "ba"]), ("(?P<name>a)b", ["ab"], ["b"]), ("^[[:alpha:]]+$", ["aZ"], ["a1", "é"]),
        ("^[[:^digit:]x]+$", ["ab"], ["1"]), ("^[[:word:]-]+$", ["a-_"], [" "]), ("^[]a]+$", ["]a"], ["b"]),
        ("^[^]a]$", ["b"], ["]", "a"]), ("^\\Qa.b\\E+$", ["a.b", "a.bb"], ["axb", "a.ba.b"]),
        ("^\\Q(*)|\\d\\Ex", ["(*)|\\dx"], ["x"]),
        ("^\\Q\\Ea\\Q+", ["a+"], ["aa"]), ("\\pL", ["é"], ["1"]),
        ("^\\PL$", ["1"], ["a"]), ("^\\p{^L}$", ["1"], ["a"]), ("^\\x{1F600}$", ["😀"], ["a"]),
        ("^\\a$", ["\u{7}"], ["a"]),
        ("^\\101$", ["A"], ["1"]), ("^\\0$", ["\0"], ["0"]), ("^\\s$", [], ["\u{A0}", "\u{B}"]),
        ("^.$", ["\r", "\u{2028}"], ["\n"]),
        ("(?U)^a+$", ["aa"], ["b"]), ("^a(|b)$", ["a", "ab"], ["abb"]), ("(?i)É", ["é"], ["e"]),
    ]

    @Test("in RE2", arguments: re2Only)
    func inRE2(pattern: String, matching: [String], others: [String]) throws {
        let regex = try LinearRegex(pattern)
        for text in matching { #expect(regex.matches(text), "'\(pattern)' should match '\(text)'") }
        for text in others { #expect(!regex.matches(text), "'\(pattern)' should not match '\(text)'") }
    }

    static let ecmaOnly: [(String, [String], [String])] = [
        ("^\\s$", ["\u{A0}", "\u{FEFF}", "\u{2003}", "\u{2028}", "\u{B}"], ["\u{200B}", "\u{180E}"]),
        ("^\\S$", ["\u{200B}"], ["\u{A0}"]), ("^.$", ["\u{85}"], ["\r", "\n", "\u{2028}", "\u{2029}"]),
        ("^\\cC$", ["\u{3}"], ["C"]), ("^\\cc$", ["\u{3}"], ["c"]), ("^\\u0041$", ["A"], ["u0041"]),
        ("^\\u{1F600}$", ["😀"], ["a"]), ("^\\uD83D\\uDE00$", ["😀"], ["a"]), ("^[^]$", ["\n", "a"], [""]),
        ("[]", [], ["", "a"]), ("^[\\b]$", ["\u{8}"], ["b"]), ("^\\0$", ["\0"], ["0"]),
        ("^\\-\\_\\@\\:$", ["-_@:"], ["a"]),
        ("^\\p{General_Category=Uppercase_Letter}$", ["Ä"], ["ä"]), ("^\\p{Alphabetic}+$", ["aé"], ["1"]),
        ("^\\p{ASCII}$", ["a"], ["é"]), ("^[[:alpha]$", [], ["b"]), ("^[[]$", ["["], ["a"]),
    ]

    @Test("in ECMAScript", arguments: ecmaOnly)
    func inECMAScript(pattern: String, matching: [String], others: [String]) throws {
        let regex = try LinearRegex(pattern, dialect: .ecma)
        for text in matching { #expect(regex.matches(text), "'\(pattern)' should match '\(text)'") }
        for text in others { #expect(!regex.matches(text), "'\(pattern)' should not match '\(text)'") }
    }

    static let ranges: [(String, String, String?)] = [
        ("b+", "abbbc", "bbb"), ("b+?", "abbbc", "b"), ("a|ab", "xab", "a"), ("ab|a", "xab", "ab"), ("x", "abc", nil),
        ("", "abc", ""), ("é.", "aé😀b", "é😀"), ("(a+)(b+)", "xaabbaab", "aabb"), ("a*?b", "caab", "aab"),
        ("\\w+$", "one two", "two"), ("(?U)a+", "aaa", "a"), ("(?U)a+?", "aaa", "aaa"), ("a{2,3}", "aaaa", "aaa"),
        ("a{2,3}?", "aaaa", "aa"), ("^", "abc", ""), ("b|abcd", "abcd", "abcd"),
    ]

    @Test("the first match is the leftmost preferred one", arguments: ranges)
    func firstMatch(pattern: String, text: String, expected: String?) throws {
        let regex = try LinearRegex(pattern)
        #expect(regex.firstMatch(in: text).map { String(text[$0]) } == expected)
        #expect(regex.matches(text) == (expected != nil))
    }
}
