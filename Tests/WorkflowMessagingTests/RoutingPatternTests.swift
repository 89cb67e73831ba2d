import TestSupport
import Testing

@testable import WorkflowMessaging

/// Patterns as a topic exchange matches them (AMQP 0.9.1, section 3.1.3.3).
@Suite struct RoutingPatternTests {
    @Test(
        arguments: [
            ("a.b.c", "a.b.c", true), ("a.b.c", "a.b", false), ("a.b", "a.b.c", false), ("a", "A", false),
            ("*", "a", true), ("*", "a.b", false), ("*.*", "a.b", true), ("*.*", "a", false), ("a.*.c", "a.b.c", true),
            ("a.*.c", "a.c", false), ("a.*", "a.", true), ("*.b", ".b", true),
            ("#", "", true), ("#", "a", true), ("#", "a.b.c", true), ("#.#", "", true), ("#.#", "a.b", true),
            ("a.#", "a", true), ("a.#", "a.b.c", true), ("a.#", "b.a", false), ("#.c", "c", true),
            ("#.c", "a.b.c", true),
            ("#.c", "a.b.c.d", false), ("a.#.c", "a.c", true), ("a.#.c", "a.x.y.c", true), ("a.#.c", "a.x.y", false),
            ("#.*", "a", true), ("*.#", "a", true), ("#.*.#", "a.b.c", true), ("*.#.*", "a", false),
            ("*.#.*", "a.b", true),
            ("#.b.#.b.#", "a.b.c", false), ("#.b.#.b.#", "b.b", true), ("a..b", "a..b", true), ("a.*.b", "a..b", true),
            ("a..b", "a.b", false), ("a.b", "a..b", false), ("", "", true), ("", "a", false), (".", ".", true),
            ("*.*", ".", true),
            ("a*", "ab", false), ("a*", "a*", true), ("#a", "ba", false), ("#a", "#a", true),
            ("document_analysis.#", "document_analysis.step.failed", true),
            ("#.failed", "document_analysis.step.failed", true),
            ("*.execution.*", "document_analysis.execution.started", true),
            ("*.execution.*", "document_analysis.step.started", false),
        ]
    ) func examples(_ pattern: String, key: String, isMatch: Bool) {
        #expect(RoutingPattern(pattern).matches(key) == isMatch)
    }

    /// The rule as it is defined, tried out in all its ways.
    private func isMatch(_ pattern: ArraySlice<String>, _ key: ArraySlice<String>) -> Bool {
        guard let word = pattern.first else { return key.isEmpty }
        if word == "#" {
            return isMatch(pattern.dropFirst(), key) || (!key.isEmpty && isMatch(pattern, key.dropFirst()))
        }
        guard let first = key.first, word == "*" || word == first else { return false }
        return isMatch(pattern.dropFirst(), key.dropFirst())
    }

    @Test(arguments: UInt64(1)...20) func randomPatterns(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func words(_ choice: [String]) -> [String] {
            (0..<Int.random(in: 1...6, using: &random)).map { _ in choice[Int(random.next() % UInt64(choice.count))] }
        }
        var matches = 0
        for _ in 0..<500 {
            let pattern = words(["a", "b", "*", "#", "#"])
            // A key of one empty word is the empty key, which has no words at all.
            var key = words(["a", "b", "c", ""])
            if key == [""] { key = [] }
            let expected = isMatch(pattern[...], key[...])
            guard !key.isEmpty else { continue }
            matches += expected ? 1 : 0
            let found = RoutingPattern(pattern.joined(separator: ".")).matches(key.joined(separator: "."))
            #expect(found == expected, "\(pattern) against \(key)")
        }
        #expect((50...450).contains(matches))
    }

    @Test func manyHashesAreNotSlow() {
        let pattern = RoutingPattern(Array(repeating: "#.a", count: 100).joined(separator: "."))
        let key = Array(repeating: "a", count: 99).joined(separator: ".")
        let clock = ContinuousClock()
        let time = clock.measure { #expect(!pattern.matches(key)) }
        // Trying every way would take longer than anybody waits.
        #expect(time < .seconds(60))
    }

    @Test(arguments: [
        "#", "*.*.*", "document_analysis.#", "#.failed", "*.execution.*", "order-2.step.completed", "#.step.#", "#.*.#",
        "a.b.c.#", "#.#", "*.*.*.#",
    ])
    func patternsThatFitEvents(_ pattern: String) throws {
        #expect(try RoutingPattern(forEvents: pattern) == RoutingPattern(pattern))
    }

    @Test(arguments: [
        ("", "255 bytes"), (String(repeating: "a.", count: 200) + "#", "255 bytes"), ("a..c", "between dots"),
        (".b.c", "before"), ("a.b.", "after"), ("doc*.step.*", "whole words"), ("#failed", "whole words"),
        ("document_analysis", "three words"), ("step.completed", "three words"), ("a.b.c.d", "three words"),
        ("a.b.c.d.#", "three words"), ("*.*", "three words"), ("a b.step.*", "characters"),
        ("é.step.*", "characters"),
    ])
    func patternsThatFitNone(_ pattern: String, says: String) {
        do throws(RoutingPatternError) {
            _ = try RoutingPattern(forEvents: pattern)
            Issue.record("'\(pattern)' was taken")
        } catch {
            #expect(error.message.contains(says), "\(error.message)")
            #expect(error.message.contains("order.#"), "it says what to write")
        }
    }

    @Test(arguments: [
        ("document_analysis.step.completed", "document_analysis.#"), ("order.#", "order.#"), ("#.failed", "#"),
        ("*.execution.*", "#"), ("#", "#"),
    ])
    func messagesOfWholeWorkflows(_ pattern: String, all: String) {
        #expect(RoutingPattern(pattern).ofWholeWorkflows == all)
    }
}
