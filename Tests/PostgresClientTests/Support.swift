import Foundation
import PostgresClient
import Synchronization
import TestSupport
import Testing

/// A connection to the shared server, closed after `body`.
@discardableResult
func withConnection<Value>(
    settings: [(name: String, value: String)] = [], _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
    let connection = try await PostgresConnection.connect(
        PostgresConfiguration(
            url: try await TestPostgres.shared(), connectTimeout: Patience.limit, sessionSettings: settings))
    do {
        let value = try await body(connection)
        await connection.close()
        return value
    } catch {
        await connection.close()
        throw error
    }
}

extension PostgresConfiguration {
    /// A configuration that gives a slow server the time that it needs.
    static func patient(_ url: String) throws(PostgresError) -> PostgresConfiguration {
        try PostgresConfiguration(url: url, connectTimeout: Patience.limit)
    }
}

/// Runs `body`, which must fail, and gives its error.
func postgresError(_ body: () async throws -> Void) async throws -> PostgresError {
    do {
        try await body()
    } catch let error as PostgresError {
        return error
    }
    throw TestPostgres.Failure(text: "an error was expected")
}

/// Collects the reports of a session and wakes those who wait for one.
final class StateLog: Sendable {
    private let states = Mutex<[PostgresSessionState]>([])
    private let stream: AsyncStream<PostgresSessionState>
    private let continuation: AsyncStream<PostgresSessionState>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    var all: [PostgresSessionState] { states.withLock { $0 } }

    func note(_ state: PostgresSessionState) {
        states.withLock { $0.append(state) }
        continuation.yield(state)
    }

    /// Waits for the next report that fits.
    func next(where fits: (PostgresSessionState) -> Bool) async -> PostgresSessionState? {
        for await state in stream where fits(state) { return state }
        return nil
    }
}

extension PostgresSessionState {
    var isLost: Bool { if case .lost = self { true } else { false } }
    var isConnected: Bool { if case .connected = self { true } else { false } }
    var isFailure: Bool { if case .connectFailed = self { true } else { false } }
}
