import Glibc
import Synchronization

/// Keeps a schedule on the thread that runs it.
final class Pace: Sendable {
    private let schedule: OpenLoopSchedule
    private let isStopped = Atomic(false)

    init(_ schedule: OpenLoopSchedule) {
        self.schedule = schedule
    }

    /// Lets `run` end before the next request.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }

    /// Calls `send` with the requests that are due, several at a time where the thread was late, and with the time in
    /// nanoseconds of the monotonic clock that the schedule began at. Blocks the thread until all are sent.
    func run<Failure>(_ send: (Range<Int>, _ start: UInt64) throws(Failure) -> Void) throws(Failure) {
        let start = MonotonicClock.now()
        var sent = 0
        while sent < schedule.count, !isStopped.load(ordering: .relaxed) {
            let due = schedule.dueCount(after: MonotonicClock.now() - start)
            if due > sent {
                try send(sent..<due, start)
                sent = due
            } else {
                MonotonicClock.sleep(until: start + schedule.due(sent))
            }
        }
    }
}
