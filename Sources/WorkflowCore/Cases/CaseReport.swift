/// How one case went.
public struct CaseReport: Sendable, Equatable {
    /// What is not as the case expects it.
    public struct Problem: Sendable, Equatable {
        /// What it is about: `status`, `output.summary`, `steps.book.status`; or a whole sentence.
        public let what: String
        /// What was expected; nil for a sentence.
        public let expected: String?
        /// What was found; nil for a sentence.
        public let found: String?
        /// Lines that show the two beside each other: what both have after two spaces, what is missing after `- `, what
        /// is too much after `+ `. Empty where the two fit on a line.
        public let comparison: [String]

        init(_ what: String, expected: String? = nil, found: String? = nil, comparison: [String] = []) {
            self.what = what
            self.expected = expected
            self.found = found
            self.comparison = comparison
        }
    }

    /// What the case is called.
    public let name: String
    /// The line of the file where it begins, from 1.
    public let line: Int
    /// What is not as the case expects it.
    public let problems: [Problem]

    /// Whether everything is as the case expects it.
    public var hasPassed: Bool { problems.isEmpty }
}
