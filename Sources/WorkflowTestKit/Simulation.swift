import Foundation

/// Coordinators, a database and a broker in one process and on one thread, from a seed: the same seed always goes the same
/// way.
///
/// The coordinators are the real ones, with the real core. What stands behind the ports is made up, and so are time,
/// delays and faults. Whatever reaches the database, the broker or an agent is checked at once; see `World+Checks.swift`
/// and `Ledger.swift` for what must hold.
public struct Simulation: Sendable {
    private let seed: UInt64
    private let sabotage: Set<Sabotage>
    private let isVerbose: Bool

    /// A simulation.
    ///
    /// - Parameters:
    ///   - seed: Everything follows from it.
    ///   - sabotage: What the tables do wrong on purpose.
    ///   - isVerbose: Whether each line of the trace is printed as it happens.
    public init(seed: UInt64, sabotage: Set<Sabotage> = [], isVerbose: Bool = false) {
        self.seed = seed
        self.sabotage = sabotage
        self.isVerbose = isVerbose
    }

    /// Runs it to its end, on a thread of its own, and waits for that.
    public func run() -> SimulationOutcome {
        let result = SimulationResult()
        let thread = Thread { [self] in
            let world = World(seed: seed, sabotage: sabotage, isVerbose: isVerbose)
            world.run()
            result.set(
                SimulationOutcome(
                    seed: seed, failure: world.failure, traceHash: world.trace.hash, traceTail: world.trace.tail,
                    stepCount: world.scheduler.stepCount, virtualSeconds: Int(world.scheduler.now / 1_000_000),
                    counts: world.counts))
        }
        thread.stackSize = 8 << 20
        thread.start()
        return result.wait()
    }
}

/// Hands the outcome from the simulation's thread to whoever waits for it.
///
/// Sendable without the compiler's proof: `outcome` is touched only with `condition` locked.
private final class SimulationResult: @unchecked Sendable {
    private let condition = NSCondition()
    private var outcome: SimulationOutcome?

    func set(_ outcome: SimulationOutcome) {
        condition.lock()
        self.outcome = outcome
        condition.signal()
        condition.unlock()
    }

    func wait() -> SimulationOutcome {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let outcome { return outcome }
            condition.wait()
        }
    }
}
