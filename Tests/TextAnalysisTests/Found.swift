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
