import WorkflowCore

/// The broker: its queues, and everything that was ever published.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedBroker: @unchecked Sendable {
    let requests = SimulatedQueue(.requests)
    let control = SimulatedQueue(.control)
    /// Until when the broker takes no messages.
    var blockedUntil: Int64 = 0
    /// Up to which sequence the events of an execution were published, each for the first time in its order.
    var firstCopies: [ExecutionID: Int64] = [:]
    /// The answers that callers have.
    var replies: [ReplyAddress: [ExecutionResult]] = [:]
    /// The reasons for which orders were parked.
    var parked: [Int: RequestRejection.Code] = [:]
    /// The replies that senders of control messages have.
    var controlReplies: [ReplyAddress: [ControlOutcome]] = [:]
    /// The reasons for which control messages were parked as they came, by their number.
    var parkedControls: [Int: RequestRejection.Code] = [:]
    /// Control messages that were parked from the inbox.
    var parkedFromInbox: Set<ControlID> = []

    var queues: [SimulatedQueue] { [requests, control] }

    func queue(_ kind: SimulatedQueue.Kind) -> SimulatedQueue {
        switch kind {
        case .requests: requests
        case .control: control
        }
    }
}
