import TestSupport
import WorkflowCore

/// A coordinator's connection for publishing: messages arrive in their order or not at all, and confirms may get lost.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class SimulatedPublisher: EventPublisher, @unchecked Sendable {
    /// One go at publishing: how many messages arrived, and whether anybody still listens for confirms.
    private final class Round {
        var arrived = 0
        var isBroken = false
        let breakOff: (Int) -> Void

        init(breakOff: @escaping (Int) -> Void) {
            self.breakOff = breakOff
        }
    }

    /// Between a broken connection and the next one, at most.
    private static let longestReconnect: Int64 = 500_000

    private unowned let process: SimulatedProcess
    private var rounds: [UInt64: Round] = [:]
    private var lastRound: UInt64 = 0
    /// When the last message that was sent arrives; the next one comes after it.
    private var lastArrival: Int64 = 0

    init(_ process: SimulatedProcess) {
        self.process = process
    }

    /// In line only with the last confirm: what a broken connection keeps is sent again by the publication itself.
    func publish(
        _ groups: [EventGroup], replies: [ResultReply], inLine: @escaping @Sendable () -> Void
    ) async throws {
        defer { inLine() }
        let messages = groups.flatMap { group -> [SimulatedMessage] in
            let events = group.cloudEvents
            return process.world.weather.sendsBatches ? [.events(events)] : events.map { .events([$0]) }
        }
        guard await deliver(messages), await deliver(replies.map { .reply($0) }) else {
            throw CancellationError()
        }
    }

    func answer(_ controls: [SettledControl]) async throws {
        let parked = controls.filter(\.outcome.isRefusal).map { SimulatedMessage.parkedControl($0.control) }
        let replies = controls.flatMap { settled in
            settled.callers.map { SimulatedMessage.controlReply(settled.outcome, $0) }
        }
        guard await deliver(parked), await deliver(replies) else { throw CancellationError() }
    }

    func reply(_ outcome: ControlOutcome, to caller: ReplyAddress) async throws {
        guard await deliver([.controlReply(outcome, caller)]) else { throw CancellationError() }
    }

    /// Sends messages until all are confirmed.
    ///
    /// - Returns: false when the task is cancelled or the process is gone first.
    func deliver(_ messages: [SimulatedMessage]) async -> Bool {
        var rest = messages[...]
        while !rest.isEmpty {
            process.world.passPoint(process, "publishing, before")
            let confirmed: Int? = await process.wait { waiter in send(Array(rest), waiter) }
            process.world.passPoint(process, "publishing, after")
            guard let confirmed, !process.isDead else { return false }
            rest = rest.dropFirst(confirmed)
            guard !rest.isEmpty else { return true }
            do {
                try await process.sleep(microseconds: process.world.chance.number(below: Self.longestReconnect))
            } catch {
                return false
            }
        }
        return true
    }

    private func send(_ messages: [SimulatedMessage], _ waiter: Waiter<Int>) {
        let world = process.world
        lastRound += 1
        let number = lastRound
        let round = Round { waiter.resume($0) }
        rounds[number] = round
        for message in messages {
            lastArrival = max(lastArrival, world.scheduler.now, world.broker.blockedUntil) + 1 + world.latency() / 8
            world.scheduler.after(lastArrival - world.scheduler.now) { [weak self] in
                guard !round.isBroken else { return }
                round.arrived += 1
                world.arrive(message)
                if world.breaksAtPoint() { self?.breakConnection() }
            }
        }
        world.scheduler.after(lastArrival - world.scheduler.now + world.latency()) { [weak self] in
            guard let self, rounds.removeValue(forKey: number) != nil else { return }
            waiter.resume(messages.count)
        }
    }

    /// Breaks the connection: what has not arrived is lost, and some of the confirms of what has.
    func breakConnection() {
        let world = process.world
        world.log("\(process.name) loses its publishing")
        for (_, round) in rounds.sorted(by: { $0.key < $1.key }) {
            round.isBroken = true
            round.breakOff(Int(world.chance.number(below: Int64(round.arrived + 1))))
        }
        rounds = [:]
        lastArrival = world.scheduler.now
    }
}
