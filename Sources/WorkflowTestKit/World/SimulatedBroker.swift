import TestSupport
import WorkflowCore

/// The broker: the queue of requests, who consumes it, and everything that was ever published.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedBroker: @unchecked Sendable {
    /// A message in the queue of requests.
    struct Message {
        let order: Order
        var isRedelivered = false
    }

    /// The connection of a coordinator that consumes requests.
    ///
    /// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
    final class Consumer: @unchecked Sendable {
        let process: SimulatedProcess
        let generation: UInt64
        var lastTag: UInt64 = 0
        var unacknowledged: [UInt64: Message] = [:]

        init(process: SimulatedProcess, generation: UInt64) {
            self.process = process
            self.generation = generation
        }
    }

    /// Messages delivered together at most.
    private static let longestDelivery = 5

    var queue: [Message] = []
    var consumers: [Consumer] = []
    /// Until when the broker takes no messages.
    var blockedUntil: Int64 = 0
    /// Up to which sequence the events of an execution were published, each for the first time in its order.
    var firstCopies: [ExecutionID: Int64] = [:]
    /// The answers that callers have.
    var replies: [ReplyAddress: [ExecutionResult]] = [:]
    /// The reasons for which orders were parked.
    var parked: [Int: RequestRejection.Code] = [:]
    private var isPumping = false

    // MARK: - Connections

    /// A process begins to consume, over a new connection.
    func connect(_ process: SimulatedProcess, generation: UInt64, in world: World) {
        consumers.append(Consumer(process: process, generation: generation))
        world.pump()
    }

    /// A process is gone: what it has not acknowledged goes back to the queue.
    func disconnect(_ process: SimulatedProcess, in world: World) {
        for consumer in consumers where consumer.process === process { requeue(consumer, in: world) }
        consumers.removeAll { $0.process === process }
    }

    /// The connection of a process breaks; it connects again after a while, and knows nothing until then.
    func breakIntake(of process: SimulatedProcess, in world: World) {
        guard let consumer = consumers.first(where: { $0.process === process }) else { return }
        world.log("\(process.name) loses its requests")
        disconnect(process, in: world)
        world.scheduler.after(world.chance.number(below: 2_000_000)) {
            guard !process.isDead, !process.hasEnded else { return }
            world.broker.connect(process, generation: consumer.generation + 1, in: world)
        }
    }

    private func requeue(_ consumer: Consumer, in world: World) {
        for (_, message) in consumer.unacknowledged.sorted(by: { $0.key < $1.key }) {
            var message = message
            message.isRedelivered = true
            // The broker does not put them back in any order that one could rely on.
            queue.insert(message, at: Int(world.chance.number(below: Int64(queue.count + 1))))
        }
        consumer.unacknowledged = [:]
        world.pump()
    }

    // MARK: - Deliveries

    /// Delivers something to somebody who has room.
    fileprivate func deliver(in world: World) {
        isPumping = false
        let prefetch = world.weather.prefetch
        let ready = consumers.filter { $0.unacknowledged.count < prefetch && !$0.process.isDead }
        guard !queue.isEmpty, !ready.isEmpty else { return }
        let consumer = world.chance.choice(ready)
        let room = min(prefetch - consumer.unacknowledged.count, Self.longestDelivery, queue.count)
        var batch: [IncomingRequest] = []
        for _ in 0...Int(world.chance.number(below: Int64(room))) where !queue.isEmpty {
            let isInTurn = world.chance.isTrue(percent: 70)
            let message = queue.remove(at: isInTurn ? 0 : Int(world.chance.number(below: Int64(queue.count))))
            consumer.lastTag += 1
            consumer.unacknowledged[consumer.lastTag] = message
            world.log("order \(message.order.number) goes to \(consumer.process.name)")
            batch.append(
                IncomingRequest(
                    body: message.order.body,
                    envelope: ExecutionRequest.Envelope(
                        messageID: message.order.messageID, replyTo: message.order.reply?.replyTo,
                        correlationID: message.order.reply?.correlationID, traceparent: nil,
                        isRedelivered: message.isRedelivered),
                    receipt: DeliveryReceipt(generation: consumer.generation, tag: consumer.lastTag)))
        }
        world.scheduler.after(world.latency()) {
            guard world.broker.consumers.contains(where: { $0 === consumer }) else { return }
            consumer.process.intake.receive(batch, generation: consumer.generation)
        }
        world.pump()
    }

    fileprivate func beginPumping() -> Bool {
        defer { isPumping = true }
        return !isPumping
    }

    /// An acknowledgement arrives.
    func acknowledge(_ tags: [UInt64], of process: SimulatedProcess, generation: UInt64, in world: World) {
        guard let consumer = consumers.first(where: { $0.process === process && $0.generation == generation })
        else { return }
        for tag in tags {
            guard let message = consumer.unacknowledged.removeValue(forKey: tag) else { continue }
            world.log("order \(message.order.number) is acknowledged")
            world.checkAcknowledged(message.order)
        }
        world.pump()
    }
}

extension World {
    /// Has the broker look whether something can be delivered.
    func pump() {
        guard broker.beginPumping() else { return }
        scheduler.after(latency()) { [unowned self] in broker.deliver(in: self) }
    }
}
