import Glibc
import TestSupport
import Testing

@testable import LocalServers

/// The hooks that other tests use to break things.
@Suite struct FaultTests {
    @Test func `a killed database comes back with what it had committed`() async throws {
        let scratch = try Scratch("crash")
        let servers = try await LocalServers.start(scratch.configuration(broker: false))
        try await servers.psql("CREATE TABLE kept AS SELECT 7 AS n")
        try await servers.killDatabase()
        await #expect(throws: LocalServersError.self) { try await servers.psql("SELECT 1") }
        await #expect { try await servers.killDatabase() } throws: {
            ($0 as? LocalServersError)?.code == .notRunning
        }
        try await servers.startDatabase()
        #expect(try await servers.psql("SELECT n FROM kept") == "7")
        await servers.stopDatabase()
        #expect(await servers.databasePID == nil)
        try await servers.startDatabase()
        try await servers.startDatabase()
        #expect(try await servers.psql("SELECT n FROM kept") == "7")
        await servers.stop()
    }

    @Test func `a broker is paused, resumed, killed, and stopped while paused`() async throws {
        let scratch = try Scratch("pause")
        let servers = try await LocalServers.start(scratch.configuration(postgres: false))
        let port = try #require(servers.ports[.amqp])
        #expect(servers.databaseURL == nil)
        await #expect(throws: LocalServersError.self) { try await servers.psql("SELECT 1") }
        try await servers.pauseBroker()
        #expect(!Loopback.answersAMQP(port: port))
        try await servers.resumeBroker()
        // It may take longer than the second that one look waits.
        try await eventually("an answer") { Loopback.answersAMQP(port: port) }
        try await servers.killBroker()
        #expect(!Loopback.answersAMQP(port: port))
        try await servers.startBroker()
        try await eventually("an answer") { Loopback.answersAMQP(port: port) }
        let pid = try #require(await servers.brokerPID)
        try await servers.pauseBroker()
        await servers.stop()
        #expect(isGone(pid))
    }

    @Test func `a failing statement and a failing command say why`() async throws {
        let scratch = try Scratch("why")
        let servers = try await LocalServers.start(scratch.configuration(broker: false))
        await #expect { try await servers.psql("SELECT 1; SELECT nonsense") } throws: { error in
            let error = error as? LocalServersError
            return error?.code == .commandFailed && error?.message.contains("nonsense") == true
        }
        await servers.stop()
        let endless = Command(arguments: ["/bin/sleep", "1000"], environment: [:], timeout: .milliseconds(50))
        await #expect { try await endless.run() } throws: { ($0 as? LocalServersError)?.code == .commandFailed }
    }
}
