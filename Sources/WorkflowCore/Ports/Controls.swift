import PerdureJSON

/// Identifies a control message in the inbox.
public struct ControlID: RawRepresentable, Sendable, Hashable {
    /// The number that the database gave.
    public let rawValue: Int64

    /// An id as the database gave it.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A control message as the inbox holds it.
public struct StoredControl: Sendable, Equatable {
    /// Its place in the inbox.
    public let id: ControlID
    /// Under which copies of it are known.
    public let messageKey: String
    /// The execution that it is for.
    public let executionID: ExecutionID
    /// The word for what is asked.
    public let actionName: String
    /// What the message says beside that.
    public let parameters: JSONValue
    /// How the child ended that the message is about; nil for all other messages.
    public let childResult: ExecutionResult?

    /// A message from its parts.
    public init(
        id: ControlID, messageKey: String, executionID: ExecutionID, actionName: String, parameters: JSONValue,
        childResult: ExecutionResult? = nil
    ) {
        self.childResult = childResult
        self.id = id
        self.messageKey = messageKey
        self.executionID = executionID
        self.actionName = actionName
        self.parameters = parameters
    }

    /// What is asked, or nil when only a newer version knows it.
    public var action: ControlAction? { ControlAction(name: actionName, parameters: parameters) }

    /// What it is for its execution, or nil when only a newer version knows it.
    public var arrival: Arrival? { action?.arrival(of: childResult) }

    /// Whether the runtime itself sent it: nobody is told what became of it, and nothing of it is left once it is settled.
    public var isInternal: Bool { messageKey.hasPrefix(InternalControl.keyPrefix) }

    /// The body of the message.
    public var body: JSONValue {
        ControlRequest.body(executionID, action: actionName, parameters: parameters.objectValue ?? [:])
    }
}

/// A control message and what became of it.
public struct SettledControl: Sendable, Equatable {
    /// The message.
    public let control: StoredControl
    /// What became of it.
    public let outcome: ControlOutcome
    /// Who is to be told.
    public var callers: [ReplyAddress]

    /// A message and its outcome.
    public init(control: StoredControl, outcome: ControlOutcome, callers: [ReplyAddress] = []) {
        self.control = control
        self.outcome = outcome
        self.callers = callers
    }

    /// Whether somebody is to be told, or the message is to be parked.
    public var hasToBeTold: Bool { !control.isInternal && (!callers.isEmpty || outcome.isRefusal) }
}

/// What the inbox says to a message that is put into it.
public enum ControlReceipt: Sendable, Equatable {
    /// It is there and waits for the owner of its execution: a lane of the coordinator that asked, by its name, or
    /// nil for somebody else. Others are given a hint.
    case kept(owner: String?)
    /// A copy of one that was applied before, or is just being refused.
    case settled(ControlOutcome)
    /// It is not taken.
    case refused(RequestRejection)
}

/// Says that control messages wait for an execution.
public struct ControlHint: Sendable, Hashable {
    /// The execution.
    public let execution: ExecutionID
    /// The lane that owned it then.
    public let owner: String

    /// A hint.
    public init(execution: ExecutionID, owner: String) {
        self.execution = execution
        self.owner = owner
    }
}
