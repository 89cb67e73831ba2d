import TestSupport
import WorkflowCore

/// A coordinator's way to the tables: it takes time, and it breaks.
struct SimulatedTransport: JournalTransport {
    private enum Answer<Value: Sendable>: Sendable {
        case done(Value)
        case broken
    }

    /// Between a broken connection and the next one, at most.
    private static let longestReconnect: Int64 = 300_000

    let process: SimulatedProcess

    var controlHints: AsyncStream<ControlHint> { process.hints.stream }

    func transact<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (inout JournalTables, Timestamp) -> Value
    ) async throws(TransportFailure) -> Value {
        let world = process.world
        world.passPoint(process, "\(name), before")
        let answer: Answer<Value>? = await process.wait { waiter in
            let transaction = TransactionInFlight { waiter.resume(.broken) }
            let number = process.begin(transaction)
            let isAway = max(0, world.database.backAt - world.scheduler.now)
            world.scheduler.after(isAway + world.latency()) {
                guard !transaction.isDropped else { return }
                transaction.isDone = true
                let value = world.carryOut(name, for: process, body)
                if world.breaksAtPoint() {
                    world.log("\(process.name) loses the answer to \(name)")
                    process.breakDatabase(resumesWith: true)
                }
                world.scheduler.after(world.latency()) {
                    process.finish(number)
                    waiter.resume(.done(value))
                }
            }
        }
        world.passPoint(process, "\(name), after")
        switch answer {
        case .done(let value) where !process.isDead: return value
        case .broken:
            try? await process.sleep(microseconds: world.chance.number(below: Self.longestReconnect))
            throw .outcomeUnknown
        default: throw .cancelled
        }
    }
}

extension World {
    /// A transaction reaches the server.
    fileprivate func carryOut<Value>(
        _ name: String, for process: SimulatedProcess, _ body: (inout JournalTables, Timestamp) -> Value
    ) -> Value {
        let value = body(&tables, time)
        log("\(process.name) \(name)")
        counts.transactions += 1
        for change in tables.takeChanges() { record(change) }
        return value
    }
}
