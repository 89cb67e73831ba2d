import LinearRegex

/// A regular expression ready to run, with what a run costs.
struct CompiledRegex: Sendable {
    /// Bounds on the size of a compiled pattern, from small to the largest accepted. The smallest that a pattern fits
    /// in is what a run is charged for, since each instruction may run once for each scalar of the text.
    private static let instructionBounds = [16, 64, 256, 1_024, 4_096]

    /// What the pattern takes in memory, in instructions.
    var instructionCount: Int { regex.instructionCount }

    private let regex: LinearRegex
    private let instructionBound: Int

    /// Compiles RE2 syntax.
    ///
    /// - Throws: `invalidArgument` if the pattern is malformed or too large.
    init(_ pattern: String) throws(CELError) {
        var bounds = Self.instructionBounds[...]
        while let bound = bounds.popFirst() {
            do {
                regex = try LinearRegex(pattern, dialect: .re2, limits: .init(maximumInstructionCount: bound))
                instructionBound = bound
                return
            } catch {
                guard error.code == .tooLarge, !bounds.isEmpty else { throw Self.malformed(error) }
            }
        }
        throw CELError(.invalidArgument, "The regular expression is too large")
    }

    private static func malformed(_ error: LinearRegexError) -> CELError {
        CELError(.invalidArgument, "The regular expression cannot be used: \(error)", underlying: error)
    }

    func matches(_ text: String, _ budget: inout CELBudget) throws(CELError) -> Bool {
        let (steps, overflow) = text.utf8.count.multipliedReportingOverflow(by: instructionBound)
        try budget.charge(bytes: overflow ? .max : steps)
        return regex.matches(text)
    }
}
