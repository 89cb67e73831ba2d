import Foundation
import Glibc
import TestSupport
import Testing

@testable import LocalServers

/// What becomes of the servers when their owner dies, and who may be the owner.
@Suite struct OwnerTests {
    @Test func `servers stop when their owner is killed with -9, and the next owner finds the data`() async throws {
        let scratch = try Scratch("killed")
        let path = scratch.path
        // The body runs in a process of its own.
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let configuration = LocalServersConfiguration(
                directory: path, brokerPlugins: [])
            let servers = try await LocalServers.start(configuration)
            try await servers.psql("CREATE TABLE kept AS SELECT 7 AS n")
            let pids = [await servers.databasePID, await servers.brokerPID].map { "\($0 ?? 0)" }
            try pids.joined(separator: " ").write(toFile: "\(path)/pids", atomically: true, encoding: .utf8)
            kill(getpid(), SIGKILL)
            try await servers.psql("SELECT 'unreachable, keeps the servers referenced'")
        }
        let pids = try String(contentsOfFile: "\(path)/pids", encoding: .utf8).split(separator: " ")
            .compactMap { Int32($0) }
        #expect(pids.count == 2 && pids.allSatisfy { $0 > 1 })
        try await eventually("the end of the servers") { pids.allSatisfy(isGone) }
        let next = try await LocalServers.start(scratch.configuration(broker: false))
        #expect(try await next.psql("SELECT n FROM kept") == "7")
        await next.stop()
    }

    @Test func `servers whose keeper was killed too are found and ended by the next owner`() async throws {
        let scratch = try Scratch("orphan")
        let directory = try await ServerDirectory(scratch.path, stopGrace: .zero)
        let sleeper = "\(scratch.path)/sleeper"
        try FileManager.default.createSymbolicLink(atPath: sleeper, withDestinationPath: "/bin/sleep")
        let orphan = try Spawn.start(
            [sleeper, "1000"], environment: [:], descriptors: [0: try Descriptor.open("/dev/null", O_RDONLY)],
            newSession: true)
        let stranger = try Spawn.start(
            ["/bin/sleep", "1000"], environment: [:], descriptors: [0: try Descriptor.open("/dev/null", O_RDONLY)],
            newSession: true)
        try "\(orphan)".write(toFile: directory.pidFile("broker"), atomically: true, encoding: .utf8)
        try "\(stranger)".write(toFile: directory.pidFile("postgres"), atomically: true, encoding: .utf8)
        directory.release()
        _ = try await ServerDirectory(scratch.path, stopGrace: .zero)
        #expect(Spawn.reap(orphan) == 128 + SIGKILL)
        #expect(!isGone(stranger), "a process that took over the number must be left alone")
        kill(stranger, SIGTERM)
        #expect(Spawn.reap(stranger) == 128 + SIGTERM)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `an ordinary user needs no rights`() async throws {
        let scratch = try Scratch("ordinary")
        let path = scratch.path
        let nobody: uid_t = 65_534
        #expect(chown(path, nobody, nobody) == 0)
        await #expect(processExitsWith: .success) { [path = path as String] in
            let nobody: uid_t = 65_534
            guard setgroups(0, nil) == 0, setgid(nobody) == 0, setuid(nobody) == 0 else { exit(2) }
            let configuration = LocalServersConfiguration(
                directory: path, brokerPlugins: [])
            let servers = try await LocalServers.start(configuration)
            guard try await servers.psql("SELECT current_user") == "workflow" else { exit(3) }
            guard try await servers.rabbitmqctl(["list_users"]).contains("workflow") else { exit(4) }
            await servers.stop()
        }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `data goes to a place that PostgreSQL can reach when the directory is closed to it`() async throws {
        let closed = try Scratch("closed")
        #expect(chmod(closed.path, 0o700) == 0)
        let scratch = try Scratch("inner", in: closed.path)
        let servers = try await LocalServers.start(scratch.configuration(broker: false))
        let data = try #require(servers.databasePath)
        #expect(data.hasPrefix("/var/tmp/perdure-"))
        #expect(try await servers.psql("SELECT 1") == "1")
        await servers.stop()
        try FileManager.default.removeItem(atPath: URL(fileURLWithPath: data).deletingLastPathComponent().path)
    }
}
