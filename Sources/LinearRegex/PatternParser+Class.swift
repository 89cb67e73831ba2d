extension PatternParser {
    /// Reads a class; the bracket at `start` is behind us.
    mutating func parseClass(_ start: Int) throws(LinearRegexError) -> ScalarSet {
        let isNegated = take("^")
        var content = ScalarSet.Content()
        // In RE2 a bracket right at the start is a member; in ECMAScript it closes an empty class.
        var isFirst = dialect == .re2
        while true {
            guard let next = peek() else {
                throw syntax("This class is not closed; add a ']' or escape the '[' as '\\['.", start)
            }
            if next == "]", !isFirst { break }
            isFirst = false
            if dialect == .re2, next == "[", peek(1) == ":", let ranges = try parsePosixClass() {
                content.ranges += ranges
                continue
            }
            try parseClassMember(into: &content)
        }
        position += 1
        return ScalarSet(content, isNegated: isNegated, ignoresCase: flags.ignoresCase)
    }

    private mutating func parseClassMember(into content: inout ScalarSet.Content) throws(LinearRegexError) {
        let start = position
        guard case .scalar(let low) = try parseClassAtom(into: &content) else {
            // A set is no end of a range: "[\w-z]" is more likely a slip than a wish for a hyphen.
            if peek() == "-", let after = peek(1), after != "]" {
                throw syntax("A class such as '\\w' cannot start a range; escape the hyphen as '\\-'.", start)
            }
            return
        }
        guard peek() == "-", let after = peek(1), after != "]" else {
            content.ranges.append(low...low)
            return
        }
        position += 1
        guard case .scalar(let high) = try parseClassAtom(into: &content) else {
            throw syntax("A class such as '\\w' cannot end a range; escape the hyphen as '\\-'.", start)
        }
        guard low <= high else { throw syntax("The range in this class is the wrong way round.", start) }
        content.ranges.append(low...high)
    }

    /// Reads one member; a set is added to `content` at once.
    private mutating func parseClassAtom(into content: inout ScalarSet.Content) throws(LinearRegexError) -> Escape {
        let start = position
        guard let scalar = peek() else {
            throw syntax("This class is not closed; add a ']'.", start)
        }
        position += 1
        guard scalar == "\\" else { return .scalar(scalar.value) }
        if dialect == .ecma, take("b") { return .scalar(0x08) }
        let escape = try parseSharedEscape(start)
        if case .set(let members) = escape { content.formUnion(members) }
        return escape
    }

    /// Reads `[:name:]` or `[:^name:]`; nil when the brackets are not of that form.
    private mutating func parsePosixClass() throws(LinearRegexError) -> [ClosedRange<UInt32>]? {
        let start = position
        position += 2
        let isNegated = take("^")
        var name = ""
        while let next = peek(), ("a"..."z").contains(next) {
            name.unicodeScalars.append(next)
            position += 1
        }
        guard take(text: ":]") else {
            position = start
            return nil
        }
        guard let ranges = ScalarSet.posixClasses[name] else {
            throw syntax("The class '[:\(name):]' is not known; try [:alpha:], [:digit:] or [:space:].", start)
        }
        return isNegated ? ScalarSet.complement(of: ranges) : ranges
    }
}
