import Synchronization
import WorkflowCore

/// A call of an agent: since when it waits or works, and what runs out next.
///
/// Times are those of `RuntimeEnvironment.uptime`.
final class AgentCall: Sendable {
    /// A step of an execution in a lane; it has one call at a time there. Two lanes may think for a moment that an execution
    /// is theirs: one that has taken it over, and one that takes a copy of its request for new. Neither is to end the calls of
    /// the other.
    struct ID: Hashable, Sendable {
        let execution: ExecutionID
        let step: Int
        let lane: Int
    }

    /// What a call can run out of.
    enum Limit: Sendable {
        case start, run, heartbeat, total
    }

    private struct State {
        var begunAt: Duration?
        var lastBeat = Duration.zero
        var isOver = false
        /// When the watch looks at it next.
        var watchedAt: Duration?
    }

    /// Calls are numbered as they come.
    let number: UInt64
    let invocation: Invocation
    /// Which of the coordinator's lanes makes it.
    let lane: Int
    /// Where its answer goes.
    let mailbox: Mailbox
    private let invokedAt: Duration
    private let state = Mutex(State())

    init(number: UInt64, _ invocation: Invocation, lane: Int = 0, answerTo mailbox: Mailbox, at time: Duration) {
        self.number = number
        self.invocation = invocation
        self.lane = lane
        self.mailbox = mailbox
        invokedAt = time
    }

    var id: ID { ID(execution: invocation.executionID, step: invocation.step, lane: lane) }

    /// Whether nobody waits for its answer any more.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Ends the wait for its answer.
    func end() {
        state.withLock { $0.isOver = true }
    }

    /// Notes that its agent begins.
    ///
    /// - Returns: false when it need not, because nobody waits any more.
    func begin(at time: Duration) -> Bool {
        state.withLock { state in
            state.begunAt = time
            state.lastBeat = time
            return !state.isOver
        }
    }

    /// Notes a sign of life.
    func beat(at time: Duration) {
        state.withLock { $0.lastBeat = time }
    }

    /// What runs out next, as things stand; nil when nothing does.
    var nextLimit: (due: Duration, limit: Limit)? {
        let timeouts = invocation.timeouts
        let (begunAt, lastBeat) = state.withLock { ($0.begunAt, $0.lastBeat) }
        var next: (due: Duration, limit: Limit)?
        func consider(_ start: Duration, _ microseconds: Int64?, _ limit: Limit) {
            guard let microseconds else { return }
            let due = start + .microseconds(microseconds)
            if next.map({ due < $0.due }) ?? true { next = (due, limit) }
        }
        if let begunAt {
            consider(begunAt, timeouts.runMicroseconds, .run)
            consider(lastBeat, timeouts.heartbeatMicroseconds, .heartbeat)
        } else {
            consider(invokedAt, timeouts.startMicroseconds, .start)
        }
        consider(invokedAt, timeouts.totalMicroseconds, .total)
        return next
    }

    /// When the watch has to look at the call, unless it will do so before that anyway.
    func nextLook() -> Duration? {
        guard let due = nextLimit?.due else { return nil }
        return state.withLock { state in
            if let watchedAt = state.watchedAt, watchedAt <= due { return nil }
            state.watchedAt = due
            return due
        }
    }

    /// What the watch finds at a look: why the call is over, or nil while it has time left.
    func look(at time: Duration) -> WorkflowError? {
        state.withLock { if let watchedAt = $0.watchedAt, watchedAt <= time { $0.watchedAt = nil } }
        guard let (due, limit) = nextLimit, due <= time else { return nil }
        return error(limit)
    }

    private func error(_ limit: Limit) -> WorkflowError {
        let timeouts = invocation.timeouts
        func text(_ microseconds: Int64?) -> String { "\(Double(microseconds ?? 0) / 1_000_000) s" }
        switch limit {
        case .start:
            return WorkflowError(
                code: .startTimeout,
                message: "The attempt waited longer than \(text(timeouts.startMicroseconds)) for its agent to begin.")
        case .run:
            return WorkflowError(
                code: .timeout, message: "The attempt took longer than \(text(timeouts.runMicroseconds)).")
        case .heartbeat:
            return WorkflowError(
                code: .heartbeatTimeout,
                message: "The attempt gave no sign of life for \(text(timeouts.heartbeatMicroseconds)).")
        case .total:
            return WorkflowError(code: .totalTimeout, message: "The step with all its attempts took too long.")
        }
    }
}

extension AgentContext {
    /// What the agent of a call that begins now may know.
    init(_ call: AgentCall, environment: RuntimeEnvironment) {
        let invocation = call.invocation
        let run = invocation.timeouts.runMicroseconds.map { environment.now().advanced(byMicroseconds: $0) }
        self.init(
            invocation, deadline: [run, invocation.deadline].compactMap { $0 }.min(),
            heartbeat: { [uptime = environment.uptime] in call.beat(at: uptime()) }
        )
    }
}
