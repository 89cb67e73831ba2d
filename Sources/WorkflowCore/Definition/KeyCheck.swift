import Yams

/// Makes sure that every key is plain or quoted text, before YAML is composed.
///
/// The composer finds keys that are given twice by hashing each as a whole. A key that is an alias, or a collection with
/// aliases in it, is unrolled for that: a file of half a kilobyte would take hours. So the document is composed once with
/// signs that mean nothing in the place of those that begin an alias (`*`) and an explicit key (`?`). In that document
/// nothing multiplies, and it has the structure of the other wherever this check finds nothing to refuse.
enum KeyCheck {
    // Of the area for private use: no sign of YAML's, and hardly a sign of anybody's.
    private static let alias: Unicode.Scalar = "\u{E000}"
    private static let explicitKey: Unicode.Scalar = "\u{E001}"

    /// Throws for the first key that is no text, and for YAML that cannot be read.
    static func run(_ yaml: String) throws(DefinitionNode.ReadError) {
        guard yaml.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) else { return }
        var harmless = String.UnicodeScalarView()
        for scalar in yaml.unicodeScalars {
            harmless.append(scalar == "*" ? alias : scalar == "?" ? explicitKey : scalar)
        }
        let root: Node?
        do {
            root = try DefinitionNode.compose(String(harmless))
        } catch {
            // What the message quotes of the document should be as it stands in the file.
            throw DefinitionNode.ReadError(
                place: error.place, message: asWritten(error.message), key: asWritten(error.key))
        }
        if let root { try visit(root) }
    }

    private static func asWritten(_ text: String) -> String {
        text.replacing(String(alias), with: "*").replacing(String(explicitKey), with: "?")
    }

    private static func visit(_ node: Node) throws(DefinitionNode.ReadError) {
        switch node {
        case .scalar(let scalar): try check(scalar)
        case .sequence(let sequence): for item in sequence { try visit(item) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.scalar, !(name.style == .plain && name.string.unicodeScalars.first == alias) else {
                    throw refused(key, "A key must be text; neither an alias nor a list or mapping can be one.")
                }
                try check(name)
                try visit(value)
            }
        default: return
        }
    }

    /// What looks like text here may be something else in the file itself.
    private static func check(_ scalar: Node.Scalar) throws(DefinitionNode.ReadError) {
        guard scalar.style == .plain, let first = scalar.string.unicodeScalars.first else { return }
        if first == explicitKey {
            throw refused(
                .scalar(scalar), "A value that starts with ? has to stand in quotes; keys are written without a ?.")
        }
        let name = scalar.string.unicodeScalars.dropFirst()
        guard first != alias || name.allSatisfy(isNameCharacter) else {
            throw refused(
                .scalar(scalar), "A value that starts with * is an alias; put quotes around it if it is a text.")
        }
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }

    private static func refused(_ node: Node, _ message: String) -> DefinitionNode.ReadError {
        DefinitionNode.ReadError(
            place: DefinitionPlace(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1), message: message)
    }
}
