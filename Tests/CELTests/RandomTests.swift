import CEL
import TestSupport
import Testing

/// Sources at random: whatever comes in, an answer or a typed error comes out.
@Suite struct RandomTests {
    private static let words = [
        "a", "b.c", "1", "2u", "1.5", "'s'", "b'x'", "true", "null", "[", "]", "{", "}", "(", ")", ",", ":", "?", ".",
        "+", "-", "*", "/", "%", "!", "&&", "||", "==", "<", ">=", " in ", "has(", ".map(x,", ".all(x,", "x", ".?",
        "[?", "size(", "'%s'.format(", "cel.bind(", "math.greatest(", "optional.of(", ".orValue(", "dyn(", "\"", "`",
        ".sort()", ".sortBy(x,", ".distinct()", ".flatten()", ".first()", "lists.range(", "sets.contains(",
        "cel.block([",
        "cel.index(0)", "ip(", "\\", "//", "\n", "é", "0x", "1e", "if", "duration('1h')",
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
        for _ in 0..<4_000 {
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

    /// Lists of small numbers, sorted, without copies and as sets, agree with Swift's.
    @Test(arguments: [11, 12] as [UInt64])
    func listsAgreeWithSwift(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        func list(_ numbers: some Sequence<Int>) -> CELValue { .list(numbers.map { .int(Int64($0)) }) }
        for _ in 0..<200 {
            let numbers = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                Int.random(in: -5...5, using: &generator)
            }
            let others = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Int.random(in: -5...5, using: &generator)
            }
            let values = ["l": list(numbers), "m": list(others)]
            var distinct: [Int] = []
            for number in numbers where !distinct.contains(number) { distinct.append(number) }
            #expect(try evaluate("l.sort()", values) == list(numbers.sorted()))
            #expect(try evaluate("l.sortBy(x, -x)", values) == list(numbers.sorted(by: >)))
            #expect(try evaluate("l.distinct()", values) == list(distinct))
            #expect(try evaluate("l.reverse()", values) == list(numbers.reversed()))
            #expect(try evaluate("[l, m].flatten()", values) == list(numbers + others))
            let (set, part) = (Set(numbers), Set(others))
            #expect(try evaluate("sets.contains(l, m)", values) == .bool(part.isSubset(of: set)))
            #expect(try evaluate("sets.equivalent(l, m)", values) == .bool(part == set))
            #expect(try evaluate("sets.intersects(l, m)", values) == .bool(!part.isDisjoint(with: set)))
            // Equal keys keep the order that they came in.
            let pairs = numbers.enumerated().map { "\($0.offset)" }
            let keyed: [String: CELValue] = values.merging(["p": .list(pairs.map { .string($0) })]) { $1 }
            let order = numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
            #expect(try evaluate("p.sortBy(x, l[int(x)])", keyed) == .list(order.map { .string(pairs[$0]) }))
        }
    }

    /// Addresses and networks read back from their own text, and a network holds what has its first bits.
    @Test(arguments: [13, 14] as [UInt64])
    func addressesReadBack(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        for _ in 0..<500 {
            // Few bits, so that runs of zeros of all lengths come up.
            let groups = (0..<8).map { _ in
                Bool.random(using: &generator)
                    ? "0" : String(UInt16.random(in: 0 ... .max, using: &generator), radix: 16)
            }
            let address = try CELAddress(text: groups.joined(separator: ":"))
            let text = address.description
            #expect(try address == CELAddress(text: text) || text.hasPrefix("::ffff:"), "\(text)")
            let length = Int.random(in: 0...128, using: &generator)
            let network = try CELNetwork(text: "\(groups.joined(separator: ":"))/\(length)")
            #expect(
                try evaluate("cidr('\(network)').masked().containsIP(ip('\(groups.joined(separator: ":"))'))") == true)
            #expect(try evaluate("cidr('\(network)').masked().masked() == cidr('\(network)').masked()") == true)
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
