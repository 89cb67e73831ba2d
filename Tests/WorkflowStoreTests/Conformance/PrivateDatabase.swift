import Foundation
import Glibc
import LocalServers
import PostgresClient
import WorkflowStore

/// A private PostgreSQL that the tests share, with a database for each test.
///
/// Swift Testing has no hook at the end of a run, so a shell waits for the end of a pipe that only this process holds open,
/// then for the server's end, and removes the folder.
actor PrivateDatabase {
    private static let shared = PrivateDatabase()
    private static let folder = "/tmp/perdure-store-\(getpid())"

    private var starting: Task<LocalServers, any Error>?
    private let leash = Pipe()

    /// The URL of an empty database with the tables of this version.
    static func url() async throws -> String {
        let servers = try await shared.servers()
        let name = "journal_\(String(UInt64.random(in: .min ... .max), radix: 16))"
        try await servers.psql("CREATE DATABASE \(name)")
        guard let base = servers.databaseURL else { throw CocoaError(.fileNoSuchFile) }
        let url = base.replacing(/\/[^\/]*$/, with: "/\(name)")
        let connection = try await PostgresConnection.connect(
            PostgresConfiguration(url: url, applicationName: "tests"))
        try await SchemaMigration.migrate(connection)
        await connection.close()
        return url
    }

    private func servers() async throws -> LocalServers {
        if let starting { return try await starting.value }
        try hold()
        let task = Task {
            try await LocalServers.start(
                LocalServersConfiguration(
                    directory: "\(Self.folder)/servers", wantsBroker: false, startTimeout: .seconds(120)))
        }
        starting = task
        return try await task.value
    }

    private func hold() throws {
        try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = """
            trap '' INT TERM HUP
            cat >/dev/null
            [ -e "$1/servers/servers.lock" ] && flock -w 30 "$1/servers/servers.lock" true
            rm -rf "$1"
            """
        shell.arguments = ["-c", script, "sh", Self.folder]
        shell.standardInput = leash.fileHandleForReading
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        // Children of ours must not hold the leash.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
}
