import Yams

/// A key that a mapping has twice: where the second is, and the path of both.
///
/// The parser tells where the first is and no more. So that one is given another name, until the document can be read, and
/// then its namesake is looked for beside it.
struct DuplicateKey {
    private let name: String
    private let first: DefinitionPlace

    /// How many keys are given other names, at most; each costs reading the document once more.
    private static let rounds = 16
    // Of the area for private use, behind those of `KeyCheck`: no sign of YAML's, and hardly one of anybody's.
    private static let firstSign: UInt32 = 0xE010

    init(_ name: String, first: DefinitionPlace) {
        self.name = name
        self.first = first
    }

    /// The error that the author is told of.
    func error(in yaml: String) -> DefinitionNode.ReadError {
        guard let (second, path) = second(in: yaml) else {
            return DefinitionNode.ReadError(place: first, message: "The key '\(name)' is given twice; keep one.")
        }
        return DefinitionNode.ReadError(
            place: second,
            message: "The key '\(name)' is given twice, the first time in line \(first.line); keep one.",
            key: path.joined(separator: "."))
    }

    private func second(in yaml: String) -> (DefinitionPlace, path: [String])? {
        var scalars = Array(yaml.unicodeScalars)
        var renamed: [DefinitionPlace: String] = [:]
        var (name, place) = (name, first)
        for round in 0..<Self.rounds {
            guard let offset = Self.offset(of: name, at: place, in: scalars),
                let sign = Unicode.Scalar(Self.firstSign + UInt32(round))
            else { return nil }
            scalars[offset] = sign
            renamed[place] = name
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            do {
                guard let root = try Parser(yaml: String(text), resolver: .basic).singleRoot() else { return nil }
                return namesake(in: root, renamed)
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                place = DefinitionPlace(line: context.mark.line, column: context.mark.column)
                name = duplicates.first ?? ""
            } catch {
                return nil
            }
        }
        return nil
    }

    /// Where the text of a key begins; nil for one that is written otherwise than it reads.
    private static func offset(of name: String, at place: DefinitionPlace, in scalars: [Unicode.Scalar]) -> Int? {
        var (line, offset) = (1, 0)
        while line < place.line, offset < scalars.count {
            let isPair = scalars[offset] == "\r" && offset + 1 < scalars.count && scalars[offset + 1] == "\n"
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalars[offset]) { line += 1 }
            offset += isPair ? 2 : 1
        }
        offset += place.column - 1
        guard scalars.indices.contains(offset) else { return nil }
        if scalars[offset] == "\"" || scalars[offset] == "'" { offset += 1 }
        guard !name.isEmpty, scalars.dropFirst(offset).starts(with: name.unicodeScalars) else { return nil }
        return offset
    }

    /// The next key of this name beside the first one.
    private func namesake(
        in root: Node, _ renamed: [DefinitionPlace: String]
    ) -> (DefinitionPlace, path: [String])? {
        var open: [(node: Node, path: [String])] = [(root, [])]
        // Nothing multiplies where keys are looked for; should it, the search ends.
        var remaining = Limits.definitionNodes
        while let (node, path) = open.popLast(), remaining > 0 {
            remaining -= 1
            switch node {
            case .sequence(let items):
                for (index, item) in items.enumerated() { open.append((item, Self.path(path, index))) }
            case .mapping(let members):
                let keys = members.map { key, _ -> (place: DefinitionPlace, name: String) in
                    let place = DefinitionPlace(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
                    return (place, renamed[place] ?? key.scalar?.string ?? "")
                }
                if keys.contains(where: { $0.place == first }) {
                    return keys.first { $0.name == name && $0.place != first }.map { ($0.place, path + [name]) }
                }
                for (key, member) in zip(keys, members) { open.append((member.value, path + [key.name])) }
            default: break
            }
        }
        return nil
    }

    private static func path(_ path: [String], _ index: Int) -> [String] {
        path.dropLast() + ["\(path.last ?? "")[\(index)]"]
    }
}
