import AMQPClient
import Synchronization
import TestSupport

/// Remembers what was reported and lets a test wait for it.
final class Recorder<Value: Sendable>: Sendable {
    private struct Waiter {
        var id: Int
        var condition: @Sendable ([Value]) -> Bool
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var values: [Value] = []
        var waiters: [Waiter] = []
        var nextID = 0
    }

    private let state = Mutex(State())

    var values: [Value] { state.withLock { $0.values } }

    func record(_ value: Value) {
        let ready = state.withLock { state in
            state.values.append(value)
            let values = state.values
            let ready = state.waiters.filter { $0.condition(values) }
            state.waiters.removeAll { waiter in ready.contains { $0.id == waiter.id } }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    /// Whether the condition on everything recorded so far comes true within the limit.
    func wait(
        within limit: Duration = Patience.limit, for condition: @escaping @Sendable ([Value]) -> Bool
    ) async -> Bool {
        await withCheckedContinuation { continuation in
            let id = state.withLock { state -> Int? in
                if condition(state.values) { return nil }
                state.nextID += 1
                state.waiters.append(Waiter(id: state.nextID, condition: condition, continuation: continuation))
                return state.nextID
            }
            guard let id else { return continuation.resume(returning: true) }
            Task {
                try? await Task.sleep(for: limit)
                let late = state.withLock { state -> Waiter? in
                    guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                    return state.waiters.remove(at: index)
                }
                late?.continuation.resume(returning: false)
            }
        }
    }
}

extension AMQPConnectionState {
    var isLost: Bool { if case .lost = self { true } else { false } }
    var isBlocked: Bool { if case .blocked = self { true } else { false } }

    var failure: AMQPError? {
        switch self {
        case .connectFailed(let error, _), .lost(let error, _): error
        default: nil
        }
    }
}

/// Runs a publisher for the length of the body.
func withPublisher<Result>(
    _ configuration: AMQPConfiguration, window: Int = AMQPPublisher.defaultWindow,
    states: Recorder<AMQPConnectionState> = Recorder(),
    _ body: (AMQPPublisher) async throws -> Result
) async throws -> Result {
    let publisher = AMQPPublisher(configuration: configuration, window: window, onStateChange: states.record)
    let service = Task { await publisher.run() }
    do {
        let result = try await body(publisher)
        service.cancel()
        await service.value
        return result
    } catch {
        service.cancel()
        await service.value
        throw error
    }
}

/// Runs a connection for the length of the body.
func withConnection<Result>(
    _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Result
) async throws -> Result {
    let connection = try await AMQPConnection.open(configuration)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}

extension AMQPConnection {
    /// Takes everything out of a queue.
    func drain(_ queue: String) async throws -> [AMQPDelivery] {
        var deliveries: [AMQPDelivery] = []
        while let next = try await get(queue, autoAcknowledge: true) { deliveries.append(next) }
        return deliveries
    }
}

func message(_ queue: String, _ text: String) -> AMQPMessage {
    AMQPMessage(routingKey: queue, properties: AMQPProperties(messageID: text), body: Array(text.utf8))
}

extension AMQPDelivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}
