import Synchronization

/// One piece of work on its way through a connection, and the task that waits for its answer.
///
///     created ──arm──► queued ──beginSending──► sent ──finish──► finished
///        └────────────────┴────────cancel─────────┴───────────────► finished
///
/// The answer, the cancellation and the end of the connection race; the first to reach `finished` resumes the task.
final class Submission: Sendable {
    enum Work: Sendable {
        case transaction([EncodedCall])
        case script(String)
    }

    enum Reply: Sendable {
        case transaction([PostgresResult])
        case script([PostgresTextResult])
    }

    typealias Outcome = Result<Reply, PostgresError>

    private enum State {
        /// Can transition to: queued, finished
        case created
        /// Can transition to: sent, finished
        case queued(CheckedContinuation<Outcome, Never>)
        /// Can transition to: finished
        case sent(CheckedContinuation<Outcome, Never>)
        case finished(Outcome)
    }

    let work: Work
    private let state = Mutex<State>(.created)

    init(_ work: Work) {
        self.work = work
    }

    /// Waits for the answer; `enqueue` is called once the answer can be received.
    ///
    /// When the task is cancelled the wait ends at once, and the work is not sent if it was not yet.
    func answer(_ enqueue: @Sendable (Submission) -> Void) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if case .finished(let outcome) = state { return outcome }
                    state = .queued(continuation)
                    return nil
                }
                if let early {
                    continuation.resume(returning: early)
                } else {
                    enqueue(self)
                }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Marks the work as sent; false when nobody waits for it any more, then it must not be sent.
    func beginSending() -> Bool {
        state.withLock { state in
            guard case .queued(let continuation) = state else { return false }
            state = .sent(continuation)
            return true
        }
    }

    /// Delivers the answer, unless there was one already.
    func finish(_ outcome: Outcome) {
        finish { _ in outcome }
    }

    private func cancel() {
        finish { wasSent in .failure(.cancelled(afterSending: wasSent)) }
    }

    private func finish(_ outcome: (_ wasSent: Bool) -> Outcome) {
        let (continuation, final) = state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Outcome) in
            switch state {
            case .created:
                let final = outcome(false)
                state = .finished(final)
                return (nil, final)
            case .queued(let continuation):
                let final = outcome(false)
                state = .finished(final)
                return (continuation, final)
            case .sent(let continuation):
                let final = outcome(true)
                state = .finished(final)
                return (continuation, final)
            case .finished(let final):
                return (nil, final)
            }
        }
        continuation?.resume(returning: final)
    }
}
