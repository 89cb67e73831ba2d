/// What the cases of a file, or of several, came to.
public struct ConformanceReport: Sendable {
    /// A case that did not pass, and why.
    public struct Entry: Sendable, CustomStringConvertible {
        /// The case by the names of its section and itself.
        public let name: String
        /// What was found instead of what the case expects, or why the case was not run.
        public let reason: String
        /// Both in one line.
        public var description: String { "\(name): \(reason)" }
    }

    /// What one case came to.
    enum Outcome {
        case passed
        case failed(String)
        case skipped(String)
    }

    /// The names of the cases that passed.
    public private(set) var passed: [String] = []
    /// The cases whose result is wrong.
    public private(set) var failed: [Entry] = []
    /// The cases that need something that is not offered.
    public private(set) var skipped: [Entry] = []

    /// Makes an empty report.
    public init() {}

    mutating func add(_ name: String, _ outcome: Outcome) {
        switch outcome {
        case .passed: passed.append(name)
        case .failed(let reason): failed.append(Entry(name: name, reason: reason))
        case .skipped(let reason): skipped.append(Entry(name: name, reason: reason))
        }
    }

    /// Adds what another report has.
    public mutating func add(_ other: ConformanceReport) {
        passed += other.passed
        failed += other.failed
        skipped += other.skipped
    }

    /// How many cases passed, failed and were skipped: `3 passed, 1 failed, 0 skipped`.
    public var counts: String { "\(passed.count) passed, \(failed.count) failed, \(skipped.count) skipped" }
}
