import PerdureJSON

/// What came of running a definition over what happened to an execution that has ended.
public enum HistoryVerdict: Sendable, Equatable {
    /// It would have gone the same way.
    case same
    /// It would have gone another way; where, in the order of time, at least one.
    case differs([HistoryDifference])
    /// It cannot be said, and why.
    case incomparable(String)
}

/// One place where an execution would have gone another way.
public struct HistoryDifference: Sendable, Equatable {
    /// What is different. Raw values are for programs.
    public enum Kind: String, Sendable, CaseIterable {
        /// The input would be rejected.
        case rejected
        /// Another agent would be called.
        case agent
        /// An agent would get other arguments, a `foreach` another list.
        case input
        /// A call would be made of which no answer is recorded.
        case unanswered
        /// A step would wait for a signal that did not come.
        case waiting
        /// A step would run or be skipped, succeed or fail, where it did not.
        case status
        /// A step, or the execution, would give something else.
        case output
    }

    /// What is different.
    public let kind: Kind
    /// The step or instance; nil for the execution as a whole.
    public let step: String?
    /// What would be different, as a sentence that is the same for executions that differ in the same way.
    public let message: String
    /// What was recorded, where two values tell more than the sentence.
    public let recorded: JSONValue?
    /// What would be there instead.
    public let replayed: JSONValue?

    init(
        _ kind: Kind, step: String? = nil, _ message: String, recorded: JSONValue? = nil, replayed: JSONValue? = nil
    ) {
        self.kind = kind
        self.step = step
        self.message = message
        self.recorded = recorded
        self.replayed = replayed
    }
}
