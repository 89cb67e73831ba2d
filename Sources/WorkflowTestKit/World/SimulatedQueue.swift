import TestSupport
import WorkflowCore

/// A queue at the broker, and who consumes it.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedQueue: @unchecked Sendable {
    /// Which of the queues it is.
    enum Kind: CaseIterable {
        case requests, control
    }

    /// What a producer published.
    enum Content {
        case order(Order)
        case control(ControlOrder)

        var label: String {
            switch self {
            case .order(let order): "order \(order.number)"
            case .control(let control): "control \(control.number)"
            }
        }

        fileprivate var body: [UInt8] {
            switch self {
            case .order(let order): order.body
            case .control(let control): control.body
            }
        }

        fileprivate func envelope(isRedelivered: Bool) -> ExecutionRequest.Envelope {
            let (messageID, reply) =
                switch self {
                case .order(let order): (order.messageID, order.reply)
                case .control(let control): (control.request.messageKey, control.reply)
                }
            return ExecutionRequest.Envelope(
                messageID: messageID, replyTo: reply?.replyTo, correlationID: reply?.correlationID, traceparent: nil,
                isRedelivered: isRedelivered)
        }
    }

    /// A message in the queue.
    struct Message {
        let content: Content
        var isRedelivered = false
    }

    /// The connection of a coordinator that consumes.
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

    let kind: Kind
    private(set) var messages: [Message] = []
    private(set) var consumers: [Consumer] = []
    private var isPumping = false

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Takes a message in.
    func append(_ content: Content, in world: World) {
        messages.append(Message(content: content))
        world.log("\(content.label) published")
        pump(in: world)
    }

    /// What a delivery held that is not acknowledged.
    func content(_ receipt: DeliveryReceipt, of process: SimulatedProcess) -> Content? {
        consumers.first { $0.process === process && $0.generation == receipt.generation }?
            .unacknowledged[receipt.tag]?.content
    }

    // MARK: - Connections

    /// A process begins to consume, over a new connection.
    func connect(_ process: SimulatedProcess, generation: UInt64, in world: World) {
        consumers.append(Consumer(process: process, generation: generation))
        pump(in: world)
    }

    /// A process is gone: what it has not acknowledged goes back to the queue.
    func disconnect(_ process: SimulatedProcess, in world: World) {
        for consumer in consumers where consumer.process === process { requeue(consumer, in: world) }
        consumers.removeAll { $0.process === process }
    }

    /// The connection of a process breaks; it connects again after a while, and knows nothing until then.
    func breakIntake(of process: SimulatedProcess, in world: World) {
        guard let consumer = consumers.first(where: { $0.process === process }) else { return }
        world.log("\(process.name) loses its \(kind)")
        disconnect(process, in: world)
        world.scheduler.after(world.chance.number(below: 2_000_000)) { [self] in
            guard !process.isDead, !process.hasEnded else { return }
            connect(process, generation: consumer.generation + 1, in: world)
        }
    }

    private func requeue(_ consumer: Consumer, in world: World) {
        for (_, message) in consumer.unacknowledged.sorted(by: { $0.key < $1.key }) {
            var message = message
            message.isRedelivered = true
            // The broker does not put them back in any order that one could rely on.
            messages.insert(message, at: Int(world.chance.number(below: Int64(messages.count + 1))))
        }
        consumer.unacknowledged = [:]
        pump(in: world)
    }

    // MARK: - Deliveries

    /// Has the queue look whether something can be delivered.
    private func pump(in world: World) {
        guard !isPumping else { return }
        isPumping = true
        world.scheduler.after(world.latency()) { [self] in deliver(in: world) }
    }

    /// Delivers something to somebody who has room.
    private func deliver(in world: World) {
        isPumping = false
        let prefetch = world.weather.prefetch
        let ready = consumers.filter { $0.unacknowledged.count < prefetch && !$0.process.isDead }
        guard !messages.isEmpty, !ready.isEmpty else { return }
        let consumer = world.chance.choice(ready)
        let room = min(prefetch - consumer.unacknowledged.count, Self.longestDelivery, messages.count)
        var batch: [IncomingRequest] = []
        for _ in 0...Int(world.chance.number(below: Int64(room))) where !messages.isEmpty {
            let isInTurn = world.chance.isTrue(percent: 70)
            let message = messages.remove(
                at: isInTurn ? 0 : Int(world.chance.number(below: Int64(messages.count))))
            consumer.lastTag += 1
            consumer.unacknowledged[consumer.lastTag] = message
            world.log("\(message.content.label) goes to \(consumer.process.name)")
            batch.append(
                IncomingRequest(
                    body: message.content.body,
                    envelope: message.content.envelope(isRedelivered: message.isRedelivered),
                    receipt: DeliveryReceipt(generation: consumer.generation, tag: consumer.lastTag)))
        }
        world.scheduler.after(world.latency()) { [self] in
            guard consumers.contains(where: { $0 === consumer }) else { return }
            consumer.process.intake(kind).receive(batch, generation: consumer.generation)
        }
        pump(in: world)
    }

    /// An acknowledgement arrives.
    func acknowledge(_ tags: [UInt64], of process: SimulatedProcess, generation: UInt64, in world: World) {
        guard let consumer = consumers.first(where: { $0.process === process && $0.generation == generation })
        else { return }
        for tag in tags {
            guard let message = consumer.unacknowledged.removeValue(forKey: tag) else { continue }
            world.log("\(message.content.label) is acknowledged")
            switch message.content {
            case .order(let order): world.checkAcknowledged(order)
            case .control(let control): world.checkAcknowledged(control)
            }
        }
        pump(in: world)
    }
}
