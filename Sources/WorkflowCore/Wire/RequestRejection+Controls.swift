extension RequestRejection {
    /// A control message is for an execution that is not known.
    public static func unknownExecution(_ id: ExecutionID) -> RequestRejection {
        RequestRejection(
            .unknownExecution,
            "There is no execution \(id); check the id, or send the message once its request has been accepted.")
    }

    /// Two different control messages have one key.
    public static func controlConflict(_ other: ExecutionID) -> RequestRejection {
        RequestRejection(
            .idempotencyConflict,
            "The property 'message_id' was used before, by another control message for execution \(other); send a new one."
        )
    }

    /// Nothing can be asked any more of an execution that has ended.
    public static func ended(_ id: ExecutionID, as status: ExecutionStatus) -> RequestRejection {
        RequestRejection(
            .executionEnded, "The execution \(id) has ended as \(status.rawValue); submit a new request instead.")
    }
}
