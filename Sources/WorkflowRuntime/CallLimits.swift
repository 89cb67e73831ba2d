import Synchronization
import WorkflowCore

/// How long one call of an agent may take, and since when it has given no sign of life.
final class CallLimits: Sendable {
    private let environment: RuntimeEnvironment
    private let start: Duration
    private let timeouts: StepTimeouts
    private let lastBeat: Mutex<Duration>

    init(_ timeouts: StepTimeouts, _ environment: RuntimeEnvironment) {
        self.timeouts = timeouts
        self.environment = environment
        start = environment.uptime()
        lastBeat = Mutex(start)
    }

    /// Whether there is anything to watch.
    var isLimited: Bool { lifetime != nil || timeouts.heartbeatMicroseconds != nil }

    /// How long the call may take at most.
    var lifetime: Duration? {
        [timeouts.runMicroseconds, timeouts.totalMicroseconds].compactMap { $0 }.min().map { .microseconds($0) }
    }

    /// Notes a sign of life.
    func beat() {
        lastBeat.withLock { $0 = environment.uptime() }
    }

    /// Waits until the call has taken too long, and says in which way; nil when cancelled first, or nothing limits it.
    func expiry() async -> WorkflowError? {
        while true {
            guard let (due, error) = next() else { return nil }
            let left = due - environment.uptime()
            if left <= .zero { return error }
            do { try await environment.sleep(left) } catch { return nil }
        }
    }

    /// What runs out next, as things stand.
    private func next() -> (due: Duration, error: WorkflowError)? {
        var candidates: [(due: Duration, error: WorkflowError)] = []
        if let run = timeouts.runMicroseconds {
            let error = WorkflowError(code: .timeout, message: "The attempt took longer than \(Self.text(run)).")
            candidates.append((start + .microseconds(run), error))
        }
        if let total = timeouts.totalMicroseconds {
            let error = WorkflowError(code: .totalTimeout, message: "The step with all its attempts took too long.")
            candidates.append((start + .microseconds(total), error))
        }
        if let heartbeat = timeouts.heartbeatMicroseconds {
            let message = "The attempt gave no sign of life for \(Self.text(heartbeat))."
            let beat = lastBeat.withLock { $0 }
            candidates.append(
                (beat + .microseconds(heartbeat), WorkflowError(code: .heartbeatTimeout, message: message)))
        }
        return candidates.min { $0.due < $1.due }
    }

    private static func text(_ microseconds: Int64) -> String { "\(Double(microseconds) / 1_000_000) s" }
}

extension Timestamp {
    /// The time so much later.
    func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return advanced(byMicroseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
