import LinearRegex
import Testing

/// Patterns that send a backtracking engine astray end at once here, and random ones agree with a slow reference.
@Suite("Linearity")
struct LinearityTests {
    @Test(
        "notorious patterns over a long text", .timeLimit(.minutes(1)),
        arguments: ["(a+)+$", "^(a|a)*$", "(a*)*b", "^(a?){50}a{50}$", "(a|aa)+$", "(.*a){12}$", "([a-z]+)*[0-9]$"])
    func notorious(pattern: String) throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try !LinearRegex(pattern).matches(text))
    }

    @Test("random patterns agree with a reference that tries every way", arguments: 0..<8)
    func reference(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        func pattern(_ depth: Int) -> Reference {
            switch random(depth > 0 ? 7 : 2) {
            case 0: return .letter("a")
            case 1: return .letter("b")
            case 2, 3: return .sequence(pattern(depth - 1), pattern(depth - 1))
            case 4: return .either(pattern(depth - 1), pattern(depth - 1))
            default:
                let minimum = Int(random(3))
                return .repeated(pattern(depth - 1), minimum, random(2) == 0 ? nil : minimum + Int(random(3)))
            }
        }
        for _ in 0..<150 {
            let tree = pattern(3)
            let regex = try LinearRegex("^\(tree.text)$", dialect: seed % 2 == 0 ? .re2 : .ecma)
            for _ in 0..<20 {
                let text = (0..<random(7)).map { _ in random(2) == 0 ? "a" : "b" }.joined()
                let letters = Array(text)
                let expected = tree.ends(letters, [0]).contains(letters.count)
                #expect(regex.matches(text) == expected, "'\(regex.pattern)' on '\(text)'")
                #expect((regex.firstMatch(in: text) != nil) == expected)
            }
        }
    }

    @Test("patterns put together at random compile or are refused at a place within them", arguments: 0..<4)
    func nonsense(seed: UInt64) {
        let pieces = [
            "a", "b", "(", ")", "[", "]", "^", "$", ".", "*", "+", "?", "|", "{2}", "{2,", "}", "-", "\\", "\\d", "\\b",
            "\\Q",
            "\\E", "\\p{L}", "\\x", "\\u", "(?:", "(?i)", "(?<n>", "(?=", "[:alpha:]", "[^", "1", "é", "{", ":", "<",
            "P", "i",
        ]
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        for _ in 0..<3_000 {
            var pattern = ""
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for _ in 0..<(state >> 33) % 10 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                pattern += pieces[Int((state >> 33) % UInt64(pieces.count))]
            }
            do throws(LinearRegexError) {
                let regex = try LinearRegex(pattern, dialect: seed % 2 == 0 ? .re2 : .ecma)
                for text in ["", "ab1-é", "aab"] {
                    #expect(regex.matches(text) == (regex.firstMatch(in: text) != nil), "'\(pattern)' on '\(text)'")
                }
            } catch {
                #expect((0...pattern.unicodeScalars.count).contains(error.position), "'\(pattern)'")
            }
        }
    }

    /// A pattern as sets of places: simple enough to be right, and exponential in nothing but its own size.
    indirect enum Reference {
        case letter(Character)
        case sequence(Reference, Reference)
        case either(Reference, Reference)
        case repeated(Reference, Int, Int?)

        var text: String {
            switch self {
            case .letter(let letter): String(letter)
            case .sequence(let first, let second): first.text + second.text
            case .either(let first, let second): "(?:\(first.text)|\(second.text))"
            case .repeated(let body, let minimum, let maximum):
                "(?:\(body.text)){\(minimum),\(maximum.map(String.init) ?? "")}"
            }
        }

        func ends(_ letters: [Character], _ starts: Set<Int>) -> Set<Int> {
            switch self {
            case .letter(let letter):
                return Set(starts.filter { $0 < letters.count && letters[$0] == letter }.map { $0 + 1 })
            case .sequence(let first, let second): return second.ends(letters, first.ends(letters, starts))
            case .either(let first, let second):
                return first.ends(letters, starts).union(second.ends(letters, starts))
            case .repeated(let body, let minimum, let maximum):
                var current = starts
                for _ in 0..<minimum { current = body.ends(letters, current) }
                var all = current
                for _ in 0..<(maximum.map { $0 - minimum } ?? letters.count + 1) {
                    current = body.ends(letters, current)
                    all.formUnion(current)
                }
                return all
            }
        }
    }
}
