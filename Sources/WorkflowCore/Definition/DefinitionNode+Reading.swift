import PerdureJSON
import Yams

extension DefinitionNode {
    /// Why YAML could not be read.
    struct ReadError: Error {
        let place: DefinitionPlace
        let message: String
        /// The path of the key, where it is known.
        var key = ""
    }

    /// Reads one YAML document.
    ///
    /// Aliases are resolved while the limit on nodes lasts, so that a file that multiplies itself ends in an error.
    static func read(_ yaml: String) throws(ReadError) -> DefinitionNode {
        try checkCharacters(yaml)
        try KeyCheck.run(yaml)
        let root = try compose(yaml)
        guard let root else {
            throw ReadError(
                place: DefinitionPlace(line: 1, column: 1), message: "The file is empty; write `workflow: NAME` first.")
        }
        var remaining = Remaining(bareTags: bareTags(in: yaml))
        return try convert(root, depth: 0, isSchema: false, remaining: &remaining)
    }

    /// The nodes of one document as the parser has them; nil if it is empty.
    static func compose(_ yaml: String) throws(ReadError) -> Node? {
        do {
            return try Parser(yaml: yaml, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw YAMLTrouble(yaml).explanation(of: error)
        } catch {
            throw ReadError(place: DefinitionPlace(line: 1, column: 1), message: "This is not YAML.")
        }
    }

    /// What a definition may still hold.
    private struct Remaining {
        var nodes = Limits.definitionNodes
        var textBytes = Limits.definitionTextBytes
        /// Where a `!` stands by itself.
        let bareTags: Set<DefinitionPlace>
    }

    /// - Parameter isSchema: Whether it is a part of the workflow's `input`, where whole numbers may be as large as in any
    ///   JSON Schema.
    private static func convert(
        _ node: Node, depth: Int, isSchema: Bool, remaining: inout Remaining
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
        // A node begins at its tag. The parser says nothing of one without a name.
        guard !remaining.bareTags.contains(place) else {
            throw ReadError(place: place, message: ScalarTag.unknown("!"))
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
            do throws(ScalarProblem) {
                let tag = try ScalarTag(scalar.tag.rawValue, isQuoted: style != .plain)
                let value = try tag.value(of: scalar.string, isPlain: style == .plain, keepsLargeIntegers: isSchema)
                return DefinitionNode(content: .scalar(value), place: place, style: tag.isWritten ? .tagged : style)
            } catch {
                throw ReadError(place: place, message: error.message)
            }
        case .sequence(let sequence):
            try check(sequence.tag, is: "seq", "a list", place)
            var items: [DefinitionNode] = []
            for item in sequence {
                items.append(try convert(item, depth: depth + 1, isSchema: isSchema, remaining: &remaining))
            }
            return DefinitionNode(content: .sequence(items), place: place)
        case .mapping(let mapping):
            try check(mapping.tag, is: "map", "a mapping", place)
            var members: [Member] = []
            for (key, value) in mapping {
                let keyPlace = DefinitionPlace(
                    line: key.mark?.line ?? place.line, column: key.mark?.column ?? place.column)
                guard let scalar = key.scalar else {
                    throw ReadError(place: keyPlace, message: "A key must be text.")
                }
                try check(scalar.tag, is: "str", "a text", keyPlace)
                try checkText(scalar.string, keyPlace)
                let isSchema = isSchema || depth == 0 && scalar.string == "input"
                let converted = try convert(value, depth: depth + 1, isSchema: isSchema, remaining: &remaining)
                members.append(Member(key: scalar.string, place: keyPlace, value: converted))
            }
            return DefinitionNode(content: .mapping(members), place: place)
        default:
            throw ReadError(place: place, message: "An alias here names nothing that came before it.")
        }
    }

    /// The places of each `!` that a blank or the end of the line follows.
    private static func bareTags(in yaml: String) -> Set<DefinitionPlace> {
        guard yaml.utf8.contains(UInt8(ascii: "!")) else { return [] }
        var places: Set<DefinitionPlace> = []
        let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() where line.utf8.contains(UInt8(ascii: "!")) {
            let scalars = Array(line.unicodeScalars)
            for (index, scalar) in scalars.enumerated() where scalar == "!" {
                guard index + 1 == scalars.count || scalars[index + 1] == " " || scalars[index + 1] == "\t" else {
                    continue
                }
                places.insert(DefinitionPlace(line: number + 1, column: index + 1))
            }
        }
        return places
    }

    /// A list, a mapping or a key has no other tag than its own.
    private static func check(
        _ tag: Tag, is name: String, _ kind: String, _ place: DefinitionPlace
    ) throws(ReadError) {
        let written = tag.rawValue
        guard !written.isEmpty, written != ScalarTag.prefix + name else { return }
        guard ScalarTag.isKnown(written) else { throw ReadError(place: place, message: ScalarTag.unknown(written)) }
        throw ReadError(
            place: place, message: "The tag \(ScalarTag.shown(written)) does not fit \(kind); remove it.")
    }

    private static func checkText(_ text: String, _ place: DefinitionPlace) throws(ReadError) {
        guard text.utf8.contains(0) else { return }
        throw ReadError(place: place, message: "The text holds U+0000, which the database cannot keep; remove it.")
    }

    /// YAML has no place for control characters (YAML 1.2, section 5.1).
    private static func checkCharacters(_ yaml: String) throws(ReadError) {
        func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
        let scalars = yaml.unicodeScalars
        guard let index = scalars.firstIndex(where: { !isPrintable($0) }) else { return }
        let lines = yaml[..<index].split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let number = String(scalars[index].value, radix: 16, uppercase: true)
        let name = String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
        throw ReadError(
            place: DefinitionPlace(line: max(1, lines.count), column: (lines.last?.unicodeScalars.count ?? 0) + 1),
            message: "The control character U+\(name) cannot stand in a definition; "
                + (name == "0000" ? "remove it." : "remove it, or write \\u\(name) within double quotes."))
    }
}
