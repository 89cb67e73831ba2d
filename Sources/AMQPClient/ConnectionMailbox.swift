import CRabbitMQ
import Glibc
import Synchronization

/// What other threads ask of a connection's thread.
enum ConnectionCommand: Sendable {
    case call(ChannelRequest, PendingCall.Waiter)
    /// Messages for the channel of that epoch (see ``ConnectionLoop``); dropped once it has been closed.
    case publish([OutgoingMessage], epoch: UInt64?)
    case acknowledge(tag: UInt64, multiple: Bool)
    case reject(tag: UInt64, requeue: Bool)
    case close
}

/// A message on its way to the wire. A class, because it goes through several queues and has a dozen fields to copy.
final class OutgoingMessage: Sendable {
    let message: AMQPMessage
    let mandatory: Bool

    init(message: AMQPMessage, mandatory: Bool) {
        self.message = message
        self.mandatory = mandatory
    }
}

/// The part of a connection that all threads share: commands in, the verdict out, and the means to wake or free the
/// connection's thread. `Sendable` by its `Mutex` and atomics.
final class ConnectionMailbox: Sendable {
    struct Opened: Sendable {
        var frameBytes: Int
        var heartbeat: Duration
    }

    private struct State {
        var commands: [ConnectionCommand] = []
        var isSleeping = false
        var isAborted = false
        var failure: AMQPError?
        var opening: CheckedContinuation<Result<Opened, AMQPError>, Never>?
        var closeWaiters: [CheckedContinuation<AMQPError, Never>] = []
        var unreadBytes: Int32 = 0
        var unreadChangedAt: Int64 = 0
        var stuckLimit: Int64 = .max
        var closeDeadline: Int64 = .max
        /// A duplicate of the library's descriptor: the library closes its own whenever it likes, and the number may
        /// then belong to somebody else.
        var socket: Int32 = -1
    }

    /// An eventfd that the thread polls beside its socket.
    let wakeDescriptor: Int32
    private let state = Mutex(State())
    /// When the thread last entered C code that may block, or 0 while it sleeps or runs Swift code.
    let busySince = Atomic<Int64>(0)

    init?() {
        wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard wakeDescriptor >= 0 else { return nil }
    }

    deinit {
        Glibc.close(wakeDescriptor)
    }

    // MARK: For everybody

    /// Leaves a command; returns why not if the connection is over.
    func post(_ command: ConnectionCommand) -> AMQPError? {
        let (failure, mustWake) = state.withLock { state -> (AMQPError?, Bool) in
            if let failure = state.failure { return (failure, false) }
            state.commands.append(command)
            defer { state.isSleeping = false }
            return (nil, state.isSleeping)
        }
        if mustWake { wake() }
        return failure
    }

    /// Asks for an orderly close, and for a forced one should it take longer than the limit.
    func requestClose(within limit: Duration) {
        let deadline = MonotonicTime.now() &+ limit.nanoseconds
        state.withLock { $0.closeDeadline = min($0.closeDeadline, deadline) }
        _ = post(.close)
    }

    /// Frees the thread from whatever call it is in; the connection ends at once.
    func abort() {
        let opening = state.withLock { state in
            state.isAborted = true
            state.isSleeping = false
            if state.socket >= 0 { shutdown(state.socket, Int32(SHUT_RDWR)) }
            return state.opening.take()
        }
        opening?.resume(returning: .failure(.cancelled("Opening a connection")))
        wake()
    }

    /// Waits for the end of the connection and returns its reason.
    func closed() async -> AMQPError {
        await withCheckedContinuation { continuation in
            let failure = state.withLock { state in
                if state.failure == nil { state.closeWaiters.append(continuation) }
                return state.failure
            }
            if let failure { continuation.resume(returning: failure) }
        }
    }

    func setOpening(_ continuation: CheckedContinuation<Result<Opened, AMQPError>, Never>) {
        let isAborted = state.withLock { state in
            if !state.isAborted { state.opening = continuation }
            return state.isAborted
        }
        if isAborted { continuation.resume(returning: .failure(.cancelled("Opening a connection"))) }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: For the connection's thread

    var isAborted: Bool { state.withLock { $0.isAborted } }

    func takeCommands() -> [ConnectionCommand] {
        state.withLock { state in
            guard !state.commands.isEmpty else { return [] }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Whether the thread may sleep: nothing waits, and whoever posts from now on writes to the descriptor.
    func prepareToSleep() -> Bool {
        state.withLock { state in
            state.isSleeping = state.commands.isEmpty && !state.isAborted
            return state.isSleeping
        }
    }

    func clearWake() {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, MemoryLayout<UInt64>.size)
    }

    /// Takes the descriptor into the watchdog's care. `stuckLimit` is how long one C call may take in silence.
    func watch(descriptor: Int32, stuckLimit: Duration) -> Bool {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return false }
        state.withLock { state in
            state.socket = copy
            state.stuckLimit = stuckLimit.nanoseconds
        }
        return true
    }

    func reportOpened(_ opened: Opened) {
        state.withLock { $0.opening.take() }?.resume(returning: .success(opened))
    }

    /// Ends everything: no command is taken from now on. Returns those that were left.
    func finish(_ error: AMQPError) -> [ConnectionCommand] {
        let (opening, waiters, commands) = state.withLock { state in
            state.failure = error
            if state.socket >= 0 { Glibc.close(state.socket) }
            state.socket = -1
            defer {
                state.closeWaiters = []
                state.commands = []
            }
            return (state.opening.take(), state.closeWaiters, state.commands)
        }
        opening?.resume(returning: .failure(error))
        for waiter in waiters { waiter.resume(returning: error) }
        return commands
    }

    // MARK: For the watchdog

    /// Shuts the socket down if the thread hangs; `false` once the connection is over.
    ///
    /// A call hangs when it has taken longer than the limit *and* no byte has arrived in the kernel's buffer for that
    /// long. A broker that holds back because of an alarm still sends heartbeats, so its connection is left alone.
    func check(now: Int64) -> Bool {
        let busy = busySince.load(ordering: .relaxed)
        return state.withLock { state in
            guard state.failure == nil else { return false }
            guard state.socket >= 0 else { return true }
            if now > state.closeDeadline { shutdown(state.socket, Int32(SHUT_RDWR)) }
            guard busy != 0, now - busy > ConnectionMailbox.suspicionNanoseconds else {
                state.unreadChangedAt = now
                return true
            }
            let unread = crabbit_unread_bytes(state.socket)
            if unread != state.unreadBytes {
                state.unreadBytes = unread
                state.unreadChangedAt = now
            }
            if now - state.unreadChangedAt > state.stuckLimit {
                shutdown(state.socket, Int32(SHUT_RDWR))
            }
            return true
        }
    }

    /// Calls shorter than this are not looked at.
    private static let suspicionNanoseconds: Int64 = 1_000_000_000
}
