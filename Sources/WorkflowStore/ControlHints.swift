import PostgresClient
import WorkflowCore

/// Notifications of the database on their way to a coordinator: that control messages wait for executions.
struct ControlHints: Sendable {
    /// The channel that `workflow.submit_controls` notifies, for all coordinators: whoever owns the execution takes heed.
    private static let channel = "perdure_controls"
    /// Hints that may wait; with more of them, the older ones are as well left to the next heartbeat.
    private static let limit = 10_000

    let stream: AsyncStream<ControlHint>
    let listener: PostgresListener

    init() {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ControlHint.self, bufferingPolicy: .bufferingNewest(Self.limit))
        self.stream = stream
        listener = PostgresListener(channels: [Self.channel]) { notification in
            // The execution's id, and then the owner's name.
            let parts = notification.payload.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let execution = ExecutionID(String(parts[0])) else { return }
            continuation.yield(ControlHint(execution: execution, owner: String(parts[1])))
        }
    }
}
