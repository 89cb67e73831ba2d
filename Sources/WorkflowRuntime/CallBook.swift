import Synchronization
import WorkflowCore

/// The calls whose answers are waited for, those at work and those that wait for their turn.
final class CallBook: Sendable {
    private struct Entry {
        let call: AgentCall
        /// Set once it has begun.
        var work: Task<Void, Never>?
    }

    private struct State {
        var calls: [AgentCall.ID: Entry] = [:]
        var queue: CallQueue
        var lastNumber: UInt64 = 0
        /// Calls that were given up while they waited, and may still be in the queue.
        var abandonedInQueue = 0
        var isStopped = false

        mutating func remove(_ id: AgentCall.ID) -> Entry? {
            guard let entry = calls.removeValue(forKey: id) else { return nil }
            entry.call.end()
            guard entry.work == nil else { return entry }
            abandonedInQueue += 1
            if abandonedInQueue > CallBook.abandonedMinimum && abandonedInQueue > queue.count / 2 {
                queue.removeAbandoned()
                abandonedInQueue = 0
            }
            return entry
        }
    }

    /// Fewer calls given up than this are not worth a search through the queue.
    private static let abandonedMinimum = 1024

    private let state: Mutex<State>

    /// - Parameter limits: How many calls of an agent may be at work at once; agents not named have no limit.
    init(limits: [String: Int]) {
        state = Mutex(State(queue: CallQueue(limits: limits)))
    }

    /// Notes a call, in the place of an earlier one of the same step.
    ///
    /// - Returns: The call, and whether it needs nothing but a thread; nil once no calls are made any more.
    func add(
        _ invocation: Invocation, lane: Int, answerTo mailbox: Mailbox, at time: Duration
    ) -> (call: AgentCall, isReady: Bool)? {
        let id = AgentCall.ID(execution: invocation.executionID, step: invocation.step, lane: lane)
        cancel(id)
        return state.withLock { state in
            guard !state.isStopped else { return nil }
            state.lastNumber += 1
            let call = AgentCall(number: state.lastNumber, invocation, lane: lane, answerTo: mailbox, at: time)
            state.calls[id] = Entry(call: call)
            return (call, state.queue.add(call))
        }
    }

    /// Begins the call whose turn it is, if there is one.
    func begin(_ start: (AgentCall) -> Task<Void, Never>) {
        state.withLock { state in
            guard !state.isStopped, let call = state.queue.next() else { return }
            state.calls[call.id]?.work = start(call)
        }
    }

    /// An agent has returned.
    ///
    /// - Returns: Whether another call needs nothing but a thread now.
    func leave(_ agent: String) -> Bool {
        state.withLock { $0.queue.leave(agent) }
    }

    /// Takes the first answer of a call and ends the rest of it. What comes later, or after the call was given up, is
    /// nobody's any more; its place may belong to a later call already.
    func settle(_ call: AgentCall, with answer: AgentAnswer, _ byteCount: Int) {
        let entry = state.withLock { state -> Entry? in
            guard state.calls[call.id]?.call === call else { return nil }
            // Posted before it is forgotten, so that at shutdown an answer is never nowhere.
            call.mailbox.post(
                .answer(
                    call.id.execution, step: call.id.step, attempt: call.invocation.attempt, answer,
                    byteCount: byteCount
                ))
            return state.remove(call.id)
        }
        entry?.work?.cancel()
    }

    /// Stops waiting for a step's agent.
    func cancel(_ id: AgentCall.ID) {
        state.withLock { $0.remove(id) }?.work?.cancel()
    }

    /// Stops waiting for every agent of a lane's executions.
    func cancel(_ executions: Set<ExecutionID>, lane: Int) {
        let entries = state.withLock { state in
            let ids = state.calls.keys.filter { $0.lane == lane && executions.contains($0.execution) }
            return ids.compactMap { state.remove($0) }
        }
        // In the order in which they came, so that a simulation from the same seed goes the same way.
        for entry in entries.sorted(by: { $0.call.number < $1.call.number }) { entry.work?.cancel() }
    }

    /// Lets no further call begin.
    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// How many calls are at work.
    var runningCount: Int { state.withLock { state in state.calls.values.count { $0.work != nil } } }

    /// How many calls wait for their turn.
    var waitingCount: Int { state.withLock { state in state.calls.values.count { $0.work == nil } } }
}
