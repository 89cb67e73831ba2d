import Glibc
import Synchronization

/// Owns one file descriptor, closed once: by `close()` or with the object.
final class Descriptor: Sendable {
    /// Above every number that a child gets, so that the order of the child's `dup2` calls cannot matter.
    static let lowest: Int32 = 10

    private let state: Mutex<Int32?>

    /// Takes over an open descriptor and moves it out of the low numbers, closed on exec.
    init(_ number: Int32, _ purpose: String) throws(LocalServersError) {
        guard number >= 0 else { throw .system("open \(purpose)") }
        let moved = fcntl(number, F_DUPFD_CLOEXEC, Self.lowest)
        let failure = errno
        Glibc.close(number)
        guard moved >= 0 else { throw .system("duplicate \(purpose)", code: failure) }
        state = Mutex(moved)
    }

    deinit { close() }

    /// The number, or -1 once closed.
    var number: Int32 { state.withLock { $0 ?? -1 } }

    func close() {
        state.withLock { number in
            if let open = number { Glibc.close(open) }
            number = nil
        }
    }

    static func pipe() throws(LocalServersError) -> (read: Descriptor, write: Descriptor) {
        // A socket pair, because it can be made closed on exec in one call; with `pipe` and `fcntl` a child that
        // another thread starts in between would inherit the write end and keep the servers alive.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .system("create a pipe") }
        return (try Descriptor(ends[0], "a pipe"), try Descriptor(ends[1], "a pipe"))
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(LocalServersError) -> Descriptor {
        try Descriptor(Glibc.open(path, flags | O_CLOEXEC, mode), path)
    }
}

extension LocalServersError {
    /// A refused system call with the reason that the system gives.
    static func system(_ action: String, code: Int32 = errno) -> LocalServersError {
        LocalServersError(.systemCall, "Cannot \(action): \(String(cString: strerror(code))).")
    }
}
