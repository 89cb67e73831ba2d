import WorkflowCore

/// A message on its way to the broker.
enum SimulatedMessage: Sendable {
    /// One event, or those that one commit holds for one execution.
    case events([CloudEvent])
    case reply(ResultReply)
    /// A request that could not be used.
    case parked(DeliveryReceipt, SimulatedProcess, RequestRejection.Code)
}
