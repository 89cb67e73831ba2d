import FoundationEssentials
import Synchronization
import Testing
import WorkflowCore

@testable import WorkflowRuntime

/// A clock that tests set.
private final class ManualClock: Sendable {
    private let time = Mutex(Timestamp(microsecondsSinceEpoch: 0))
    var now: Timestamp { time.withLock { $0 } }
    func set(_ microseconds: Int64) { time.withLock { $0 = Timestamp(microsecondsSinceEpoch: microseconds) } }
}

extension RuntimeEnvironment {
    /// Real time passes in it, whatever the clock on the wall is made to say.
    fileprivate static func passing(
        now: @escaping @Sendable () -> Timestamp = { Timestamp(microsecondsSinceEpoch: 0) }
    ) -> RuntimeEnvironment {
        let start = ContinuousClock().now
        return RuntimeEnvironment(
            now: now, uptime: { start.duration(to: ContinuousClock().now) },
            sleep: { try await Task.sleep(for: $0) }, randomBits: { 0 }
        )
    }
}

@Suite struct TimerQueueTests {
    private static func timer(_ step: Int, due: Int64) -> StepTimer {
        StepTimer(
            executionID: ExecutionID(now: Timestamp(microsecondsSinceEpoch: 0), randomBits: 1, 2), step: step,
            attempt: 1,
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
}

@Suite struct CallLimitsTests {
    @Test(.timeLimit(.minutes(1)))
    func whatRunsOutFirstIsNamed() async {
        let run = CallLimits(StepTimeouts(runMicroseconds: 1000, totalMicroseconds: 60_000_000), .passing())
        #expect(await run.expiry()?.code == .timeout)
        let total = CallLimits(StepTimeouts(runMicroseconds: 60_000_000, totalMicroseconds: 1000), .passing())
        #expect(await total.expiry()?.code == .totalTimeout)
        let silent = CallLimits(StepTimeouts(runMicroseconds: 60_000_000, heartbeatMicroseconds: 1000), .passing())
        #expect(await silent.expiry()?.code == .heartbeatTimeout)
    }

    @Test(.timeLimit(.minutes(1)))
    func signsOfLifePutItOff() async {
        // Half-way through each wait comes a sign; time passes only while somebody waits.
        let uptime = Mutex(Duration.zero)
        let signs = Mutex<CallLimits?>(nil)
        let environment = RuntimeEnvironment(
            now: { Timestamp(microsecondsSinceEpoch: 0) }, uptime: { uptime.withLock { $0 } },
            sleep: { wait in
                uptime.withLock { $0 += wait / 2 }
                signs.withLock { $0 }?.beat()
                uptime.withLock { $0 += wait / 2 }
            }, randomBits: { 0 })
        let limits = CallLimits(
            StepTimeouts(runMicroseconds: 400_000, heartbeatMicroseconds: 200_000), environment)
        signs.withLock { $0 = limits }
        #expect(await limits.expiry()?.code == .timeout)
        #expect(uptime.withLock { $0 } == .milliseconds(400))
    }

    @Test func withoutLimitsThereIsNothingToWatch() async {
        let limits = CallLimits(StepTimeouts(), .passing())
        #expect(!limits.isLimited && limits.lifetime == nil)
        let watch = Task { await limits.expiry() }
        watch.cancel()
        #expect(await watch.value == nil)
    }
}
