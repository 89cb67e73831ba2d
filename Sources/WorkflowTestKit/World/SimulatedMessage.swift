import WorkflowCore

/// A message on its way to the broker.
enum SimulatedMessage: Sendable {
    /// One event, or those that one commit holds for one execution.
    case events([CloudEvent])
    case reply(ResultReply)
    /// A message that could not be used.
    case parked(DeliveryReceipt, SimulatedQueue.Kind, SimulatedProcess, RequestRejection.Code)
    case controlReply(ControlOutcome, ReplyAddress)
    /// A control message that was refused out of the inbox.
    case parkedControl(StoredControl)
}
