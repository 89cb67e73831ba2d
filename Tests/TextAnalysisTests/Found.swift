import Testing
import TextAnalysis

/// The entities of a text as `text=normalized` (or the text alone), one type only.
func found(_ type: EntityType, in text: String) -> [String] {
    EntityExtractor().extract(text).filter { $0.type == type }.map { entity in
        guard let normalized = entity.normalized, normalized != entity.text else { return entity.text }
        return "\(entity.text)=\(normalized)"
    }
}

/// A text and what must be found in it.
struct Row: Sendable, CustomTestStringConvertible {
    let text: String
    let expected: [String]
    init(_ text: String, _ expected: String...) {
        self.text = text
        self.expected = expected
    }
    var testDescription: String { text }
}

/// A small generator with a seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
