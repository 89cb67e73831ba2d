extension DefinitionParser {
    /// The place in the file of a character of a scalar's text, counted in Unicode scalars from 0.
    ///
    /// The scalar's own place where the two do not map onto each other: after a line break outside of a block.
    func place(ofCharacter offset: Int, in node: DefinitionNode) -> DefinitionPlace {
        if node.style == .block { return place(inBlock: node, offset) ?? node.place }
        guard node.style != .tagged, lines.indices.contains(node.place.line - 1) else { return node.place }
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

    /// The place of a character of a block: stripping and folding change white space alone, so the n-th character that is none
    /// is the n-th below the line of the `|` or `>` as well.
    private func place(inBlock node: DefinitionNode, _ offset: Int) -> DefinitionPlace? {
        let text = Array((node.text ?? "").unicodeScalars)
        let before = text.prefix(offset).count { !$0.properties.isWhitespace }
        // At white space and at the end: right behind what comes before.
        let isBehind = before > 0 && (offset >= text.count || text[offset].properties.isWhitespace)
        var rest = isBehind ? before - 1 : before
        for line in lines.indices.dropFirst(node.place.line) {
            for (column, scalar) in lines[line].unicodeScalars.enumerated() where !scalar.properties.isWhitespace {
                if rest == 0 { return DefinitionPlace(line: line + 1, column: column + (isBehind ? 2 : 1)) }
                rest -= 1
            }
        }
        return nil
    }

    /// An expression on one line, as messages quote it: white space is one space, and of a long one what is around the fault
    /// is left.
    static func quoted(_ source: String, faultAt offset: Int) -> String {
        var line: [Unicode.Scalar] = []
        var fault: Int?
        for (index, scalar) in source.unicodeScalars.enumerated() {
            if index == offset { fault = line.count }
            if !scalar.properties.isWhitespace {
                line.append(scalar)
            } else if let last = line.last, last != " " {
                line.append(" ")
            }
        }
        if line.last == " " { line.removeLast() }
        guard line.count > quotedCharacters else { return text(line[...]) }
        let start = max(0, min((fault ?? line.count) - quotedCharacters / 2, line.count - quotedCharacters))
        let end = start + quotedCharacters
        return (start > 0 ? "…" : "") + text(line[start..<end]) + (end < line.count ? "…" : "")
    }

    /// Characters of an expression that a message quotes: a line of a terminal.
    private static let quotedCharacters = 80

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
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
