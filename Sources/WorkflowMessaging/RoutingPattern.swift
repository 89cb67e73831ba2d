import WorkflowCore

/// A binding pattern of a topic exchange: words parted by dots, `*` for one word, `#` for any number (AMQP 0.9.1,
/// section 3.1.3.3).
public struct RoutingPattern: Sendable, Hashable {
    /// What matches every key.
    public static let all = RoutingPattern("#")

    private let words: [Substring]

    /// A pattern as it is; one that makes no sense matches nothing.
    init(_ pattern: String) {
        words = Self.words(pattern)
    }

    /// A pattern for the keys of events, `<workflow_id>.<subject>.<verb>`.
    ///
    /// - Throws: `RoutingPatternError` for one that can match no event, which would otherwise look as if nothing happened.
    public init(forEvents pattern: String) throws(RoutingPatternError) {
        self.init(pattern)
        guard !pattern.isEmpty, pattern.utf8.count <= Limits.propertyBytes else {
            throw RoutingPatternError(pattern: pattern, reason: "it must have 1 to \(Limits.propertyBytes) bytes")
        }
        for word in words where word != "*" && word != "#" {
            guard !word.isEmpty else {
                throw RoutingPatternError(pattern: pattern, reason: "there is nothing before, after or between dots")
            }
            guard !word.contains("*"), !word.contains("#") else {
                throw RoutingPatternError(
                    pattern: pattern, reason: "'*' and '#' stand for whole words, and '\(word)' mixes them with letters"
                )
            }
            guard word.utf8.allSatisfy(Self.isKeyCharacter) else {
                throw RoutingPatternError(
                    pattern: pattern, reason: "'\(word)' has characters other than letters, digits, '_' and '-'")
            }
        }
        let single = words.count { $0 != "#" }
        guard words.contains("#") ? single <= Self.wordsOfEvents : single == Self.wordsOfEvents else {
            throw RoutingPatternError(pattern: pattern, reason: "it does not fit a key of three words")
        }
    }

    /// Workflow, subject, verb.
    private static let wordsOfEvents = 3

    private static func isKeyCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A pattern that matches the keys of all events of every workflow that this one can match.
    ///
    /// A message with several events goes under the key of its last one, so whoever wants events by subject or verb has
    /// to take all messages of the workflow.
    var ofWholeWorkflows: String {
        guard let first = words.first, first != "*", first != "#" else { return "#" }
        return "\(first).#"
    }

    /// An empty key has no words at all.
    private static func words(_ text: String) -> [Substring] {
        text.isEmpty ? [] : text.split(separator: ".", omittingEmptySubsequences: false)
    }

    /// Whether a topic exchange with this binding would route the key.
    func matches(_ key: String) -> Bool {
        let keyWords = Self.words(key)
        // reachable[n]: the pattern up to here matches the first n words of the key.
        var reachable = [true] + [Bool](repeating: false, count: keyWords.count)
        for word in words {
            var next = [Bool](repeating: false, count: keyWords.count + 1)
            for count in 0...keyWords.count {
                if word == "#" {
                    next[count] = reachable[count] || (count > 0 && next[count - 1])
                } else if count > 0 {
                    next[count] = reachable[count - 1] && (word == "*" || word == keyWords[count - 1])
                }
            }
            reachable = next
        }
        return reachable[keyWords.count]
    }
}

/// A pattern that can match no event.
public struct RoutingPatternError: Error, Sendable, Hashable {
    /// The pattern.
    public let pattern: String
    /// What is wrong with it, as part of a sentence.
    public let reason: String

    /// One sentence that says what to write.
    public var message: String {
        "'\(pattern)' is not a pattern for events: \(reason); write one like 'order.#', '#.failed' or '*.execution.*'."
    }
}
