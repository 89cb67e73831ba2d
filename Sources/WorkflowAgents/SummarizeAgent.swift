import PerdureJSON
import TextAnalysis
import WorkflowCore

/// Picks the sentences that say most of a text. Rule-based and extractive: nothing in the summary is written anew.
///
/// Arguments: `text`, and `max_sentences` (1 to 50, 3 unless given). Output: `summary`, `sentences` (each with
/// `text`, `index`, `start`, `end`, `score`; offsets count Unicode code points), `sentence_count` of the text, and
/// `method`.
public struct SummarizeAgent: Agent {
    /// The name that definitions use.
    public let name = "summarize"

    /// The agent; it has no settings.
    public init() {}

    /// Summarises `text`.
    ///
    /// - Throws: `WorkflowError` with the code `INVALID_ARGUMENTS`.
    public func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        let given = try AgentArguments(arguments, known: ["text", "max_sentences"])
        let text = try given.text("text")
        let count = try given.integer("max_sentences", in: 1...50, standard: 3)
        let summary = Summarizer(maxSentences: count).summarize(text)
        return [
            "summary": .string(summary.text),
            "sentences": .array(
                summary.sentences.map { sentence in
                    [
                        "text": .string(sentence.text), "index": .int(Int64(sentence.index)),
                        "start": .int(Int64(sentence.start)), "end": .int(Int64(sentence.end)),
                        "score": .double((sentence.score * 10_000).rounded() / 10_000),
                    ]
                }),
            "sentence_count": .int(Int64(summary.sentenceCount)),
            "method": .string(summary.method),
        ]
    }
}
