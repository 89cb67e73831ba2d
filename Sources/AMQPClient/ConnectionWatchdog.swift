import Glibc
import Synchronization

/// One thread that watches over all connections, while there are any, and frees those whose thread hangs in C.
///
/// It is needed because librabbitmq 0.11 waits without a limit in two places: when a write finds the peer silent for
/// two heartbeats, and when the send buffer is full. `shutdown` of the socket ends both.
final class ConnectionWatchdog: Sendable {
    static let shared = ConnectionWatchdog()

    /// How often it looks: the error of every limit it enforces.
    private static let intervalNanoseconds = 250_000_000

    private struct State {
        var mailboxes: [ObjectIdentifier: ConnectionMailbox] = [:]
        var isRunning = false
    }

    private let state = Mutex(State())

    func add(_ mailbox: ConnectionMailbox) {
        let mustStart = state.withLock { state in
            state.mailboxes[ObjectIdentifier(mailbox)] = mailbox
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        if !NativeThread.start(name: "amqp-watchdog", { self.run() }) {
            // The next connection tries again; until then heartbeats and TCP timeouts remain.
            state.withLock { $0.isRunning = false }
        }
    }

    private func run() {
        while true {
            let mailboxes = state.withLock { state in
                if state.mailboxes.isEmpty { state.isRunning = false }
                return Array(state.mailboxes.values)
            }
            if mailboxes.isEmpty { return }
            let now = MonotonicTime.now()
            for mailbox in mailboxes where !mailbox.check(now: now) {
                state.withLock { $0.mailboxes[ObjectIdentifier(mailbox)] = nil }
            }
            var pause = timespec(tv_sec: 0, tv_nsec: ConnectionWatchdog.intervalNanoseconds)
            nanosleep(&pause, nil)
        }
    }
}
