import Foundation
import Synchronization
import TestSupport

/// A private PostgreSQL cluster for the tests, on a free port, with the same rights for everybody on this machine.
///
/// A shell guards it: it stops the server and removes the files when its standard input ends, which happens when the
/// test process ends, however it ends.
final class TestPostgres: Sendable {
    let url: String
    let port: Int
    let directory: String
    private let guardian: Process
    private let input: Pipe

    private static let sharedServer = Task { try await TestPostgres.start() }

    /// The URL of the server that all tests share.
    static func shared() async throws -> String {
        try await sharedServer.value.url
    }

    /// A server of one's own, to stop and start. `settings` are lines of `postgresql.conf`; `prepare` may add files
    /// to the data directory and rules to `pg_hba.conf`.
    static func start(
        settings: [String] = [], prepare: @Sendable (_ dataDirectory: String) async throws -> Void = { _ in }
    ) async throws -> TestPostgres {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("pgtest-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let port = try FreePort.find()
        if getuid() == 0 { try await run("/bin/chown", ["postgres", directory]) }
        try await run(
            asServer: "\(binaries)/initdb",
            ["-D", "\(directory)/data", "-U", "tester", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"])
        let lines =
            [
                "port = \(port)", "listen_addresses = '127.0.0.1'", "unix_socket_directories = '\(directory)'",
                "fsync = off", "shared_buffers = 32MB", "max_connections = 300", "log_min_messages = fatal",
            ] + settings
        let configuration = try FileHandle(
            forWritingTo: URL(fileURLWithPath: "\(directory)/data/postgresql.conf"))
        try configuration.seekToEnd()
        try configuration.write(contentsOf: Data(("\n" + lines.joined(separator: "\n") + "\n").utf8))
        try configuration.close()
        try await prepare("\(directory)/data")

        let control = asServer("\(binaries)/pg_ctl", ["-D", "\(directory)/data", "-l", "\(directory)/log"])
        let command = ([control.path] + control.arguments).map { "'\($0)'" }.joined(separator: " ")
        let input = Pipe()
        // Children must not inherit the writing end, or the guardian would outlive the tests.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let guardian = Process()
        guardian.executableURL = URL(fileURLWithPath: "/bin/sh")
        guardian.arguments = ["-c", "cat >/dev/null; \(command) -m immediate stop >/dev/null; rm -rf '\(directory)'"]
        guardian.standardInput = input
        try guardian.run()
        let server = TestPostgres(port: port, directory: directory, guardian: guardian, input: input)
        try await server.startServer()
        return server
    }

    private init(port: Int, directory: String, guardian: Process, input: Pipe) {
        self.port = port
        self.directory = directory
        self.guardian = guardian
        self.input = input
        url = "postgresql://tester@127.0.0.1:\(port)/postgres"
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }

    /// Starts the server and returns when it accepts connections.
    func startServer() async throws {
        try await control(["-w", "start"])
    }

    /// Stops the server at once, as a crash would.
    func stopServer() async throws {
        try await control(["-w", "-m", "immediate", "stop"])
    }

    private func control(_ arguments: [String]) async throws {
        try await Self.run(
            asServer: "\(Self.binaries)/pg_ctl",
            ["-D", "\(directory)/data", "-l", "\(directory)/log"] + arguments)
    }

    private static let binaries: String = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
        return "\(root)/\(versions.max() ?? 15)/bin"
    }()

    /// PostgreSQL refuses to run as root.
    private static func asServer(_ path: String, _ arguments: [String]) -> (path: String, arguments: [String]) {
        if getuid() != 0 { return (path, arguments) }
        return (
            "/usr/bin/setpriv",
            ["--reuid=postgres", "--regid=postgres", "--init-groups", path] + arguments
        )
    }

    private static func run(asServer path: String, _ arguments: [String]) async throws {
        let command = asServer(path, arguments)
        try await run(command.path, command.arguments)
    }

    /// Runs a program to its end. Not by `Process`, which waits for the descendants too, and a server stays.
    static func run(_ path: String, _ arguments: [String]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try runBlocking(path, arguments) })
            }
        }
    }

    private static func runBlocking(_ path: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var texts = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var child = pid_t()
        var status: Int32 = 0
        guard posix_spawn(&child, path, &actions, nil, &texts, environ) == 0, waitpid(child, &status, 0) == child,
            status == 0
        else { throw Failure(text: "\(path) \(arguments) failed with \(status)") }
    }

    struct Failure: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
