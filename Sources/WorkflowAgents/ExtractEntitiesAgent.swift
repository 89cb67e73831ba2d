import PerdureJSON
import TextAnalysis
import WorkflowCore

/// Finds dates, times, amounts, addresses, people, organisations and places in English text. Rule-based: it knows
/// patterns and lists of names, not meaning.
///
/// Arguments: `text`. Output: `entities` (each with `type`, `text`, `start`, `end` in Unicode code points, and
/// `normalized` where a standard form is certain), `counts` by type, and `method`.
public struct ExtractEntitiesAgent: Agent {
    /// The name that definitions use.
    public let name = "extract_entities"

    private static let extractor = EntityExtractor()

    /// The agent; it has no settings.
    public init() {}

    /// Extracts the entities of `text`.
    ///
    /// - Throws: `WorkflowError` with the code `INVALID_ARGUMENTS`.
    public func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        let text = try AgentArguments(arguments, known: ["text"]).text("text")
        let entities = Self.extractor.extract(text)
        var counts: [String: Int64] = [:]
        for entity in entities { counts[entity.type.rawValue, default: 0] += 1 }
        return [
            "entities": .array(
                entities.map { entity in
                    var object: JSONObject = [
                        "type": .string(entity.type.rawValue), "text": .string(entity.text),
                        "start": .int(Int64(entity.start)), "end": .int(Int64(entity.end)),
                    ]
                    if let normalized = entity.normalized { object["normalized"] = .string(normalized) }
                    return .object(object)
                }),
            "counts": .object(
                JSONObject(uniqueKeysWithValues: counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
            "method": "rules",
        ]
    }
}
