import FoundationEssentials
import Synchronization
import Testing
import WorkflowCore

@testable import WorkflowRuntime

@Suite struct TimerQueueTests {
    private static func timer(_ step: Int, due: Int64) -> ExecutionTimer {
        ExecutionTimer(
            executionID: ExecutionID(number: step), purpose: .retry(step: step, attempt: 1),
            due: Timestamp(microsecondsSinceEpoch: due))
    }

    @Test(.timeLimit(.minutes(1)))
    func timesComeInTheirOrderAndOnce() async {
        let clock = ManualClock()
        let (fired, continuation) = AsyncStream.makeStream(of: Int.self)
        let queue = TimerQueue(environment: .passing { clock.now }) { continuation.yield($0.step) }
        for (step, due) in [(3, 40_000), (1, 5_000), (4, 60_000_000_000), (2, 20_000)] {
            queue.schedule(Self.timer(step, due: Int64(due)))
        }
        var steps = fired.makeAsyncIterator()
        clock.set(5_000)
        #expect(await steps.next() == 1)
        clock.set(40_000)
        #expect(await steps.next() == 2)
        #expect(await steps.next() == 3)
        // One that is due already, added while the rest waits for hours.
        queue.schedule(Self.timer(5, due: 1))
        #expect(await steps.next() == 5)
    }

    @Test(.timeLimit(.minutes(1)))
    func manyAtOnceAllCome() async {
        let clock = ManualClock()
        clock.set(1_000_000)
        let (fired, continuation) = AsyncStream.makeStream(of: Int.self)
        let queue = TimerQueue(environment: .passing { clock.now }) { continuation.yield($0.step) }
        await withTaskGroup { group in
            for step in 0..<2000 { group.addTask { queue.schedule(Self.timer(step, due: Int64(step))) } }
        }
        var seen: Set<Int> = []
        for await step in fired {
            #expect(seen.insert(step).inserted)
            if seen.count == 2000 { break }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aForgottenExecutionHearsNothing() async {
        let clock = ManualClock()
        let (fired, continuation) = AsyncStream.makeStream(of: Int.self)
        let queue = TimerQueue(environment: .passing { clock.now }) { continuation.yield($0.step) }
        for step in 1...4 { queue.schedule(Self.timer(step, due: Int64(step) * 1000)) }
        queue.forget(ExecutionID(number: 1))
        queue.forget(ExecutionID(number: 3))
        clock.set(10_000)
        // Makes the sleeper look now.
        queue.schedule(Self.timer(5, due: 0))
        var seen: Set<Int> = []
        for await step in fired {
            seen.insert(step)
            if seen.count == 3 { break }
        }
        #expect(seen == [2, 4, 5])
    }

    /// Executions with a timeout end long before it; their times must not pile up until then.
    @Test func timesOfEndedExecutionsAreCleared() {
        let queue = TimerQueue(environment: .passing()) { _ in }
        for number in 0..<100_000 {
            queue.schedule(Self.timer(number, due: 3_600_000_000 + Int64(number)))
            if number >= 10 { queue.forget(ExecutionID(number: number - 10)) }
        }
        #expect(queue.count <= 2048)
    }
}

extension ExecutionTimer {
    fileprivate var step: Int {
        if case .retry(let step, _) = purpose { step } else { -1 }
    }
}
