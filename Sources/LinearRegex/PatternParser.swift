/// Reads a pattern into a tree by recursive descent.
struct PatternParser {
    /// How deep groups may nest: deeper than any written by hand, and safe for the stack of a small thread.
    static let maximumDepth = 200
    /// The highest count in braces; RE2 draws the same line, and the size of the program usually ends earlier.
    static let re2MaximumRepeat = 1_000

    /// What `(?…)` of RE2 switches.
    struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
        var isMultiline = false
        var swapsLaziness = false
    }

    let scalars: [Unicode.Scalar]
    let dialect: LinearRegex.Dialect
    var position = 0
    var flags = Flags()
    /// Whether we are between `\Q` and `\E`, where every scalar stands for itself.
    var isQuoting = false
    private var depth = 0

    init(_ pattern: String, dialect: LinearRegex.Dialect, limits: LinearRegex.Limits) throws(LinearRegexError) {
        scalars = Array(pattern.unicodeScalars)
        self.dialect = dialect
        guard scalars.count <= limits.maximumPatternLength else {
            let message =
                "The pattern has \(scalars.count) characters; at most \(limits.maximumPatternLength) are read."
            throw LinearRegexError(code: .tooLarge, message: message, position: limits.maximumPatternLength)
        }
    }

    mutating func parse() throws(LinearRegexError) -> RegexNode {
        let node = try parseAlternation()
        guard position == scalars.count else { throw syntax("This ')' closes no group; escape it as '\\)'.", position) }
        return node
    }

    mutating func parseAlternation() throws(LinearRegexError) -> RegexNode {
        guard depth < Self.maximumDepth else {
            let message = "Groups nest deeper than \(Self.maximumDepth) levels; simplify the pattern."
            throw LinearRegexError(code: .tooLarge, message: message, position: position)
        }
        depth += 1
        var branches = [try parseSequence()]
        while take("|") { branches.append(try parseSequence()) }
        depth -= 1
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func parseSequence() throws(LinearRegexError) -> RegexNode {
        var parts: [RegexNode] = []
        while let next = peek(), isQuoting || (next != "|" && next != ")") {
            let start = position
            // Flags in parentheses of their own are no node; a quantifier behind them has nothing to repeat.
            guard var node = try parseAtom() else { continue }
            if !isQuoting, let bounds = try parseQuantifier() {
                node = .repetition(node, minimum: bounds.minimum, maximum: bounds.maximum, isLazy: bounds.isLazy)
                let again = position
                if try parseQuantifier() != nil {
                    throw syntax("A quantifier follows another one; put the first in a group '(?:…)'.", again)
                }
            }
            assert(position > start)
            parts.append(node)
        }
        switch parts.count {
        case 0: return .empty
        case 1: return parts[0]
        default: return .sequence(parts)
        }
    }

    private mutating func parseAtom() throws(LinearRegexError) -> RegexNode? {
        let start = position
        if isQuoting { return parseQuoted() }
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "(": return try parseGroup(start)
        case "[": return .set(try parseClass(start))
        case ".": return dot()
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try parseEscape(start)
        case "*", "+", "?": throw syntax("The quantifier '\(scalar)' has nothing to repeat; escape it if meant.", start)
        default: return literal(scalar.value)
        }
    }

    /// Reads one quoted scalar and the end of the quote behind it, so that a quantifier there repeats that scalar.
    private mutating func parseQuoted() -> RegexNode? {
        if take(text: "\\E") {
            isQuoting = false
            return nil
        }
        let node = literal(scalars[position].value)
        position += 1
        if take(text: "\\E") { isQuoting = false }
        return node
    }

    /// A literal, in both cases when the flags say so.
    func literal(_ value: UInt32) -> RegexNode {
        guard flags.ignoresCase else { return .scalar(value) }
        let variants = CaseVariants.of(value)
        guard !variants.isEmpty else { return .scalar(value) }
        return .set(ScalarSet(.init(ranges: ([value] + variants).map { $0...$0 }), ignoresCase: true))
    }

    private func dot() -> RegexNode {
        if flags.dotMatchesNewline { return .set(ScalarSet(.init(ranges: [0...ScalarSet.lastScalar]))) }
        let excluded = dialect == .ecma ? ScalarSet.ecmaLineTerminators : [0x0A...0x0A]
        return .set(ScalarSet(.init(ranges: excluded), isNegated: true))
    }

    private mutating func parseQuantifier() throws(LinearRegexError) -> (minimum: Int, maximum: Int?, isLazy: Bool)? {
        let start = position
        let bounds: (Int, Int?)
        switch peek() {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = parseBraces() else {
                position = start
                return nil
            }
            bounds = counted
            position -= 1
        default: return nil
        }
        position += 1
        if let maximum = bounds.1, bounds.0 > maximum {
            throw syntax("The bounds {\(bounds.0),\(maximum)} are the wrong way round.", start)
        }
        if dialect == .re2, max(bounds.0, bounds.1 ?? 0) > Self.re2MaximumRepeat {
            let message =
                "A count in braces is at most \(Self.re2MaximumRepeat); write a '*' or '+' if it is unbounded."
            throw LinearRegexError(code: .tooLarge, message: message, position: start)
        }
        let isLazy = take("?")
        return (bounds.0, bounds.1, isLazy != flags.swapsLaziness)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`; anything else in braces is literal text, and nil.
    private mutating func parseBraces() -> (Int, Int?)? {
        position += 1
        guard let minimum = parseCount() else { return nil }
        var maximum: Int? = minimum
        if take(",") { maximum = parseCount() }
        return take("}") ? (minimum, maximum) : nil
    }

    private mutating func parseCount() -> Int? {
        let start = position
        var count = 0
        while let next = peek(), ("0"..."9").contains(next) {
            // Held below overflow; a count of this size never fits a program.
            count = min(count * 10 + Int(next.value - 0x30), 1_000_000)
            position += 1
        }
        return position > start ? count : nil
    }

    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    mutating func take(text: String) -> Bool {
        guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    func syntax(_ message: String, _ position: Int) -> LinearRegexError {
        LinearRegexError(code: .syntax, message: message, position: position)
    }

    func unsupported(_ construct: String, _ position: Int) -> LinearRegexError {
        let message = "\(construct) is not supported; rewrite the pattern without it."
        return LinearRegexError(code: .unsupported, message: message, position: position)
    }
}
