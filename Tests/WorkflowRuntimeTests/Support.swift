import FoundationEssentials
import PerdureJSON
import Synchronization

@testable import WorkflowCore
@testable import WorkflowRuntime

/// A clock that tests set.
final class ManualClock: Sendable {
    private let time = Mutex(Timestamp(microsecondsSinceEpoch: 0))
    var now: Timestamp { time.withLock { $0 } }
    func set(_ microseconds: Int64) { time.withLock { $0 = Timestamp(microsecondsSinceEpoch: microseconds) } }
}

extension RuntimeEnvironment {
    /// Real time passes in it, whatever the clock on the wall is made to say.
    static func passing(
        now: @escaping @Sendable () -> Timestamp = { Timestamp(microsecondsSinceEpoch: 0) }
    ) -> RuntimeEnvironment {
        let start = ContinuousClock().now
        return RuntimeEnvironment(
            now: now, uptime: { start.duration(to: ContinuousClock().now) },
            sleep: { try await Task.sleep(for: $0) }, randomBits: { 0 }
        )
    }
}

extension ExecutionID {
    init(number: Int) {
        // The lowest byte also holds the variant.
        self.init(now: Timestamp(microsecondsSinceEpoch: 0), randomBits: 0, UInt64(number) << 8)
    }
}

extension Invocation {
    /// A call of the agent for an execution with that number.
    init(
        _ number: Int, workflow: String = "w", agent: String = "work", priority: Int = 4,
        timeouts: StepTimeouts = StepTimeouts(), deadline: Timestamp? = nil
    ) {
        self.init(
            executionID: ExecutionID(number: number), workflowID: workflow, step: 0, stepName: "a", agent: agent,
            isPure: false,
            attempt: 1, arguments: ["number": .int(Int64(number))], traceparent: nil, timeouts: timeouts,
            deadline: deadline, priority: priority
        )
    }
}

/// Something that tests open, and agents wait for.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
