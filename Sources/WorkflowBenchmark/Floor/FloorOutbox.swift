import AMQPClient
import Synchronization

/// Publishes what commits have allowed, in their order, while the next commit is under way.
final class FloorOutbox: Sendable {
    private struct Publication: Sendable {
        let messages: [AMQPMessage]
        let lastPosition: Int64
    }

    private struct State {
        var waiting = 0
        var published: Int64 = 0
        var recorded: Int64 = 0
        var room: CheckedContinuation<Void, Never>?
    }

    private let publisher: AMQPPublisher
    private let limit: Int
    private let queue = Gathering<Publication>()
    private let state = Mutex(State())

    init(publisher: AMQPPublisher, waiting limit: Int) {
        self.publisher = publisher
        self.limit = limit
    }

    /// Up to which position everything is confirmed.
    var published: Int64 { state.withLock { $0.published } }

    /// The same, once it has moved by so much since this last gave a position.
    func cursor(stride: Int64) -> Int64? {
        state.withLock { state in
            guard state.published - state.recorded >= stride else { return nil }
            state.recorded = state.published
            return state.published
        }
    }

    /// Adds the messages of a commit; waits while as many publications as allowed wait for confirms.
    func add(_ messages: [AMQPMessage], lastPosition: Int64) async {
        state.withLock { $0.waiting += 1 }
        queue.add([Publication(messages: messages, lastPosition: lastPosition)])
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                if state.waiting > limit { state.room = continuation }
                return state.waiting <= limit
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// Lets `run()` end once everything is published.
    func finish() {
        queue.finish()
    }

    /// Publishes until `finish()`.
    func run() async {
        while true {
            let taken = await queue.take(atMost: limit)
            guard let last = taken.last else { return }
            let outcomes = try? await publisher.publish(taken.flatMap(\.messages))
            let isConfirmed = outcomes?.allSatisfy(\.isConfirmed) ?? false
            let room = state.withLock { state in
                if isConfirmed { state.published = last.lastPosition }
                state.waiting -= taken.count
                defer { if state.waiting <= limit { state.room = nil } }
                return state.waiting <= limit ? state.room : nil
            }
            room?.resume()
        }
    }
}
