import WorkflowCore

/// The hints that the database gives a coordinator, for as long as it is connected.
struct SimulatedHints: Sendable {
    let stream: AsyncStream<ControlHint>
    let continuation: AsyncStream<ControlHint>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }
}
