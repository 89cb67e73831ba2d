/// A regular expression whose matching time grows linearly with the text, whatever the pattern.
///
/// The pattern becomes a nondeterministic automaton over Unicode scalars whose states advance together through the
/// text (K. Thompson 1968; the instruction set follows R. Pike's virtual machine as R. Cox described it in 2009).
/// Time is at most the length of the text times the size of the program, and `Limits` bounds the program.
/// Lookaround and backreferences need backtracking and are refused by name.
public struct LinearRegex: Sendable {
    /// Whose syntax a pattern is written in.
    public enum Dialect: Sendable, Hashable {
        /// RE2, as CEL's `matches` expects: flags, `\A`, `\z`, `\Q…\E` and POSIX classes.
        case re2
        /// ECMAScript with the `u` flag, as JSON Schema expects: `.` stops at line terminators, `\d` and `\w` are
        /// ASCII.
        ///
        /// Escaped punctuation and a brace that starts no quantifier are read as themselves, as browsers do.
        case ecma
    }

    /// How large a pattern may be.
    public struct Limits: Sendable, Hashable {
        /// Enough for `[a-z]{1,1000}` several times over, and a bound on the work for each scalar of a text.
        public static let defaultMaximumInstructionCount = 10_000
        /// Longer patterns are generated ones; none of those seen in schemas comes near.
        public static let defaultMaximumPatternLength = 16_384

        /// The most instructions a program may have once repetitions are written out.
        public var maximumInstructionCount: Int
        /// The longest pattern in Unicode scalars.
        public var maximumPatternLength: Int

        /// Makes limits.
        public init(
            maximumInstructionCount: Int = Limits.defaultMaximumInstructionCount,
            maximumPatternLength: Int = Limits.defaultMaximumPatternLength
        ) {
            self.maximumInstructionCount = maximumInstructionCount
            self.maximumPatternLength = maximumPatternLength
        }
    }

    /// The pattern as it was given.
    public let pattern: String
    /// The dialect the pattern was read in.
    public let dialect: Dialect

    /// How many instructions the pattern has become: what it takes in memory, at some sixty bytes each, and for each scalar of a
    /// text at most.
    public var instructionCount: Int { program.instructions.count }

    private let program: Program

    /// Compiles a pattern; throws `LinearRegexError` with the place in the pattern.
    public init(_ pattern: String, dialect: Dialect = .re2, limits: Limits = Limits()) throws(LinearRegexError) {
        self.pattern = pattern
        self.dialect = dialect
        var parser = try PatternParser(pattern, dialect: dialect, limits: limits)
        program = try Program(compiling: try parser.parse(), limits: limits)
    }

    /// Whether the pattern occurs anywhere in the text.
    public func matches(_ text: String) -> Bool {
        var matcher = Matcher(program)
        return matcher.run(text.unicodeScalars, stopsAtFirstSign: true) != nil
    }

    /// The leftmost match; among those starting there the one a backtracking engine would find first.
    public func firstMatch(in text: String) -> Range<String.Index>? {
        var matcher = Matcher(program)
        guard let found = matcher.run(text.unicodeScalars, stopsAtFirstSign: false) else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: found.lowerBound)
        return start..<text.utf8.index(start, offsetBy: found.count)
    }
}
