import WorkflowCore

/// A coordinator's side of a queue.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedIntake: RequestIntake, @unchecked Sendable {
    let requests: AsyncStream<[IncomingRequest]>
    private let continuation: AsyncStream<[IncomingRequest]>.Continuation
    private unowned let process: SimulatedProcess
    private let kind: SimulatedQueue.Kind
    /// The connection of the last delivery; a newer one is unknown until it delivers.
    private var generation: UInt64 = 0
    private var open: [UInt64: IncomingRequest] = [:]

    init(_ process: SimulatedProcess, _ kind: SimulatedQueue.Kind) {
        self.process = process
        self.kind = kind
        (requests, continuation) = AsyncStream.makeStream()
    }

    func begin() {
        guard !process.isDead else { return }
        process.isReady = true
        queue.connect(process, generation: 1, in: process.world)
    }

    private var queue: SimulatedQueue { process.world.broker.queue(kind) }

    /// Messages arrive over a connection.
    func receive(_ batch: [IncomingRequest], generation: UInt64) {
        guard !process.isDead else { return }
        if generation != self.generation {
            self.generation = generation
            open = [:]
        }
        for request in batch { open[request.receipt.tag] = request }
        continuation.yield(batch)
    }

    func isOpen(_ receipt: DeliveryReceipt) -> Bool { receipt.generation == generation }

    func acknowledge(_ receipts: [DeliveryReceipt]) {
        process.world.passPoint(process, "an acknowledgement, before")
        let tags = receipts.filter { $0.generation == generation }.map(\.tag)
        guard !process.isDead, !tags.isEmpty else { return }
        for tag in tags { open[tag] = nil }
        process.world.scheduler.after(process.world.latency()) { [process, generation, queue] in
            let world = process.world
            if world.breaksAtPoint() { queue.breakIntake(of: process, in: world) }
            queue.acknowledge(tags, of: process, generation: generation, in: world)
        }
        process.world.passPoint(process, "an acknowledgement, after")
    }

    func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async {
        guard !process.isDead, receipt.generation == generation, let request = open[receipt.tag] else { return }
        process.world.log("\(process.name) rejects \(request.receipt.tag): \(rejection.code.rawValue)")
        Task(executorPreference: process.executor) { [self] in
            let messages: [SimulatedMessage] =
                [.parked(receipt, kind, process, rejection.code)]
                + [request.envelope.replyAddress].compactMap { $0 }.map {
                    .reply(ResultReply(address: $0, result: .rejected(rejection)))
                }
            guard await process.publisher.deliver(messages) else { return }
            acknowledge([receipt])
        }
    }
}
