import WorkflowCore

/// A message on its way to the broker.
enum SimulatedMessage: Sendable {
    case event(CloudEvent)
    case reply(ResultReply)
    /// A request that could not be used.
    case parked(DeliveryReceipt, SimulatedProcess, RequestRejection.Code)
}
