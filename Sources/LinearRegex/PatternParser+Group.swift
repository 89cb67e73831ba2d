extension PatternParser {
    /// Reads what follows an opening parenthesis; nil for a group that only sets flags.
    mutating func parseGroup(_ start: Int) throws(LinearRegexError) -> RegexNode? {
        let outerFlags = flags
        if take("?") {
            switch peek() {
            case ":": position += 1
            case "=": throw unsupported("The lookahead '(?='", start)
            case "!": throw unsupported("The negative lookahead '(?!'", start)
            case ">": throw unsupported("The atomic group '(?>'", start)
            case "#": throw unsupported("The comment '(?#'", start)
            case "|": throw unsupported("The branch reset group '(?|'", start)
            case "<" where peek(1) == "=": throw unsupported("The lookbehind '(?<='", start)
            case "<" where peek(1) == "!": throw unsupported("The negative lookbehind '(?<!'", start)
            case "<":
                position += 1
                try parseGroupName(start)
            case "P" where dialect == .re2 && peek(1) == "<":
                position += 2
                try parseGroupName(start)
            case "P" where peek(1) == "=": throw unsupported("The backreference '(?P='", start)
            default:
                guard dialect == .re2 else {
                    throw syntax("After '(?' one of ':', '<name>' is expected; flags belong to RE2.", start)
                }
                guard try parseFlags(start) else { return nil }
            }
        }
        let node = try parseAlternation()
        guard take(")") else { throw syntax("This group is not closed; add a ')' or escape the '(' as '\\('.", start) }
        flags = outerFlags
        return node
    }

    private mutating func parseGroupName(_ start: Int) throws(LinearRegexError) {
        let nameStart = position
        while let next = peek(), next == "_" || next == "$" || next.properties.isIDContinue { position += 1 }
        guard position > nameStart, !("0"..."9").contains(scalars[nameStart]), take(">") else {
            throw syntax("A group name of letters, digits and '_' followed by '>' is expected.", start)
        }
    }

    /// Reads `i`, `m`, `s`, `U` and `-` up to `:` (true: a group follows) or `)` (false: the flags stay on).
    private mutating func parseFlags(_ start: Int) throws(LinearRegexError) -> Bool {
        var turnsOn = true
        var hasFlag = false
        while let next = peek() {
            position += 1
            switch next {
            case "i": flags.ignoresCase = turnsOn
            case "m": flags.isMultiline = turnsOn
            case "s": flags.dotMatchesNewline = turnsOn
            case "U": flags.swapsLaziness = turnsOn
            case "-" where turnsOn:
                turnsOn = false
                hasFlag = false
                continue
            case ":" where hasFlag: return true
            case ")" where hasFlag: return false
            default: throw syntax("The group '(?\(next)' is not known; the flags are i, m, s and U.", start)
            }
            hasFlag = true
        }
        throw syntax("This group is not closed; add a ')'.", start)
    }
}
