import CEL
import Cron
import JSONSchema
import PerdureJSON

/// Turns the YAML of one definition into a checked `WorkflowDefinition`, or into every error it has.
struct DefinitionParser {
    let file: String
    let lines: [Substring]
    let agents: Set<String>
    let zones: TimeZoneDatabase
    var errors: [DefinitionError] = []
    /// Instructions of the regular expressions in expressions so far.
    var patternInstructions = 0

    init(file: String, yaml: String, agents: Set<String>, zones: TimeZoneDatabase = .utcOnly) {
        self.file = file
        self.agents = agents
        self.zones = zones
        lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// The whole file as YAML.
    ///
    /// - Throws: `DefinitionErrors` when it is too large, or not YAML.
    mutating func root(of yaml: String) throws(DefinitionErrors) -> DefinitionNode {
        guard yaml.utf8.count <= Limits.definitionBytes else {
            report(
                DefinitionPlace(line: 1, column: 1), key: "",
                "The file is larger than \(Limits.definitionBytes) bytes; split the workflow."
            )
            throw DefinitionErrors(errors: errors)
        }
        do {
            return try DefinitionNode.read(yaml)
        } catch {
            report(error.place, key: "", error.message)
            throw DefinitionErrors(errors: errors)
        }
    }

    /// Whether more errors would not be reported.
    var isFull: Bool { errors.count >= Limits.errorsPerDefinition }

    /// Notes an error and goes on.
    mutating func report(_ place: DefinitionPlace, key: String, _ message: String) {
        guard !isFull else { return }
        let text = lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : ""
        errors.append(
            DefinitionError(
                file: file, line: place.line, column: place.column, key: key, message: message, sourceLine: text
            )
        )
    }

    /// Checks the keys of a mapping: each must be known.
    mutating func checkKeys(_ members: [DefinitionNode.Member], at path: String, known: [String]) {
        for member in members where !known.contains(member.key) && !isFull {
            let key = path.isEmpty ? member.key : "\(path).\(member.key)"
            let hint = Suggestion.text(for: member.key, among: known)
            let list = known.joined(separator: ", ")
            report(member.place, key: key, "Unknown key '\(member.key)'.\(hint) Known here: \(list).")
        }
    }

    /// Text that names something: a letter, then letters, digits, underscores or hyphens, 64 at most.
    mutating func name(_ node: DefinitionNode, key: String, what: String) -> String? {
        guard let text = node.text, Self.isName(text) else {
            report(
                node.place, key: key,
                "The \(what) must be a letter followed by letters, digits, '_' or '-', 64 characters at most; "
                    + "found \(node.text.map { "'\($0)'" } ?? node.kindName)."
            )
            return nil
        }
        return text
    }

    /// A whole number within a range, or nil and an error.
    mutating func wholeNumber(_ node: DefinitionNode, key: String, _ range: ClosedRange<Int>, what: String) -> Int? {
        if case .scalar(.int(let value)) = node.content, let number = Int(exactly: value), range.contains(number) {
            return number
        }
        let found = node.json.jsonText.storable(maximum: 64)
        report(
            node.place, key: key,
            "\(what) is a whole number from \(range.lowerBound) to \(range.upperBound); found \(found).")
        return nil
    }

    /// True or false, or nil and an error.
    mutating func boolean(_ node: DefinitionNode, key: String) -> Bool? {
        if case .scalar(.bool(let value)) = node.content { return value }
        report(node.place, key: key, "This is true or false; found \(node.json.jsonText.storable(maximum: 64)).")
        return nil
    }

    /// Whether `text` may name a workflow, a step or an agent. A dot would break routing keys apart.
    static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        guard let first = bytes.first, bytes.count <= 64, isLetter(first) else { return false }
        return bytes.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }
}

extension WorkflowDefinition {
    /// Reads and checks one definition.
    ///
    /// - Parameters:
    ///   - yaml: The text of the file.
    ///   - file: What the errors call it.
    ///   - agents: The names of the agents that steps may use.
    ///   - zones: The time zones that a schedule may name.
    /// - Throws: `DefinitionErrors` with everything that is wrong.
    public init(
        yaml: String, file: String, agents: Set<String>, zones: TimeZoneDatabase = .utcOnly
    ) throws(DefinitionErrors) {
        var parser = DefinitionParser(file: file, yaml: yaml, agents: agents, zones: zones)
        let root = try parser.root(of: yaml)
        guard let definition = parser.workflow(root, source: yaml), parser.errors.isEmpty else {
            throw DefinitionErrors(errors: parser.errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        self = definition
    }
}
