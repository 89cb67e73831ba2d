import Yams

/// Says what the YAML parser stumbled over, where, and what to write instead.
///
/// The parser tells its errors apart by nothing but English sentences for people who know its inside. Each is looked up here;
/// what is not known has a sentence of its own.
struct YAMLTrouble {
    private let yaml: String
    private let lines: [Substring]

    init(_ yaml: String) {
        self.yaml = yaml
        lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// The error as its author is told of it.
    func explanation(of error: YamlError) -> DefinitionNode.ReadError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return explanation(
                problem, within: context?.text ?? "", from: context.map { place($0.mark) }, at: place(mark))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return DuplicateKey(duplicates.first ?? "", first: place(context.mark)).error(in: yaml)
        default:
            return DefinitionNode.ReadError(
                place: DefinitionPlace(line: 1, column: 1),
                message: "This is not YAML: check that the file is whole and a text.")
        }
    }

    private func explanation(
        _ problem: String, within context: String, from start: DefinitionPlace?, at place: DefinitionPlace
    ) -> DefinitionNode.ReadError {
        func notYAML(_ message: String, at other: DefinitionPlace? = nil) -> DefinitionNode.ReadError {
            DefinitionNode.ReadError(place: other ?? place, message: "This is not YAML: \(message)")
        }
        if problem.hasPrefix("Maximum nesting level") {
            return DefinitionNode.ReadError(
                place: place, message: "The definition nests deeper than \(Limits.jsonDepth); make it flatter.")
        }
        if problem.contains("found another document") {
            return DefinitionNode.ReadError(
                place: place, message: "A file holds one definition; move what follows '---' to a file of its own.")
        }
        if let expression = [place, start].compactMap({ $0 }).lazy.compactMap(bareExpression).first,
            !problem.contains("escape")
        {
            return notYAML("an expression has to stand in quotes here, as in \"${ input.text }\".", at: expression)
        }
        if let tab = indentingTab(in: place.line) { return notYAML("a tab cannot indent; use spaces.", at: tab) }
        let isAtEnd = isAtEnd(place)
        let found = found(at: place)
        if ["']'", "'}'"].contains(found), !problem.contains("','") {
            return notYAML("this \(found) closes nothing, or a value is missing before it.")
        }
        switch problem {
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            let (open, close, kind) = problem.hasSuffix("']'") ? ("[", "]", "list") : ("{", "}", "mapping")
            if isAtEnd { return notYAML("the '\(open)' here is not closed; add a '\(close)'.", at: start) }
            return notYAML(
                "the \(kind) that begins\(from(start)) goes on with a ',' or ends with a '\(close)'; found \(found)."
            )
        case "found unexpected end of stream", "found unexpected document indicator":
            return notYAML("the quote here is not closed; add one at the end of the text.", at: start)
        case "did not find expected node content" where isAtEnd:
            let (last, end) = lastScalar
            if last == "[" || last == "{" {
                let close = last == "[" ? "]" : "}"
                return notYAML("the '\(last)' here is not closed; add a '\(close)'.", at: end)
            }
            return notYAML("the text ends after this, where a value is missing, or a ']' or '}'.", at: end)
        case "did not find expected node content":
            return notYAML("a value is missing before \(found).")
        case "found unknown escape character":
            return notYAML(
                "there is no such escape in double quotes; write \\\\ for a backslash, or use single quotes.")
        case "did not find expected hexdecimal number", "found invalid Unicode character escape code":
            return notYAML(
                "an escape is \\x with 2 hexadecimal digits, \\u with 4 or \\U with 8, of a character that exists.")
        case "mapping values are not allowed in this context", "found unexpected ':'":
            return notYAML(
                "a ':' cannot stand here; put quotes around a text that has one, or begin a new line for a key.")
        case "could not find expected ':'":
            return notYAML("a key is missing its ':', or a text of several lines its quotes or indentation.", at: start)
        case "did not find expected key":
            return notYAML(
                "a key of the mapping that begins\(from(start)) is expected here; found \(found). Check the "
                    + "indentation, and the quotes of the line before.")
        case "did not find expected '-' indicator":
            return notYAML("the list that begins\(from(start)) goes on with a '-'; check the indentation.")
        case "block sequence entries are not allowed in this context", "mapping keys are not allowed in this context":
            return notYAML("\(found) cannot stand here; begin a new line for it.")
        case "did not find expected <document start>":
            return notYAML(
                "nothing can follow the end of the definition; remove it, or check indentation and brackets.")
        case "found undefined alias":
            return notYAML("the alias here names nothing that came before it; put quotes around it if it is a text.")
        case "found character that cannot start any token":
            return notYAML("a text that begins with \(found) has to stand in quotes.")
        default: break
        }
        if context.contains("anchor") || context.contains("alias") {
            return notYAML("a text that begins with '&' or '*' has to stand in quotes.", at: start)
        }
        if context.contains("directive") || problem.contains("directive") || problem.contains("YAML document") {
            return notYAML("a line that begins with '%' has no meaning here; remove it, or put quotes around a text.")
        }
        if context.contains("tag") || problem.contains("tag") {
            return notYAML("a text that begins with '!' has to stand in quotes.", at: start)
        }
        if context.contains("block scalar") {
            return notYAML("the text after '|' or '>' begins on the next line, indented with spaces.")
        }
        return notYAML("it cannot be read from here on; check indentation, brackets and quotes.")
    }

    private func place(_ mark: Mark) -> DefinitionPlace { DefinitionPlace(line: mark.line, column: mark.column) }

    private func from(_ start: DefinitionPlace?) -> String {
        start.map { " in line \($0.line), column \($0.column)" } ?? ""
    }

    private func scalars(of line: Int) -> [Unicode.Scalar] {
        lines.indices.contains(line - 1) ? Array(lines[line - 1].unicodeScalars) : []
    }

    private func found(at place: DefinitionPlace) -> String {
        let line = scalars(of: place.line)
        return line.indices.contains(place.column - 1) ? "'\(line[place.column - 1])'" : "the end of the line"
    }

    /// Whether nothing follows but blanks.
    private func isAtEnd(_ place: DefinitionPlace) -> Bool {
        scalars(of: place.line).dropFirst(place.column - 1).allSatisfy { $0 == " " }
            && lines.dropFirst(place.line).allSatisfy { $0.allSatisfy { $0 == " " } }
    }

    /// The last character that is no blank, with its place.
    private var lastScalar: (Unicode.Scalar, DefinitionPlace) {
        for line in lines.indices.reversed() {
            let text = scalars(of: line + 1)
            guard let index = text.lastIndex(where: { $0 != " " }) else { continue }
            return (text[index], DefinitionPlace(line: line + 1, column: index + 1))
        }
        return (" ", DefinitionPlace(line: 1, column: 1))
    }

    /// The tab among the blanks that a line begins with.
    private func indentingTab(in line: Int) -> DefinitionPlace? {
        let blanks = scalars(of: line).prefix { $0 == " " || $0 == "\t" }
        return blanks.firstIndex(of: "\t").map { DefinitionPlace(line: line, column: $0 + 1) }
    }

    /// The `${` on a line, up to a place on it, that stands in no quotes.
    private func bareExpression(before place: DefinitionPlace) -> DefinitionPlace? {
        let line = scalars(of: place.line)
        var quote: Unicode.Scalar?
        var found: Int?
        for (index, scalar) in line.prefix(place.column).enumerated() {
            if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "\"" || scalar == "'" {
                // Only at the beginning of a value is it a quote of YAML's.
                let before = line[..<index].last { $0 != " " }
                if before.map({ ":,[{-".unicodeScalars.contains($0) }) ?? true { quote = scalar }
            } else if scalar == "{", index > 0, line[index - 1] == "$", found == nil {
                found = index
            } else if scalar == "#", found == nil, index == 0 || line[index - 1] == " " {
                return nil
            }
        }
        return found.map { DefinitionPlace(line: place.line, column: $0) }
    }
}
