import PerdureJSON
import Yams

/// A YAML value with its place in the file, by the core schema of YAML 1.2 (so `no` and `on` are text, as their
/// writer meant).
struct DefinitionNode {
    enum Content {
        case scalar(JSONValue)
        case sequence([DefinitionNode])
        case mapping([Member])
    }

    /// A key of a mapping with its value.
    struct Member {
        let key: String
        let place: DefinitionPlace
        let value: DefinitionNode
    }

    /// How the text of a scalar stands in the file.
    enum Style {
        case plain, singleQuoted, doubleQuoted, block
    }

    let content: Content
    let place: DefinitionPlace
    var style = Style.plain

    /// The node as JSON.
    var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let members):
            .object(members.reduce(into: JSONObject()) { $0[$1.key] = $1.value.json })
        }
    }

    /// What the node is, for messages.
    var kindName: String {
        switch content {
        case .scalar(.null): "nothing"
        case .scalar(.string): "text"
        case .scalar(.bool): "a boolean"
        case .scalar: "a number"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    var text: String? { if case .scalar(.string(let text)) = content { text } else { nil } }
    var members: [Member]? { if case .mapping(let members) = content { members } else { nil } }
    var items: [DefinitionNode]? { if case .sequence(let items) = content { items } else { nil } }

    /// The place of the last key of a path, or of the deepest node on the way there.
    func keyPlace(at tokens: [String]) -> DefinitionPlace {
        let parent = descendant(at: tokens.dropLast())
        return parent.members?.first { $0.key == tokens.last }?.place ?? parent.place
    }

    /// The node at a path of keys and indices, or the deepest one on the way there.
    func descendant(at tokens: some Sequence<String>) -> DefinitionNode {
        var node = self
        for token in tokens {
            if let member = node.members?.first(where: { $0.key == token }) {
                node = member.value
            } else if let index = Int(token), let items = node.items, items.indices.contains(index) {
                node = items[index]
            } else {
                return node
            }
        }
        return node
    }
}

/// A place in a definition file, both from 1.
struct DefinitionPlace: Hashable {
    var line: Int
    var column: Int
}

extension DefinitionNode {
    /// Why YAML could not be read.
    struct ReadError: Error {
        let place: DefinitionPlace
        let message: String
    }

    /// Reads one YAML document.
    ///
    /// Aliases are resolved while the limit on nodes lasts, so that a file that multiplies itself ends in an error.
    static func read(_ yaml: String) throws(ReadError) -> DefinitionNode {
        try KeyCheck.run(yaml)
        let root = try compose(yaml)
        guard let root else {
            throw ReadError(
                place: DefinitionPlace(line: 1, column: 1), message: "The file is empty; write `workflow: NAME` first.")
        }
        var remaining = Remaining()
        return try convert(root, depth: 0, remaining: &remaining)
    }

    /// The nodes of one document as the parser has them; nil if it is empty.
    static func compose(_ yaml: String) throws(ReadError) -> Node? {
        do {
            return try Parser(yaml: yaml, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw ReadError(error)
        } catch {
            throw ReadError(place: DefinitionPlace(line: 1, column: 1), message: "This is not YAML: \(error)")
        }
    }

    /// What a definition may still hold.
    private struct Remaining {
        var nodes = Limits.definitionNodes
        var textBytes = Limits.definitionTextBytes
    }

    private static func convert(
        _ node: Node, depth: Int, remaining: inout Remaining
    ) throws(ReadError) -> DefinitionNode {
        let place = DefinitionPlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        remaining.nodes -= 1
        remaining.textBytes -= node.scalar?.string.utf8.count ?? 0
        guard remaining.nodes >= 0, remaining.textBytes >= 0, depth <= Limits.jsonDepth else {
            throw ReadError(
                place: place,
                message: "The definition is larger than \(Limits.definitionNodes) values or "
                    + "\(Limits.definitionTextBytes) bytes of text, or nests deeper than \(Limits.jsonDepth); "
                    + "aliases count each time they are used."
            )
        }
        switch node {
        case .scalar(let scalar):
            let style: Style =
                switch scalar.style {
                case .singleQuoted: .singleQuoted
                case .doubleQuoted: .doubleQuoted
                case .literal, .folded: .block
                case .any, .plain: .plain
                }
            try checkText(scalar.string, place)
            let value = style == .plain ? plain(scalar.string) : .string(scalar.string)
            return DefinitionNode(content: .scalar(value), place: place, style: style)
        case .sequence(let sequence):
            var items: [DefinitionNode] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1, remaining: &remaining)) }
            return DefinitionNode(content: .sequence(items), place: place)
        case .mapping(let mapping):
            var members: [Member] = []
            for (key, value) in mapping {
                let keyPlace = DefinitionPlace(
                    line: key.mark?.line ?? place.line, column: key.mark?.column ?? place.column)
                guard let name = key.scalar?.string else {
                    throw ReadError(place: keyPlace, message: "A key must be text.")
                }
                try checkText(name, keyPlace)
                let converted = try convert(value, depth: depth + 1, remaining: &remaining)
                members.append(Member(key: name, place: keyPlace, value: converted))
            }
            return DefinitionNode(content: .mapping(members), place: place)
        default:
            throw ReadError(place: place, message: "An alias here names nothing that came before it.")
        }
    }

    private static func checkText(_ text: String, _ place: DefinitionPlace) throws(ReadError) {
        guard text.utf8.contains(0) else { return }
        throw ReadError(place: place, message: "The text holds U+0000, which the database cannot keep; remove it.")
    }

    /// A scalar without quotes, by the core schema of YAML 1.2 (section 10.3.2).
    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = unsigned.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else {
            return .string(text)
        }
        if let integer = Int64(text.hasPrefix("+") ? String(unsigned) : text) { return .int(integer) }
        // Neither form takes a sign, before its prefix or after it.
        if text.hasPrefix("0x"), let integer = UInt64(text.dropFirst(2), radix: 16).flatMap(Int64.init(exactly:)) {
            return text.contains("+") ? .string(text) : .int(integer)
        }
        if text.hasPrefix("0o"), let integer = UInt64(text.dropFirst(2), radix: 8).flatMap(Int64.init(exactly:)) {
            return text.contains("+") ? .string(text) : .int(integer)
        }
        let isDecimal = unsigned.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
        if isDecimal, let double = Double(text), double.isFinite { return .double(double) }
        return .string(text)
    }
}

extension DefinitionNode.ReadError {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(
                place: DefinitionPlace(line: mark.line, column: mark.column), message: "This is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
            self.init(
                place: DefinitionPlace(line: context.mark.line, column: context.mark.column),
                message: "The key \(names) is given twice; keep one."
            )
        default:
            self.init(place: DefinitionPlace(line: 1, column: 1), message: "This is not YAML: \(error)")
        }
    }
}
