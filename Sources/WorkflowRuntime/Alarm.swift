import HeapModule
import Synchronization
import WorkflowCore

/// Items that wait for a time each: one task sleeps for the next of them, however many there are.
final class Alarm<Item: Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let due: Int64
        let item: Item
        static func < (left: Entry, right: Entry) -> Bool { left.due < right.due }
        static func == (left: Entry, right: Entry) -> Bool { left.due == right.due }
    }

    private struct State {
        var heap = Heap<Entry>()
        var sleeper: Task<Void, Never>?
        /// At this many entries, those that are not wanted any more are looked for.
        var sweepAt = Alarm.sweepMinimum
    }

    /// The longest sleep: a clock that is set forward is noticed after that long.
    private static var longestSleepMicroseconds: Int64 { 60_000_000 }
    /// Fewer entries than this are not worth a search for those that are not wanted.
    private static var sweepMinimum: Int { 1024 }

    private let environment: RuntimeEnvironment
    private let now: @Sendable () -> Int64
    private let isWanted: @Sendable (Item) -> Bool
    private let ring: @Sendable (Item) -> Int64?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - now: The time in microseconds, by which items are due.
    ///   - isWanted: Whether an item still waits. It must not add items.
    ///   - ring: Told of each item whose time has come, if it is wanted. What it returns is the time that the item waits
    ///     for next, if there is one.
    init(
        environment: RuntimeEnvironment, now: @escaping @Sendable () -> Int64,
        isWanted: @escaping @Sendable (Item) -> Bool, ring: @escaping @Sendable (Item) -> Int64?
    ) {
        self.environment = environment
        self.now = now
        self.isWanted = isWanted
        self.ring = ring
    }

    /// Adds an item with the time it waits for.
    func add(_ item: Item, due: Int64) {
        state.withLock { state in
            let isFirst = state.heap.min.map { due < $0.due } ?? true
            state.heap.insert(Entry(due: due, item: item))
            if state.heap.count >= state.sweepAt { sweep(&state) }
            if isFirst { sleep(&state) }
        }
    }

    /// How many items are kept, those that are not wanted any more included.
    var count: Int { state.withLock { $0.heap.count } }

    /// Drops what is not wanted any more. As it happens each time that the number has doubled, it costs little for each
    /// item, and what is kept is at most twice what is wanted.
    private func sweep(_ state: inout State) {
        state.heap = Heap(state.heap.unordered.filter { isWanted($0.item) })
        state.sweepAt = max(Self.sweepMinimum, 2 * state.heap.count)
    }

    private func sleep(_ state: inout State) {
        state.sleeper?.cancel()
        guard let next = state.heap.min?.due else { return }
        let pause = Duration.microseconds(max(0, min(next - now(), Self.longestSleepMicroseconds)))
        state.sleeper = Task(executorPreference: environment.executor) { [weak self, sleep = environment.sleep] in
            do { try await sleep(pause) } catch { return }
            self?.wake()
        }
    }

    private func wake() {
        let due = state.withLock { state in
            let time = now()
            var due: [Item] = []
            while let first = state.heap.min, first.due <= time {
                due.append(first.item)
                state.heap.removeMin()
            }
            sleep(&state)
            return due
        }
        for item in due where isWanted(item) {
            if let next = ring(item) { add(item, due: next) }
        }
    }
}
