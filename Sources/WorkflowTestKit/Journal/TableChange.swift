import WorkflowCore

/// Something that a transaction did to the tables, for the checks: they keep books of their own and trust no other.
enum TableChange: Sendable {
    case writerOpened(WriterID, publisher: String)
    case writerInherited(WriterID, publisher: String)
    case writerDrained(WriterID)
    case cursorMoved(WriterID, to: Int64)
    case committed(ExecutionChange, writer: WriterID, publisher: String)
    case claimed(ExecutionID, publisher: String, token: Int64)
    case callerAttached(ExecutionID, ReplyAddress)
    case controlKept(ControlID, key: String, execution: ExecutionID)
    case controlSettled(StoredControl, ControlOutcome, callers: [ReplyAddress])
    case controlAnswered(StoredControl, ControlOutcome, callers: [ReplyAddress])
    /// One of the runtime's own messages is dropped, because its execution has ended.
    case controlDropped(StoredControl)
    case hinted(ControlHint)
}
