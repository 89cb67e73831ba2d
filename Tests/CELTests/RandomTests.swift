import CEL
import TestSupport
import Testing

/// Sources at random: whatever comes in, an answer or a typed error comes out.
@Suite struct RandomTests {
    private static let words = [
        "a", "b.c", "1", "2u", "1.5", "'s'", "b'x'", "true", "null", "[", "]", "{", "}", "(", ")", ",", ":", "?", ".",
        "+", "-", "*", "/", "%", "!", "&&", "||", "==", "<", ">=", " in ", "has(", ".map(x,", ".all(x,", "x", ".?",
        "[?", "size(", "'%s'.format(", "cel.bind(", "math.greatest(", "optional.of(", ".orValue(", "dyn(", "\"", "`",
        "\\", "//", "\n", "é", "0x", "1e", "if", "duration('1h')",
    ]

    private func tryOut(_ source: String, _ outcomes: inout [String: Int]) {
        let values: [String: CELValue] = ["a": ["c": [1, 2.5, "t"]], "b": ["c": 3]]
        let error = failure(source, values)
        outcomes[error?.code.rawValue ?? "value", default: 0] += 1
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func wordsNeverCrash(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        var outcomes: [String: Int] = [:]
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...12, using: &generator)
            let source = (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined()
            tryOut(source, &outcomes)
        }
        // The mix must reach past the parser to be worth anything.
        #expect(outcomes["syntax", default: 0] > 1_000)
        #expect(outcomes["value", default: 0] > 50)
        #expect(outcomes.count > 4, "\(outcomes)")
    }

    @Test(arguments: [5, 6] as [UInt64])
    func bytesNeverCrash(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        var outcomes: [String: Int] = [:]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            tryOut(String(decoding: bytes, as: UTF8.self), &outcomes)
        }
        #expect(outcomes["syntax", default: 0] > 2_500)
    }

    /// Sums, differences and products of small ints agree with Swift's.
    @Test(arguments: [7, 8] as [UInt64])
    func arithmeticAgreesWithSwift(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        func term(_ depth: Int) -> (source: String, value: Int64) {
            guard depth > 0 else {
                let number = Int64.random(in: -9...9, using: &generator)
                return (String(number), number)
            }
            let (left, right) = (term(depth - 1), term(depth - 1))
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: return ("(\(left.source) + \(right.source))", left.value + right.value)
            case 1: return ("(\(left.source) - \(right.source))", left.value - right.value)
            default: return ("(\(left.source) * \(right.source))", left.value * right.value)
            }
        }
        for _ in 0..<200 {
            let (source, value) = term(3)
            #expect(try evaluate(source) == .int(value), "\(source)")
        }
    }

    /// Timestamps and durations read back from their own text.
    @Test(arguments: [9, 10] as [UInt64])
    func timeReadsBack(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        for _ in 0..<500 {
            let timestamp = try #require(
                CELTimestamp(
                    seconds: Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator),
                    nanoseconds: Int32.random(in: 0..<1_000_000_000, using: &generator)))
            #expect(CELTimestamp(text: timestamp.description) == timestamp)
            let duration = CELDuration(nanoseconds: Int64.random(in: .min ... .max, using: &generator))
            #expect(CELDuration(text: duration.description) == duration)
        }
    }
}
