import CLibPQ
import Glibc

/// A file descriptor by which any thread wakes the one that polls it (`eventfd(2)`).
final class WakeupDescriptor: Sendable {
    let descriptor: Int32

    /// - Throws: `connectionFailed` when the process has no descriptor left.
    init() throws(PostgresError) {
        descriptor = clibpq_eventfd()
        if descriptor < 0 {
            throw PostgresError(
                code: .connectionFailed,
                message: "no file descriptor for a connection (errno \(errno)), raise the limit of open files")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Makes the descriptor readable. Only a full counter can refuse, and then it is readable already.
    func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes the descriptor unreadable until the next signal.
    func reset() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
