/// A control message that the runtime itself sends: from one execution to another, or to one that waits for something.
///
/// It is kept in the commit of the transition that calls for it, and settled like any other by whoever owns its execution.
/// Nobody waits for a reply: one that comes too late or is refused is dropped, and one that is settled is forgotten, since
/// the events of its execution say what it did.
public struct InternalControl: Sendable, Equatable {
    /// What the keys of these messages begin with, and those of others and of requests never.
    public static let keyPrefix = "perdure:"

    /// Under which a second copy of it is known.
    public let messageKey: String
    /// The execution that it is for.
    public let executionID: ExecutionID
    /// What is asked.
    public let action: ControlAction

    /// A message from its parts.
    ///
    /// - Parameter key: What tells it from all others, the same whenever the same transition is decided; without the prefix.
    public init(key: String, to executionID: ExecutionID, action: ControlAction) {
        messageKey = Self.keyPrefix + key
        self.executionID = executionID
        self.action = action
    }
}
