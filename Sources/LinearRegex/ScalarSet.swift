/// A set of Unicode scalars: ranges and properties, perhaps negated, perhaps without regard to case.
struct ScalarSet: Sendable {
    private let ranges: [ClosedRange<UInt32>]
    private let properties: [ScalarProperty]
    private let isNegated: Bool
    private let ignoresCase: Bool
    // Texts are mostly ASCII: the answers for its two halves are worked out once.
    private var lowASCII: UInt64 = 0
    private var highASCII: UInt64 = 0

    init(_ content: Content, isNegated: Bool = false, ignoresCase: Bool = false) {
        ranges = Self.merged(content.ranges)
        properties = content.properties
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        for value in 0..<UInt32(64) where evaluate(value) { lowASCII |= 1 << UInt64(value) }
        for value in 64..<UInt32(128) where evaluate(value) { highASCII |= 1 << UInt64(value - 64) }
    }

    /// Whether the set holds this scalar.
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return lowASCII >> UInt64(value) & 1 == 1 }
        if value < 128 { return highASCII >> UInt64(value - 64) & 1 == 1 }
        return evaluate(value)
    }

    private func evaluate(_ value: UInt32) -> Bool {
        var isIn = holds(value)
        if !isIn, ignoresCase { isIn = CaseVariants.of(value).contains(where: holds) }
        return isIn != isNegated
    }

    private func holds(_ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].lowerBound <= value { return true }
        guard !properties.isEmpty, let scalar = Unicode.Scalar(value) else { return false }
        return properties.contains { $0.holds(scalar) }
    }

    static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}

extension ScalarSet {
    /// What a set is collected in while its class is read.
    struct Content: Sendable {
        var ranges: [ClosedRange<UInt32>] = []
        var properties: [ScalarProperty] = []

        mutating func formUnion(_ other: Content) {
            ranges += other.ranges
            properties += other.properties
        }
    }

    /// The last scalar there is.
    static let lastScalar: UInt32 = 0x10FFFF

    /// Every scalar outside `ranges`.
    static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in merged(ranges) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= lastScalar { result.append(next...lastScalar) }
        return result
    }

    static let digitRanges: [ClosedRange<UInt32>] = [0x30...0x39]
    static let wordRanges: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let re2SpaceRanges: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
    /// ECMAScript's WhiteSpace and LineTerminator.
    static let ecmaSpaceRanges: [ClosedRange<UInt32>] = [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ]
    static let ecmaLineTerminators: [ClosedRange<UInt32>] = [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]

    /// The POSIX classes that RE2 accepts inside brackets.
    static let posixClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
        "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": digitRanges,
        "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A], "word": wordRanges, "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
}
