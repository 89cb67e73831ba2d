import LinearRegex
import Testing

/// Patterns that are refused: with which code, where, and naming what.
@Suite("Refusals")
struct RefusalTests {
    static let both: [(String, LinearRegexError.Code, Int, String)] = [
        ("a(?=b)", .unsupported, 1, "(?="), ("a(?!b)", .unsupported, 1, "(?!"), ("(?<=a)b", .unsupported, 0, "(?<="),
        ("x(?<!a)b", .unsupported, 1, "(?<!"), ("(a)\\1", .unsupported, 3, "\\1"),
        ("(?<n>a)\\k<n>", .unsupported, 7, "\\k"),
        ("(?>a)", .unsupported, 0, "(?>"), ("\\p{Script=Greek}", .unsupported, 0, "Script=Greek"),
        ("\\Z", .unsupported, 0, "\\Z"), ("*a", .syntax, 0, "*"), ("a|+", .syntax, 2, "+"), ("(?)", .syntax, 0, "(?"),
        ("a**", .syntax, 2, "quantifier"), ("a++", .syntax, 2, "quantifier"), ("a{2}{3}", .syntax, 4, "quantifier"),
        ("(a", .syntax, 0, "not closed"), ("a)", .syntax, 1, ")"), ("[a", .syntax, 0, "not closed"),
        ("[b-a]", .syntax, 1, "wrong way"), ("a{3,2}", .syntax, 1, "{3,2}"), ("[\\w-z]", .syntax, 1, "\\w"),
        ("[a-\\d]", .syntax, 1, "\\w"), ("a\\", .syntax, 1, "\\"), ("\\y", .syntax, 0, "\\y"),
        ("\\x4", .syntax, 0, "hexadecimal"),
        ("(?<>a)", .syntax, 0, "name"), ("(?<1a>a)", .syntax, 0, "name"), ("\\p{L", .syntax, 0, "closed"),
        ("\\p{Nonsense}", .unsupported, 0, "Nonsense"), ("(?:a{1000}){1000}", .tooLarge, 0, "instructions"),
    ]

    @Test("in both dialects", arguments: both)
    func inBothDialects(pattern: String, code: LinearRegexError.Code, position: Int, part: String) {
        for dialect in [LinearRegex.Dialect.re2, .ecma] {
            let error = #expect(throws: LinearRegexError.self) { try LinearRegex(pattern, dialect: dialect) }
            #expect(error?.code == code, "\(pattern)")
            #expect(error?.position == position, "\(pattern)")
            #expect(error?.message.contains(part) == true, "\(pattern): \(error?.message ?? "")")
            #expect(error?.isRetriable == false)
        }
    }

    @Test(
        "what only the other dialect knows",
        arguments: [
            ("(?i)a", .ecma), ("(?i:a)", .ecma), ("(?P<n>a)", .ecma), ("\\Aa", .ecma), ("a\\z", .ecma), ("\\pL", .ecma),
            ("\\a", .ecma), ("\\x{41}", .ecma), ("\\c1", .ecma), ("\\uD800", .ecma), ("\\uD83D\\u0041", .ecma),
            ("\\u{110000}", .ecma), ("\\u{D800}", .ecma), ("\\u{}", .ecma), ("\\01", .ecma), ("\\u0041", .re2),
            ("\\cA", .re2),
            ("[]", .re2), ("[^]", .re2), ("[[:nope:]]", .re2), ("a{1001}", .re2), ("(?z)a", .re2), ("(?i-)a", .re2),
            ("\\8", .re2), ("\\x{110000}", .re2), ("\\x{}", .re2), ("[\\b]", .re2), ("\\C", .re2), ("(?i", .re2),
        ] as [(String, LinearRegex.Dialect)])
    func perDialect(pattern: String, dialect: LinearRegex.Dialect) {
        #expect(throws: LinearRegexError.self, "\(pattern)") { try LinearRegex(pattern, dialect: dialect) }
    }

    @Test("limits on length, nesting and size")
    func limits() throws {
        let long = #expect(throws: LinearRegexError.self) {
            try LinearRegex("aaaa", limits: .init(maximumPatternLength: 3))
        }
        #expect(long?.code == .tooLarge)
        let deep = String(repeating: "(", count: 5_000) + String(repeating: ")", count: 5_000)
        #expect(throws: LinearRegexError.self) { try LinearRegex(deep) }
        #expect(throws: Never.self) { try LinearRegex("a{9}", limits: .init(maximumInstructionCount: 10)) }
        #expect(throws: LinearRegexError.self) { try LinearRegex("a{10}", limits: .init(maximumInstructionCount: 10)) }
        // Repeating nothing costs nothing, however the counts multiply.
        #expect(throws: Never.self) { try LinearRegex("((((()){1000}){1000}){1000}){1000}") }
        #expect(throws: LinearRegexError.self) { try LinearRegex("a{99999999999999999999999}", dialect: .ecma) }
    }
}
