import PerdureJSON

/// One step of an execution, or an instance of one.
public struct StepState: Sendable, Equatable {
    /// What it was made of. Steps are named by their index in the state.
    public enum Origin: Sendable, Equatable {
        /// It is a step of the definition.
        case definition
        /// The work of a step with `foreach` for the item of this number, from 0.
        case item(of: Int, number: Int)
        /// What undoes the effect of a step or an item.
        case compensation(of: Int)
        /// What is done because the execution fails.
        case failureHandler

        /// Whether what it was made of is among these steps.
        public func isKnown(among steps: StepStates) -> Bool {
            switch self {
            case .definition, .failureHandler: true
            case .item(let step, _): (0..<steps.definedCount).contains(step)
            case .compensation(let step): steps.indices.contains(step)
            }
        }
    }

    /// Its name: that of the definition; of an instance one with a mark that names of definitions cannot have.
    public let name: String
    /// What it was made of.
    public let origin: Origin
    /// Where it stands.
    public var status: StepStatus = .pending
    /// The attempt that is running or was the last; 0 before the first. It is committed before the agent is called.
    public var attempt = 0
    /// While it waits, when that is over: the next attempt is due, the time has come, the signal is late. Nil when it waits
    /// for a signal without a limit.
    public var dueAt: Timestamp?
    /// How often this attempt lost its coordinator before an answer came.
    public var interruptions = 0
    /// What it works with: the arguments of its agent, the list of a `foreach`.
    public var input: JSONValue?
    /// What it gave.
    public var output: JSONValue?
    /// Why it failed.
    public var error: WorkflowError?
    /// When its first attempt was recorded.
    public var startedAt: Timestamp?
    /// When it was over.
    public var completedAt: Timestamp?

    /// A step that has not started.
    public init(name: String, origin: Origin = .definition) {
        self.name = name
        self.origin = origin
    }

    /// How often it was tried again.
    public var retryCount: Int { max(0, attempt - 1) }
}
