import Foundation
import HeapModule
import TestSupport

/// Runs the tasks of a simulation, one job at a time, in an order that its seed decides, and owns their clock.
///
/// Time stands still while anything can run; then it goes on to the next alarm. Now and then it goes on a little
/// earlier, as on a machine that is busy with something else.
///
/// Sendable without the compiler's proof: everything of a simulation happens on the thread that made its scheduler,
/// which every entry checks.
final class Scheduler: @unchecked Sendable {
    private struct Ready {
        let job: UnownedJob
        let executor: ProcessExecutor
    }

    private struct Alarm: Comparable {
        let due: Int64
        let number: UInt64

        static func < (left: Alarm, right: Alarm) -> Bool { (left.due, left.number) < (right.due, right.number) }
    }

    /// How far time may go on while something could still run.
    private static let longestDelay: Int64 = 50_000

    private let thread = Thread.current
    private var ready: [Ready] = []
    private var alarms = Heap<Alarm>()
    private var actions: [UInt64: () -> Void] = [:]
    private var lastNumber: UInt64 = 0
    private var random: SplitMix
    /// Of a hundred choices, how many take the job that has waited longest.
    private let percentInTurn: UInt64
    /// The time, in microseconds since the start.
    private(set) var now: Int64 = 0
    /// Jobs and alarms so far.
    private(set) var stepCount = 0

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        percentInTurn = [0, 0, 50, 90][Int(random.next() % 4)]
    }

    /// Takes a job that is ready to run.
    func enqueue(_ job: UnownedJob, on executor: ProcessExecutor) {
        checkThread()
        ready.append(Ready(job: job, executor: executor))
    }

    /// Does something later; all that is due at the same moment happens in the order in which it was asked for.
    @discardableResult
    func after(_ microseconds: Int64, _ action: @escaping () -> Void) -> UInt64 {
        checkThread()
        lastNumber += 1
        alarms.insert(Alarm(due: now + max(0, microseconds), number: lastNumber))
        actions[lastNumber] = action
        return lastNumber
    }

    /// Forgets something that was to be done later.
    func cancel(_ number: UInt64) {
        actions[number] = nil
    }

    /// Runs one job, or lets time pass to the next alarm.
    ///
    /// - Returns: false when nothing will ever happen again.
    func step() -> Bool {
        checkThread()
        stepCount += 1
        let isEarly = random.isTrue(percent: 1) && (alarms.min?.due ?? .max) <= now + Self.longestDelay
        if !isEarly, let index = choose() {
            let next = ready.remove(at: index)
            next.job.runSynchronously(on: next.executor.asUnownedTaskExecutor())
            return true
        }
        guard let alarm = alarms.popMin() else { return false }
        if let action = actions.removeValue(forKey: alarm.number) {
            now = max(now, alarm.due)
            action()
        }
        return true
    }

    /// Runs the jobs of one executor until it has none, in their order and without a choice.
    func drain(_ executor: ProcessExecutor) {
        checkThread()
        while let index = ready.firstIndex(where: { $0.executor === executor }) {
            let next = ready.remove(at: index)
            next.job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
    }

    /// Forgets everything that was to happen.
    func clear() {
        actions = [:]
        alarms = Heap()
    }

    private func choose() -> Int? {
        if ready.isEmpty { return nil }
        let candidates = ready.indices.filter { !ready[$0].executor.isPaused }
        guard let first = candidates.first else { return nil }
        if random.isTrue(percent: percentInTurn) { return first }
        return candidates[Int(random.next() % UInt64(candidates.count))]
    }

    private func checkThread() {
        precondition(
            Thread.current === thread,
            "Something in the simulation left its thread, so no seed could repeat it: look for a task without an executor."
        )
    }
}
