import Foundation
import Glibc
import TestSupport
import Testing

@testable import LocalServers

/// Starting, stopping and starting again.
@Suite struct LifecycleTests {
    @Test func `both start, stop, and find their data and ports again`() async throws {
        let scratch = try Scratch("again")
        var configuration = scratch.configuration()
        configuration.brokerPlugins = ["rabbitmq_management"]
        let first = try await LocalServers.start(configuration)
        let urls = [first.databaseURL, first.amqpURL, first.managementURL]
        let amqp = try #require(first.ports[.amqp])
        try await first.psql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('grün')")
        try await first.rabbitmqctl(["add_user", "kept", "secret"])
        #expect(try await first.psql("SHOW fsync") == "on")
        try await eventually("an answer") { Loopback.answersAMQP(port: amqp) }
        #expect(first.managementURL == "http://127.0.0.1:\(try #require(first.ports[.management]))")
        #expect(try await page(port: try #require(first.ports[.management])).contains("RabbitMQ Management"))
        let pids = [try #require(await first.databasePID), try #require(await first.brokerPID)]
        await first.stop()
        #expect(pids.allSatisfy(isGone))
        #expect(!Loopback.answersAMQP(port: amqp))
        await #expect(throws: LocalServersError.self) { try await first.psql("SELECT 1") }
        await #expect { try await first.startDatabase() } throws: { ($0 as? LocalServersError)?.code == .notRunning }

        let second = try await LocalServers.start(configuration)
        #expect([second.databaseURL, second.amqpURL, second.managementURL] == urls)
        #expect(try await second.psql("SELECT word FROM kept") == "grün")
        #expect(try await second.rabbitmqctl(["list_users"]).contains("kept"))
        await second.stop()
    }

    @Test func `every listener is on loopback and goes with the servers`() async throws {
        let scratch = try Scratch("loop, back ü")
        let servers = try await LocalServers.start(scratch.configuration())
        let used: [LocalPort] = [.postgres, .amqp, .distribution, .portMapper]
        let ports = try used.map { try #require(servers.ports[$0]) }
        for port in ports {
            let addresses = try await listeners(on: port)
            #expect(addresses.contains("0100007F"), "port \(port)")
            // The port mapper adds ::1 by itself.
            #expect(addresses.allSatisfy { ["0100007F", "00000000000000000000000001000000"].contains($0) })
        }
        await servers.stop()
        for port in ports {
            #expect(try await listeners(on: port) == [], "port \(port)")
        }
    }

    @Test func `two instances run side by side, and one directory takes one owner`() async throws {
        let scratches = [try Scratch("one"), try Scratch("two")]
        async let firstStart = LocalServers.start(scratches[0].configuration())
        async let secondStart = LocalServers.start(scratches[1].configuration())
        let (first, second) = try await (firstStart, secondStart)
        #expect(Set(first.ports.values).isDisjoint(with: second.ports.values))
        try await first.psql("CREATE TABLE mine (n int)")
        #expect(try await second.psql("SELECT to_regclass('mine') IS NULL") == "t")
        await #expect {
            _ = try await LocalServers.start(scratches[0].configuration())
        } throws: { error in
            let error = error as? LocalServersError
            return error?.code == .directoryInUse && error?.message.contains("\(getpid())") == true
        }
        await first.stop()
        #expect(try await second.psql("SELECT 1") == "1")
        await second.stop()
    }

    @Test func `a server that cannot start is an error that quotes its log, and nothing is left running`() async throws
    {
        let scratch = try Scratch("broken")
        let first = try await LocalServers.start(scratch.configuration(broker: false))
        let data = try #require(first.databasePath)
        await first.stop()
        let file = try #require(FileHandle(forWritingAtPath: "\(data)/postgresql.conf"))
        try file.seekToEnd()
        try file.write(contentsOf: Data("no_such_setting = 1\n".utf8))
        try file.close()
        await #expect {
            _ = try await LocalServers.start(scratch.configuration())
        } throws: { error in
            let error = error as? LocalServersError
            return error?.code == .serverFailed && error?.message.contains("no_such_setting") == true
        }
        // The broker was started beside it and must be gone again: the directory is free at once.
        let third = try await ServerDirectory(scratch.path, stopGrace: .zero)
        #expect(third.serverPID("broker") == nil)
    }

    private func page(port: Int) async throws -> String {
        let request = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
        let fetch = Command(arguments: ["/bin/bash", "-c", request], environment: [:], timeout: Patience.limit)
        return try await fetch.runChecked("fetch the management page")
    }

    /// Local addresses, in the kernel's spelling, of the sockets that listen on a port.
    private func listeners(on port: Int) async throws -> [String] {
        // By `cat`: the kernel gives out these tables piece by piece, and Foundation takes the first short piece for the end.
        let read = Command(arguments: ["/bin/cat", "/proc/net/tcp", "/proc/net/tcp6"], environment: [:])
        return try await read.runChecked("read the tables of sockets").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            let address = fields[1].split(separator: ":")
            let isListening = fields[3] == "0A"
            return isListening && Int(address[1], radix: 16) == port ? String(address[0]) : nil
        }
    }
}
