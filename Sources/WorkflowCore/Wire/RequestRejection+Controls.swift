extension RequestRejection {
    /// A control message is for an execution that is not known.
    public static func unknownExecution(_ id: ExecutionID) -> RequestRejection {
        RequestRejection(
            .unknownExecution,
            "There is no execution \(id); check the id, or send the message once its request has been accepted.")
    }

    /// As many executions run as their workflow allows, and it says to refuse more.
    public static func concurrencyLimit(_ rule: ConcurrencyRule, _ line: SlotClaim.Line) -> RequestRejection {
        let key = line.key.isEmpty ? "" : " with the key '\(line.key)'"
        return RequestRejection(
            .concurrencyLimit,
            "\(rule.limit) \(rule.limit == 1 ? "execution" : "executions") of the workflow '\(line.workflowID)'\(key) may "
                + "run at a time, and no more; send the request again later.")
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
