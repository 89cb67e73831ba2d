extension DefinitionParser {
    /// The place in the file of a character of a scalar's text, counted in Unicode scalars from 0.
    ///
    /// The scalar's own place where the two do not map onto each other: in a block, and after a line break.
    func place(ofCharacter offset: Int, in node: DefinitionNode) -> DefinitionPlace {
        guard node.style != .block, node.style != .tagged, lines.indices.contains(node.place.line - 1) else {
            return node.place
        }
        let source = Array(lines[node.place.line - 1].unicodeScalars)
        var index = node.place.column - 1 + (node.style == .plain ? 0 : 1)
        for _ in 0..<offset {
            guard source.indices.contains(index) else { return node.place }
            switch (node.style, source[index]) {
            case (.singleQuoted, "'"): index += 2
            case (.doubleQuoted, "\\"): index += Self.escapeLength(index + 1 < source.count ? source[index + 1] : " ")
            default: index += 1
            }
        }
        guard source.indices.contains(index) else { return node.place }
        return DefinitionPlace(line: node.place.line, column: index + 1)
    }

    /// How long an escape of a double-quoted scalar is, by the letter after its backslash (YAML 1.2, section 5.7).
    private static func escapeLength(_ letter: Unicode.Scalar) -> Int {
        switch letter {
        case "x": 4
        case "u": 6
        case "U": 10
        default: 2
        }
    }
}
